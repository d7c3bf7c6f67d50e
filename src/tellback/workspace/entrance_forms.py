"""Forms of those who come in: the first owner, the invited, and what one says of oneself."""

from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tellback.workspace.models import User
from tellback.workspace.theme import CHOICES
from tellback.workspace.zones import zones

PASSWORD_HELP = _("At least ten characters, and none of the common ones. Three or four words in a row are good.")


class NewUser(forms.Form):
    """A name and a password, checked against that name."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        help_text=_("As customers and colleagues read it"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HELP,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            validate_password(said.get("password", ""), User(name=said.get("name", ""), email=self.address()))
        except ValidationError as fault:
            if "password" in said:
                self.add_error("password", fault)
        return said

    def address(self) -> str:
        """The e-mail address that the password must not resemble."""
        return str(self.cleaned_data.get("email", ""))


class NewWorkspace(forms.Form):
    workspace = forms.CharField(
        label=_("Workspace"), max_length=80, help_text=_("Your organisation, or the desk you are: Norrtel Care")
    )
    zone = forms.ChoiceField(
        label=_("Time zone"), initial="UTC", help_text=_("In which hours of this desk are shown and counted")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = cast(forms.ChoiceField, self.fields["zone"])
        zone.choices = zones()
        self.fields["workspace"].widget.attrs.pop("maxlength", None)  # a browser cuts there without a word
        if not self.is_bound:  # what somebody chose is theirs
            zone.widget.attrs["data-guess-zone"] = True


class FirstOwner(NewUser, NewWorkspace):
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("You sign in with it"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ("name", "email", "password", "workspace", "zone")


class Invited(NewUser):
    """The invitation says the address; it is no field."""

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def address(self) -> str:
        return self.email


class Me(forms.Form):
    """The address is shown and not changed: an invitation's link is the proof that it is one's own."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As customers and colleagues read it"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), required=False, disabled=True,
        help_text=_("You sign in with it. To change it, have yourself invited anew under the new address"),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": user.name, "email": user.email}
        super().__init__(*args, **kwargs)


class Theme(forms.Form):
    theme = forms.ChoiceField(
        label=_("Colours of the pages"),
        choices=[("system", _("As this device says")), *zip(CHOICES, (_("Light"), _("Dark")), strict=True)],
        widget=forms.RadioSelect,
    )
