"""When a thread turns out to have another name (its start came late), the strands follow."""

from collections.abc import Sequence

from tellback.cases.case import Strand
from tellback.events.announcing import at_once
from tellback.listen.events import ThreadsFound


@at_once
def rename_threads(events: Sequence[ThreadsFound]) -> None:
    for event in events:
        strands = Strand.objects.filter(workspace=event.workspace, network=event.network, thread=event.old)
        taken = Strand.objects.filter(workspace=event.workspace, network=event.network, thread=event.new)
        standing = set(taken.values_list("brand_id", "person_id"))
        for strand in strands:
            if (strand.brand_id, strand.person_id) not in standing:
                Strand.objects.filter(pk=strand.pk).update(thread=event.new)
