from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone
from heroicons import IconDoesNotExist

from tellback.kit.templatetags import kit
from tellback.kit.time import Wait


def said(source, **context):
    return Template("{% load kit %}" + source).render(Context(context))


def test_mark_in_its_size():
    assert 'width="32" height="32"' in said("{% mark 32 %}")


def test_icon_is_a_heroicon_without_inline_style():
    icon = said('{% icon "inbox" 20 %}')
    assert icon.startswith("<svg")
    assert 'width="20"' in icon
    assert 'aria-hidden="true"' in icon
    assert "style=" not in icon


def test_unknown_icon_is_an_error():
    with pytest.raises(IconDoesNotExist):
        kit.icon("no-such-icon")


@pytest.mark.parametrize("meaning", ["waiting", "told", "storm", "crowd"])
def test_chip_of_a_meaning_has_shape_and_word(meaning):
    chip = kit.chip(meaning, "<b>word")
    assert f'class="chip {meaning}"' in chip
    assert f'class="shape {meaning}"' in chip
    assert "&lt;b&gt;word" in chip


def test_neutral_chip_has_no_shape():
    assert "svg" not in kit.chip("", "Complaint")


def test_key_by_its_sign():
    assert kit.key("Ctrl Shift Enter") == '<kbd class="key" aria-hidden="true">Ctrl ⇧ ↵</kbd>'


@pytest.mark.parametrize(
    ("share", "y", "height"), [(0, "38.0", "0.0"), (0.6, "15.2", "22.8"), (1, "0.0", "38"), (7, "0.0", "38")]
)
def test_wait_bar_is_filled_from_its_foot(share, y, height):
    bar = kit.wait_bar(Wait("9 min", "", 1, share))
    assert f'y="{y}" height="{height}' in bar


def test_wait_says_words_and_step():
    page = said("{% wait one %}", one=Wait("26 min", "over by 11 min", 3, 1.0))
    assert "wait-3" in page
    assert "26 min" in page
    assert "over by 11 min" in page


def test_progress_adds_up_and_never_runs_over():
    bar = kit.progress_bar(of=412, told=397, waiting=15)
    assert '<rect class="told" x="0.0%" width="96.36%"' in bar
    assert '<rect class="waiting" x="96.36%" width="3.64%"' in bar
    assert 'width="0.0%"' in kit.progress_bar(of=1, told=5, waiting=5)
    assert 'width="0.0%"' in kit.progress_bar(of=0, told=5)


@pytest.mark.parametrize("kind", ["spoke", "told", "note", "change", "waits"])
def test_entry_marks_say_what_they_are(kind):
    mark = kit.entry_mark(kind)
    assert 'role="img"' in mark
    assert 'aria-label="' in mark
    assert "aria-hidden" not in mark


def test_since_has_the_exact_moment_behind_it():
    at = timezone.now() - timedelta(minutes=4, seconds=5)
    words = kit.since(at)
    assert ">4 min</time>" in words
    assert f'data-since="{at.isoformat(timespec="seconds")}"' in words


def test_exact_and_hour():
    at = datetime(2026, 11, 17, 14, 6, 9, tzinfo=UTC)
    with timezone.override(UTC):
        assert kit.exact(at) == "Tuesday 17 November 2026, 14:06:09"
        assert ">17 Nov 2024, 14:06</time>" in kit.hour(at.replace(year=2024))
        now = timezone.now()
        assert f">{now:%H:%M}</time>" in kit.hour(now)


def test_figures_stand_apart_by_thousands():
    assert kit.figures(458832) == "458,832"
    assert kit.figures(None) == ""
