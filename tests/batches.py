"""Several notes on paper that arrive together, in one batch of the incoming line."""

from tellback.flow.incoming import take_in
from tellback.kit.clock import now
from tellback.networks.contract import Parcel
from tellback.networks.keeping import Arrival
from tellback.networks.paper.adapter import payload


def note(connection, id, by, text, **more):
    return Arrival(connection, Parcel(id, payload(id, by, text, **more), "a test"), now())


def arrive(connection, *notes):
    """Take notes (id, by, text, {more}) in as one batch; what became of each, by the word that it is counted by."""
    taken = take_in([note(connection, id, by, text, **(more[0] if more else {})) for id, by, text, *more in notes])
    return [trail.ends[0][1] for trail in taken.trails]
