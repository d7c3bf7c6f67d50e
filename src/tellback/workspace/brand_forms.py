"""The form of a brand: its promises, and its words, each kind in a box with one on a line."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tellback.workspace.branding import MOST_TERMS, each
from tellback.workspace.common_words import is_too_common, is_too_short, shut_out
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


BARE = {Kind.NAME, Kind.MISSPELLING, Kind.EXCLUSION}
"""Kinds that are found without a sign ahead of them."""


def too_common(kind: str, text: str) -> str:
    if kind == Kind.EXCLUSION:
        words = gettext("“%(text)s” stands in nearly every post, so nobody would be heard. Write a longer word.")
    else:
        words = gettext("“%(text)s” stands in nearly every post. Write more of it, or the handle that people use.")
    return words % {"text": text}


def tidy(kind: str, text: str) -> str:
    """One term as it is kept. Raises ValidationError where it cannot be one of its kind."""
    if len(text) > 120:
        raise ValidationError(gettext("“%(text)s...” is longer than 120 characters.") % {"text": text[:30]})
    if not any(sign.isalnum() for sign in text):
        raise ValidationError(gettext("“%(text)s” has no letter and no figure in it.") % {"text": text})
    if kind in BARE and (is_too_short(text) or is_too_common(text)):
        raise ValidationError(too_common(kind, text))
    if kind in {Kind.HANDLE, Kind.HASHTAG, Kind.SITE} and any(sign.isspace() for sign in text):
        raise ValidationError(gettext("“%(text)s” has a space in it. Write one on each line.") % {"text": text})
    if kind == Kind.SITE and "." not in text:
        raise ValidationError(gettext("“%(text)s” is no site. Write it like norrtel.example.") % {"text": text})
    sign = {Kind.HANDLE: "@", Kind.HASHTAG: "#"}.get(Kind(kind), "")
    return sign + text.lstrip(sign) if sign else text


def too_common_name(name: str) -> str:
    try:
        tidy(Kind.NAME, name)
    except ValidationError as fault:
        return str(fault.messages[0])
    return ""


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

    def clean_name(self) -> str:
        name = super().clean_name()
        if self.brand is None and (fault := too_common_name(name)):  # a new brand is heard by its own name
            raise ValidationError(fault)
        return name

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self.keep_own_names()
        if not self.errors and len(each(self.terms())) > MOST_TERMS:
            raise ValidationError(gettext("These are more than 200 words. Keep those that people really write."))
        return said

    def keep_own_names(self) -> None:
        """An exclusion that holds for the brand's own name would leave nobody to be heard."""
        said = self.cleaned_data
        own = [said.get("name", ""), *said.get("name_terms", ()), *said.get("misspelling_terms", ())]
        for exclusion in said.get("exclusion_terms", ()):
            if name := shut_out(filter(None, own), exclusion):
                fault = gettext(
                    "“%(exclusion)s” would shut out everybody who writes “%(name)s”. "
                    "Take it away, or write more of it, such as %(exclusion)s Street."
                )
                self.add_error("exclusion_terms", fault % {"exclusion": exclusion, "name": name})
                return

    def promises(self) -> list[forms.BoundField]:
        return [self[name] for name in ("first_answer", "next_answer", "calendar", "signature", "is_rival")]

    def words(self) -> list[forms.BoundField]:
        return [self[f"{kind}_terms"] for kind in Kind.values]
