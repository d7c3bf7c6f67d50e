"""The form of a connection, made from the fields that its adapter names."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tellback.networks.configuring import Wishes, has_secret, leads_elsewhere, with_kept
from tellback.networks.connection import Connection
from tellback.networks.contract import Adapter, Field
from tellback.workspace.models import Brand, Workspace

LONGEST = 500


class ConnectionForm(forms.Form):
    """What every connection has. The adapter's own fields stand between the name and the rest, as `set_<name>`."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("As your team calls it, such as Help mailbox"),
    )
    brand = forms.ModelChoiceField(
        Brand.objects.none(), label=gettext_lazy("Whose door is it"), required=False,
        empty_label=gettext_lazy("Nobody’s: posts are matched by the brands’ terms"),
        help_text=gettext_lazy("All that comes in by a brand’s own door is about that brand, named or not."),
    )  # fmt: skip
    every = forms.IntegerField(
        label=gettext_lazy("Ask every how many seconds"), min_value=15, max_value=86_400, initial=60,
        help_text=gettext_lazy("15 to 86,400. Where the network tells us by itself, the pause after a fault."),
    )  # fmt: skip

    def __init__(self, typed: Any, *, adapter: Adapter, workspace: Workspace, row: Connection | None = None) -> None:
        super().__init__(typed, initial=before(row))
        self.adapter, self.workspace, self.row = adapter, workspace, row
        cast("forms.ModelChoiceField[Brand]", self.fields["brand"]).queryset = brands_for(workspace, row)
        for one in adapter.fields:
            self.fields[f"set_{one.name}"] = made(one, kept=has_secret(row, one.name))
        self.order_fields(["name", *[f"set_{one.name}" for one in adapter.fields], "brand", "every"])

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        others = Connection.objects.standing().filter(workspace=self.workspace, name=name)
        if (others.exclude(pk=self.row.pk) if self.row else others).exists():
            raise ValidationError(_("Another connection has this name. Give it one of its own."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.row is not None and leads_elsewhere(self.adapter.fields, self.row.settings, self.settings()):
            for one in self.adapter.fields:
                if one.secret and has_secret(self.row, one.name) and not given.get(f"set_{one.name}"):
                    self.add_error(f"set_{one.name}", _("The address is another one now. Enter this again."))
        return given

    def settings(self) -> dict[str, Any]:
        """What may be shown again: no secret is in it."""
        return {one.name: self.cleaned_data.get(f"set_{one.name}") for one in self.adapter.fields if not one.secret}

    def wishes(self) -> Wishes:
        given = self.cleaned_data
        typed = {one.name: str(given.get(f"set_{one.name}") or "") for one in self.adapter.fields if one.secret}
        return Wishes(given["name"], given["brand"], given["every"], self.settings(), typed)

    def all_settings(self) -> dict[str, Any]:
        """For a trial: as the adapter will be given them."""
        wishes = self.wishes()
        secrets = with_kept(self.row, wishes.secrets) if self.row else wishes.secrets
        return {**wishes.settings, **secrets, "connection": self.row.pk if self.row else 0}


def brands_for(workspace: Workspace, row: Connection | None) -> QuerySet[Brand]:
    """Brands in use, and the one whose door it is already."""
    standing = Q(out_of_use_at=None) | Q(pk=row.brand_id if row else None)
    found: QuerySet[Brand] = Brand.objects.filter(standing, workspace=workspace).order_by("name")
    return found


def before(row: Connection | None) -> dict[str, Any]:
    """What an existing connection's form begins with; secrets never."""
    if row is None:
        return {}
    settings = {f"set_{name}": value for name, value in row.settings.items()}
    return {"name": row.name, "brand": row.brand_id, "every": row.every, **settings}


def made(one: Field, *, kept: bool) -> forms.Field:
    """A form field of the kind that the adapter's field names."""
    common: dict[str, Any] = {"label": one.label, "required": one.required, "help_text": one.hint}
    if one.secret:
        return made_secret(common, kept=kept)
    return KINDS[one.kind](one, {**common, "initial": one.initial})


def made_secret(common: dict[str, Any], *, kept: bool) -> forms.Field:
    if kept:
        hint = _("Kept encrypted and never shown. Leave it empty to keep the one that stands.")
        common = {**common, "required": False, "help_text": hint}
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(max_length=LONGEST, strip=False, widget=widget, **common)


KINDS: dict[str, Callable[[Field, dict[str, Any]], forms.Field]] = {
    "text": lambda _one, common: forms.CharField(max_length=LONGEST, **common),
    "number": lambda _one, common: forms.IntegerField(min_value=0, max_value=2**31 - 1, **common),
    "url": lambda _one, common: forms.URLField(max_length=LONGEST, assume_scheme="https", **common),
    "email": lambda _one, common: forms.EmailField(max_length=254, **common),
    "choice": lambda one, common: forms.ChoiceField(choices=[(each, each) for each in one.choices], **common),
    "switch": lambda _one, common: forms.BooleanField(**{**common, "required": False}),
}
