"""Forms of the desk: what is typed is kept, what is wrong is said beside the field."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tellback.replies.models import Canned
from tellback.workspace.models import Brand, Workspace

HOW = [("phone", _("By phone")), ("letter", _("By letter")), ("counter", _("At the counter"))]


def lead_to_wrong(form: forms.BaseForm) -> None:
    """The focus goes to the first field that has a fault."""
    for name in [name for name in form.fields if name in form.errors][:1]:
        form.fields[name].widget.attrs["autofocus"] = True


class ByHandForm(forms.Form):
    """A case from phone, letter or counter: four fields, twenty seconds."""

    brand = forms.ModelChoiceField(label=_("About"), queryset=Brand.objects.none(), empty_label=None)
    how = forms.ChoiceField(label=_("How they came"), choices=HOW)
    who = forms.CharField(
        label=_("Who"),
        max_length=120,
        help_text=_("A name, or a handle that we know: @tove.hallam, tove@hallam.example"),
    )
    text = forms.CharField(label=_("What they said"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brands = Brand.objects.ours().filter(workspace=workspace).order_by("name")
        self.fields["brand"].queryset = brands  # type: ignore[attr-defined]


class CannedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A reply that is written often."""

    class Meta:
        model = Canned
        fields = ["title", "brand", "text"]
        labels = {"title": _("Title"), "brand": _("For"), "text": _("Text")}
        help_texts = {"text": _("Places that are filled in: {name}, {handle}, {brand}, {agent}")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brand = cast(forms.ModelChoiceField, self.fields["brand"])  # type: ignore[type-arg]
        brand.queryset = Brand.objects.ours().filter(workspace=self.instance.workspace_id).order_by("name")
        brand.empty_label = _("All brands")

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if unknown := Canned.unknown_places(text):
            raise forms.ValidationError(
                _("%(place)s is no place that is filled in. Write {name}, {handle}, {brand} or {agent}.")
                % {"place": unknown[0]}
            )
        return text

    def clean_title(self) -> str:
        title = " ".join(str(self.cleaned_data["title"]).split())
        same = Canned.objects.filter(workspace=self.instance.workspace_id, title=title).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("Another canned reply has this title. Choose one that tells them apart."))
        return title


class JoinForm(forms.Form):
    """These two are one person: which other, and how one knows."""

    away = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label=_("How do you know?"), max_length=200)
