"""Forms of a workspace's settings. Every choice is of this workspace; what is wrong is said beside its field."""

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from tellback.workspace import shifts
from tellback.workspace.branding import terms_of
from tellback.workspace.business_time import Span
from tellback.workspace.models import Brand, Calendar, Member, Role, Team, Workspace
from tellback.workspace.zones import zones

YEAR_OF_MINUTES = 525_600


def minutes_field(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, validators=[MinValueValidator(1), MaxValueValidator(YEAR_OF_MINUTES)]
    )


class OwnName(forms.Form):
    """A form whose `name` no other row of its kind in the workspace has."""

    rows: QuerySet[Any]
    taken = _("There is one of this name already. Give it another.")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if self.rows.filter(name__iexact=name).exists():
            raise ValidationError(self.taken)
        return name


class BrandPromises(OwnName):
    """The parts of a brand that are not its words; brand_forms.py adds those."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As your own people write it"))
    is_rival = forms.BooleanField(
        label=_("This is a rival"), required=False, help_text=_("Heard and counted, never answered for")
    )
    first_answer = minutes_field(
        _("First answer within, in minutes"), _("Minutes in which you are open, from the moment somebody speaks")
    )
    next_answer = minutes_field(_("Each next answer within, in minutes"), _("From the moment they write again"))
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(), label=_("Opening hours"), required=False, empty_label=_("Always open"),
        help_text=_("Clocks stand still while you are closed"),
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Signature"),
        max_length=80,
        required=False,
        help_text=_("Under replies: Your Norrtel team"),
    )

    def __init__(self, *args: Any, workspace: Workspace, brand: Brand | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = brand_initial(brand)
        super().__init__(*args, **kwargs)
        self.brand = brand
        self.rows = Brand.objects.filter(workspace=workspace).exclude(pk=brand.pk if brand else 0)
        calendars = Calendar.objects.filter(workspace=workspace).order_by("name")
        cast("forms.ModelChoiceField[Calendar]", self.fields["calendar"]).queryset = calendars


def brand_initial(brand: Brand | None) -> dict[str, Any]:
    if brand is None:
        return {"first_answer": 15, "next_answer": 30}
    names = ("name", "is_rival", "first_answer", "next_answer", "calendar", "signature")
    lists = {f"{kind}_terms": "\n".join(texts) for kind, texts in terms_of(brand).items()}
    return {name: getattr(brand, name) for name in names} | lists


class Week(OwnName):
    """A calendar: its name, its zone, and for each day its shifts as one line of text."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Such as: Office, Shop in Corrin"))
    zone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, workspace: Workspace, calendar: Calendar | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = week_initial(workspace, calendar)
        super().__init__(*args, **kwargs)
        self.rows = Calendar.objects.filter(workspace=workspace).exclude(pk=calendar.pk if calendar else 0)
        cast(forms.ChoiceField, self.fields["zone"]).choices = zones()
        for number in range(7):
            self.fields[f"day{number}"] = Shifts(label=WEEKDAYS[number], required=False, max_length=120)

    def week(self) -> list[list[Span]]:
        return [self.cleaned_data[f"day{number}"] for number in range(7)]


class Shifts(forms.CharField):
    """ "9:00-12:00, 13:00-17:30" as spans of minutes; nothing is a closed day."""

    def clean(self, value: Any) -> Any:
        try:
            return shifts.parse(super().clean(value))
        except shifts.ShiftFault as fault:
            raise ValidationError(str(fault)) from fault


def week_initial(workspace: Workspace, calendar: Calendar | None) -> dict[str, Any]:
    if calendar is None:
        usual = {f"day{number}": "9:00-17:00" for number in range(5)}
        return {"zone": workspace.zone, **usual}
    week = calendar.week or [[]] * 7
    days = {f"day{number}": shifts.write(spans) for number, spans in enumerate(week)}
    return {"name": calendar.name, "zone": calendar.zone, **days}


