"""The live page of all parts, /kit/parts: what one sees there is what every page is made of."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tellback.kit.forms import KitRenderer
from tellback.kit.rail import Chip, Rail, Row, Section
from tellback.kit.time import Wait, wait_of

QUARTER = 15 * 60
SCALE = (
    (4, "calm"),
    (9, "half gone"),
    (13, "three quarters gone"),
    (26, "past the promise"),
    (3000, "four times past"),
)


class ExampleForm(forms.Form):
    """One field of each sort. It is never saved."""

    default_renderer = KitRenderer

    brand = forms.CharField(label="Brand", help_text="As people write it", initial="Norrtel")
    mailbox = forms.EmailField(
        label="Mailbox address",
        error_messages={"invalid": "There is no @ in it. Write it like care@norrtel.example"},
    )
    zone = forms.ChoiceField(label="Hours are in", choices=[("utc", "UTC"), ("corrin", "Corrin")])
    words = forms.CharField(label="What people call it", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    public = forms.BooleanField(label="Answer in public by default", required=False)
    role = forms.ChoiceField(
        label="Role", choices=[("agent", "Agent"), ("reader", "Reader")], widget=forms.RadioSelect, initial="agent"
    )


def parts(request: HttpRequest) -> HttpResponse:
    """Every part of the kit with invented content; open to all, since it says nothing of anybody."""
    return render(request, "kit/parts.html", {"rail": example_rail(), "waits": example_waits(), "form": example_form()})


def example_form() -> ExampleForm:
    typed = {"brand": "Norrtel", "mailbox": "care.norrtel.example", "zone": "utc", "words": "Nortel", "role": "agent"}
    return ExampleForm(typed)


def example_waits() -> list[tuple[Wait, str]]:
    now = timezone.now()
    return [(wait_of(now - timedelta(minutes=length), now, length * 60, QUARTER), words) for length, words in SCALE]


def example_rail() -> Rail:
    queues = (
        Row("Waiting", "#main", "23", "2 days", step=4, icon="inbox"),
        Row("Mine", "#main", "6", "26 min", step=3),
        Row("Snoozed", "#main", "4"),
    )
    rooms = (
        Row("Chart", "#main", "44 ask", icon="share"),
        Row("Radar", "#main", icon="signal", chip=Chip("storm", "1 storm")),
        Row("Parts", "#main", icon="squares-2x2", current=True),
    )
    return Rail(
        (Section("Who waits, longest", queues), Section("Rooms", rooms, icons=True)), "Ines Aldermoor", "Harbour desk"
    )
