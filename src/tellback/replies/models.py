from tellback.replies.reply import Approval, Canned, Draft, Enclosure, Reply

__all__ = ["Approval", "Canned", "Draft", "Enclosure", "Reply"]
