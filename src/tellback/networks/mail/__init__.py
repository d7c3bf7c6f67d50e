"""Mail: IMAP in, SMTP out."""

from tellback.networks.mail.adapter import Mail

__all__ = ["Mail"]
