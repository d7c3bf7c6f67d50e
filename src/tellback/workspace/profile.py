"""What one says of oneself: the name."""

from django.db import transaction

from tellback.workspace.models import User


@transaction.atomic
def change_profile(user: User, *, name: str) -> User:
    user.name = name[:80]
    user.save(update_fields=["name"])
    return user
