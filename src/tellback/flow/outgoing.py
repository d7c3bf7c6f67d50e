"""What happens to a reply, from the words to the customer. Read LINE from top to bottom."""

from collections.abc import Sequence
from datetime import timedelta

from tellback.cases.answering import mark_answered
from tellback.cases.closing import close_wished
from tellback.kit import clock
from tellback.networks.models import Delivery
from tellback.replies.events import ReplyApproved, ReplyWritten
from tellback.replies.models import Reply
from tellback.replies.sending import approve_step, check, deliver, pause_before
from tellback.work.line import Line
from tellback.work.tasks import task

LINE = Line(
    "outgoing",
    check,          # Reply -> Reply    can it go there, in this length?
    approve_step,   # Reply -> Reply    does it need a second person? wait for one
    deliver,        # Reply -> Reply    the attempt is saved before it is made; not now? wait
    mark_answered,  # Reply -> Case     it arrived: the clock stops
    close_wished,   # Case  -> Case     sent with "and close"? closed as told
)  # fmt: skip

# Undo is kinder than "are you sure?": a reply leaves this much later than it was written.
UNDO = timedelta(seconds=0)


def send(events: Sequence[ReplyWritten | ReplyApproved]) -> None:
    """A reply is ready, or was approved: let it take its way.

    Each fact has a job of its own: an approval that comes while the first job still says "it waits" must not be lost
    behind it. That nothing goes twice is the delivery's care.
    """
    for event in events:
        send_out.enqueue(event.subject)


@task(queue="outgoing", attempts=20, lease=120)
def send_out(reply: int) -> str:
    """Take one reply through the line. Refused for now: the same again later, with growing pauses."""
    row = Reply.objects.select_related("to", "post", "connection").get(pk=reply)
    trail = LINE.run([row], at=clock.now())[0]
    outcome, kind = trail.ends[0]
    if kind == "again":
        delivery = Delivery.objects.filter(key=row.key).first()
        pause = pause_before(delivery.attempts if delivery else 1)
        send_out.using(run_after=clock.now() + pause).enqueue(reply)
    return f"{outcome} {kind}"
