from tellback.listen.likeness import Likeness
from tellback.listen.post import Attachment, Echo, Mention, Post

__all__ = ["Attachment", "Echo", "Likeness", "Mention", "Post"]
