"""The form of a brand: its promises, and its words, each kind in a box with one on a line."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tellback.workspace.branding import MOST_TERMS, each
from tellback.workspace.forms import BrandPromises
from tellback.workspace.models import Term

Kind = Term.Kind


class Lines(forms.CharField):
    """Words, one on a line; a comma also parts them. Empty lines fall away."""

    def __init__(self, kind: str, label: Any, help_text: Any) -> None:
        area = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(label=label, help_text=help_text, required=False, max_length=20_000, widget=area)
        self.kind = kind

    def clean(self, value: Any) -> Any:
        pieces = super().clean(value).replace(",", "\n").splitlines()
        return [tidy(self.kind, piece.strip()) for piece in pieces if piece.strip()]


def tidy(kind: str, text: str) -> str:
    """One term as it is kept. Raises ValidationError where it cannot be one of its kind."""
    if len(text) > 120:
        raise ValidationError(gettext("“%(text)s...” is longer than 120 signs.") % {"text": text[:30]})
    if not any(sign.isalnum() for sign in text):
        raise ValidationError(gettext("“%(text)s” has no letter and no figure in it.") % {"text": text})
    if kind in {Kind.HANDLE, Kind.HASHTAG, Kind.SITE} and any(sign.isspace() for sign in text):
        raise ValidationError(gettext("“%(text)s” has a space in it. Write one on each line.") % {"text": text})
    if kind == Kind.SITE and "." not in text:
        raise ValidationError(gettext("“%(text)s” is no site. Write it like norrtel.example.") % {"text": text})
    sign = {Kind.HANDLE: "@", Kind.HASHTAG: "#"}.get(Kind(kind), "")
    return sign + text.lstrip(sign) if sign else text


class BrandForm(BrandPromises):
    name_terms = Lines(Kind.NAME, _("Names"), _("What people call it; Norrtel is not found in Norrtelephone"))
    handle_terms = Lines(Kind.HANDLE, _("Handles"), _("Its accounts: @norrtel, @care@norrtel.example"))
    hashtag_terms = Lines(Kind.HASHTAG, _("Hashtags"), _("Also the unkind ones: #norrtelfail"))
    misspelling_terms = Lines(Kind.MISSPELLING, _("Misspellings"), _("Written in a hurry: Nortel, Norrtell"))
    site_terms = Lines(
        Kind.SITE,
        _("Own sites"),
        _("Who links to one speaks of you: norrtel.example"),
    )
    exclusion_terms = Lines(
        Kind.EXCLUSION, _("Exclusions"), _("Who uses these words means somebody else: Norrtel Valley, Norrtel Street")
    )

    def terms(self) -> dict[str, list[str]]:
        return {kind: self.cleaned_data[f"{kind}_terms"] for kind in Kind.values}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and len(each(self.terms())) > MOST_TERMS:
            raise ValidationError(gettext("These are more than 200 words. Keep those that people really write."))
        return said

    def promises(self) -> list[forms.BoundField]:
        return [self[name] for name in ("first_answer", "next_answer", "calendar", "signature", "is_rival")]

    def words(self) -> list[forms.BoundField]:
        return [self[f"{kind}_terms"] for kind in Kind.values]
