from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.file.times import READERS, DateFault, moment

GREENWICH = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("written", "form", "expected"),
    [
        ("2015-02-22 23:54:36 -0800", "iso", datetime(2015, 2, 23, 7, 54, 36, tzinfo=UTC)),
        ("2020-04-01T17:31:32.000Z", "iso", datetime(2020, 4, 1, 17, 31, 32, tzinfo=UTC)),
        ("2020-04-01 17:31:32 UTC", "iso", datetime(2020, 4, 1, 17, 31, 32, tzinfo=UTC)),
        ("Tue Oct 31 22:10:47 +0000 2017", "twitter", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        ("Tue Oct 31 22:10:47 -0330 2017", "twitter", datetime(2017, 11, 1, 1, 40, 47, tzinfo=UTC)),
        ("1500000000", "epoch", datetime(2017, 7, 14, 2, 40, tzinfo=UTC)),
        ("1500000000000", "epoch_ms", datetime(2017, 7, 14, 2, 40, tzinfo=UTC)),
        ("14.07.2017 04:40", "%d.%m.%Y %H:%M", datetime(2017, 7, 14, 4, 40, tzinfo=UTC)),
    ],
)
def test_what_files_write(written, form, expected):
    assert moment(written, [form], GREENWICH) == expected


def test_a_date_without_a_zone_is_in_the_mappings_zone_and_its_summer():
    assert moment("2024-07-01 12:00:00", ["iso"], ZoneInfo("Europe/London")).utcoffset() == timedelta(hours=1)
    assert moment("2024-01-01 12:00:00", ["iso"], ZoneInfo("Europe/London")).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("9999-12-31T23:59:59+00:00", "in the future"),
        ("9999-12-31T23:59:59-23:00", "in the future"),
        ("0001-01-01T00:00:00+23:00", "before 1980"),
        ("0000-00-00 00:00:00", "cannot be read as iso"),
        ("soon", "cannot be read as iso"),
        ("", "no date"),
    ],
)
def test_what_cannot_be_true_is_said(written, words):
    with pytest.raises(DateFault, match=words):
        moment(written, ["iso"], GREENWICH)


@given(st.text(max_size=40), st.sampled_from([*READERS, "%Y %z", "%s"]))
def test_no_text_does_more_than_be_refused(written, form):
    try:
        assert moment(written, [form], GREENWICH).tzinfo
    except DateFault:
        pass


@given(st.datetimes(datetime(1990, 1, 1), datetime(2024, 1, 1), timezones=st.just(UTC)))
def test_twitters_dates_come_back(when):
    when = when.replace(microsecond=0)
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][when.month - 1]
    assert moment(f"Mon {month} {when:%d %H:%M:%S} +0000 {when.year}", ["twitter"], GREENWICH) == when
