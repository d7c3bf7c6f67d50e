"""The form by which a policy file comes in."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tellback.triage.chart import ChartError
from tellback.triage.filing import LARGEST, read_policy
from tellback.triage.models import Policy
from tellback.triage.policy import PolicyFaults, keep, same_as
from tellback.workspace.models import User, Workspace


class EitherFile(forms.FileField):
    either = True  # one of two fields is needed, and the page says so


class EitherText(forms.CharField):
    either = True


class PolicyForm(forms.Form):
    """A file, or the same text pasted. What was pasted is kept when it is wrong."""

    file = EitherFile(
        label=gettext_lazy("Policy file"), required=False, help_text=gettext_lazy("JSON, up to 256 kB."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )  # fmt: skip
    text = EitherText(
        label=gettext_lazy("Or paste it"), required=False, max_length=LARGEST, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
    )  # fmt: skip

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found is not None and found.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 256 kB. A policy is a page or two of JSON."))
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        if not given.get("file") and not given.get("text", "").strip():
            raise forms.ValidationError(_("Choose a file, or paste its text."))
        given["written"] = self.read("file" if given.get("file") else "text", given)
        return given

    def read(self, field: str, given: dict[str, Any]) -> dict[str, Any] | None:
        try:
            text = given["file"].read().decode("utf-8-sig") if field == "file" else given["text"]
            return read_policy(text)
        except UnicodeDecodeError:
            self.add_error(field, _("The file is not text in UTF-8."))
        except PolicyFaults as wrong:
            self.say(field, wrong)
        return None

    def standing(self, workspace: Workspace) -> Policy | None:
        """The version that says just this; None where it is new, or unsound."""
        try:
            return same_as(workspace, self.cleaned_data["written"])
        except ChartError:
            return None

    def keep(self, workspace: Workspace, *, by: User, at: datetime) -> Policy | None:
        """Keep it as a new version; None, with the faults in the form, where it is unsound."""
        try:
            return keep(workspace, self.cleaned_data["written"], by=by, at=at)
        except PolicyFaults as wrong:
            self.say("file" if self.cleaned_data.get("file") else "text", wrong)
        return None

    def say(self, field: str, wrong: PolicyFaults) -> None:
        shown = wrong.faults[:20]
        if len(wrong.faults) > len(shown):
            shown.append(_("And %(more)s more.") % {"more": len(wrong.faults) - len(shown)})
        for fault in shown:
            self.add_error(field, fault)