class ClosedDay(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=_("What it is"), max_length=60, required=False, help_text=_("Such as: Harbour Day"))

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2200:
            raise ValidationError(_("Write a day between the years 2000 and 2200."))
        if self.today and day < self.today:
            raise ValidationError(
                _("That day is over, and its clocks have been counted. Write today or a day to come.")
            )
        return day


ROLE_WORDS = {
    Role.OWNER: _("Owner: also members' rights, and deleting"),
    Role.MANAGER: _("Manager: also brands, hours, members, the chart"),
    Role.AGENT: _("Agent: answers, takes and closes cases"),
    Role.READER: _("Reader: sees everything, changes nothing"),
}


def roles_for(member: Member) -> list[tuple[str, Any]]:
    """Those that this member may give, the least first."""
    return [(role.value, words) for role, words in reversed(ROLE_WORDS.items()) if member.may(role)]


class Invite(forms.Form):
    email = forms.EmailField(label=_("E-mail"), help_text=_("The invitation lets in this address and no other"))
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, initial=Role.AGENT)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["role"]).choices = roles_for(by)


class MembersField(forms.ModelMultipleChoiceField[Member]):
    def clean(self, value: Any) -> Any:
        for pk in value or ():
            # The database would stumble over a number that no column holds.
            if not (str(pk).isascii() and str(pk).isdigit() and len(str(pk)) < 19):
                raise ValidationError(_("Choose among the members of this workspace."))
        return super().clean(value)

    def label_from_instance(self, obj: Member) -> str:
        return str(obj.user)


class TeamForm(OwnName):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Such as: Baggage, Evening"))
    members = MembersField(
        Member.objects.none(), label=_("Who is in it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, workspace: Workspace, team: Team | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": team.name, "members": list(team.members.all())} if team else {}
        super().__init__(*args, **kwargs)
        self.rows = Team.objects.filter(workspace=workspace).exclude(pk=team.pk if team else 0)
        members = Member.objects.active().filter(workspace=workspace)
        cast(MembersField, self.fields["members"]).queryset = members.select_related("user").order_by("user__name")


NEVER = "never"
PAUSES = {
    0: _("At once"), 60: _("An hour after closing"), 24 * 60: _("A day after closing"),
    3 * 24 * 60: _("Three days after closing"), 7 * 24 * 60: _("A week after closing"),
}  # fmt: skip


def pauses(now: int | None) -> list[tuple[str, Any]]:
    """When one may ask, in minutes and words; what was set otherwise before can stay."""
    found: dict[int, Any] = {**PAUSES}
    if now is not None and now not in found:
        found[now] = _("%(minutes)s minutes after closing") % {"minutes": now}
    return [*((str(minutes), found[minutes]) for minutes in sorted(found)), (NEVER, _("Never"))]


class General(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    zone = forms.ChoiceField(label=_("Time zone"), help_text=_("In which hours are shown"))
    approval = forms.BooleanField(
        label=_("A second person approves every reply"), required=False,
        help_text=_("An approval holds for the exact text: an edit asks again"),
    )  # fmt: skip
    ask_after = forms.TypedChoiceField(
        label=_("Ask customers “did it help?”"),
        help_text=_("Once, after a case was closed as told. A case that is opened again meanwhile is not asked about"),
        coerce=lambda said: None if said == NEVER else int(said),
    )  # fmt: skip

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        names = ("name", "zone", "approval", "ask_after")
        kwargs["initial"] = {name: getattr(workspace, name) for name in names}
        if workspace.ask_after is None:
            kwargs["initial"]["ask_after"] = NEVER
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["zone"]).choices = zones()
        cast(forms.ChoiceField, self.fields["ask_after"]).choices = pauses(workspace.ask_after)


class Ending(forms.Form):
    name = forms.CharField(
        label=_("The name of the workspace"), max_length=80, help_text=_("Type it as it stands above"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def read_only(form: forms.Form) -> None:
    """For those who may look and not change."""
    for field in form.fields.values():
        field.disabled = True
