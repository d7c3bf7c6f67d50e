"""Keeping secrets: what is encrypted at rest, with a key derived from the installation's own."""

import base64
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class WrongKey(Exception):
    """What was encrypted with another key cannot be read with this one."""


@lru_cache(maxsize=4)
def fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"tellback secrets").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(values: dict[str, Any]) -> str:
    """Encrypt a small dict; "" for an empty one."""
    if not values:
        return ""
    return fernet(settings.SECRET_KEY).encrypt(json.dumps(values).encode()).decode()


def unseal(sealed: str) -> dict[str, Any]:
    """Decrypt what `seal` made. Raises WrongKey."""
    if not sealed:
        return {}
    try:
        opened: dict[str, Any] = json.loads(fernet(settings.SECRET_KEY).decrypt(sealed.encode()))
    except InvalidToken as fault:
        raise WrongKey(
            "These secrets were kept with another key. Put the old key file back, or enter them again."
        ) from fault
    return opened
