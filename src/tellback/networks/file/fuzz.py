"""What `bench fuzz` throws bytes at: every reader of this folder, with the errors that each may raise."""

import json
from collections.abc import Callable
from functools import partial
from io import BytesIO

from tellback.networks.contract import Unreachable, Unreadable
from tellback.networks.file import adapter
from tellback.networks.file.mapping import MappingFault, from_dict, load, shipped
from tellback.networks.file.reader import Reader

Target = tuple[Callable[[bytes], object], tuple[type[Exception], ...]]
TABLE = b"tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"


def targets() -> dict[str, Target]:
    """Name to (what to call with bytes, the errors that are answers and no crashes)."""
    found: dict[str, Target] = {
        "file.mapping": (_mapping, (MappingFault,)),
        "file.rows": (partial(through, "tellback"), (Unreachable,)),
        "file.table": (_table, ()),
    }
    for name in shipped():
        found[f"file.{name}.parse"] = (partial(_parse, name), (Unreadable,))
        found[f"file.{name}.lines"] = (partial(_lines, name), (Unreachable,))
    return found


def through(name: str, raw: bytes) -> int:
    """Read bytes as a file, then parse every parcel that comes of it; the number of parcels."""
    mapping = load(name)
    count = 0
    for batch in adapter.batches(Reader("fuzz", mapping, stream=BytesIO(raw)), {}):
        for parcel in batch.parcels:
            said = adapter.parse(parcel.payload, {"mapping": mapping})
            said.text.encode()
            count += 1
    return count


def _table(raw: bytes) -> int:
    return through("twcs", TABLE + raw)


def _lines(name: str, raw: bytes) -> int:
    return through(name, b'{"' + raw)


def _parse(name: str, raw: bytes) -> object:
    return adapter.parse(raw.decode("utf-8", "replace"), {"mapping": name})


def _mapping(raw: bytes) -> object:
    try:
        written = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return from_dict(written)
