"""Behind the incoming line: what a brand says itself in a file of posts goes to the case that it answers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tellback.cases.own_answers import take_up
from tellback.networks.keeping import Arrival, short_id
from tellback.networks.models import RawItem

SAYING = {"file"}
"""Networks on which the brand's own words come in with its customers'. For others nothing is asked."""


def hear_own(rows: Sequence[Arrival | RawItem], *, at: datetime) -> None:
    places: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.connection.network in SAYING:
            name = row.parcel.external_id if isinstance(row, Arrival) else row.external_id
            places[row.connection.workspace_id, row.connection.short_label].append(short_id(name))
    for (workspace, network), names in places.items():
        take_up(workspace, network, names, at=at)
