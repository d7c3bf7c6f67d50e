"""What the pages of signing in ask."""

import ipaddress
from typing import Any

from django import template

from tellback.workspace.signing_in import mail_is_configured

register = template.Library()


@register.simple_tag
def mail_leaves() -> bool:
    """`{% mail_leaves as mail %}`: true where mail leaves this machine."""
    return mail_is_configured()


@register.simple_tag(takes_context=True)
def host_by_number(context: dict[str, Any]) -> str:
    """The number by which the reader came ("127.0.0.1"), "" where they came by a name: keys are bound to names."""
    host = str(context["request"].get_host()).rsplit(":", 1)[0].strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ""
    return host
