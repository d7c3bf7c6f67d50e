"""Who hears what. Search for an event's name and you land here."""

from collections.abc import Sequence

from tellback.cases.events import CaseClosed, CaseTaken
from tellback.cases.strands import follow_joined, follow_parted
from tellback.cases.threads import rename_threads
from tellback.events.announcing import Subscriber
from tellback.events.event import Event
from tellback.flow import ending, incoming, outgoing, returning, staff
from tellback.listen.events import BounceHeard, PostTakenBack, ThreadsFound
from tellback.loop.events import TellingPrepared
from tellback.people.events import PersonJoined, PersonParted
from tellback.replies.events import ReplyApproved, ReplyFailed, ReplyWritten
from tellback.replies.sending import bounced
from tellback.triage.events import QuestionAnswered, VerdictOverridden
from tellback.triage.forgetting import take_back_examples
from tellback.workspace.events import SecondFactorsTakenOff, WorkspaceEnded

WIRING: dict[type[Event], Sequence[Subscriber]] = {
    ThreadsFound: [rename_threads],
    PersonJoined: [follow_joined],
    PersonParted: [follow_parted],
    PostTakenBack: [take_back_examples, staff.taken_back],
    BounceHeard: [bounced],
    QuestionAnswered: [incoming.resume],
    VerdictOverridden: [incoming.rejudged],
    CaseTaken: [staff.case_given],
    SecondFactorsTakenOff: [staff.factors_off],
    WorkspaceEnded: [ending.begin],
    ReplyWritten: [outgoing.send],
    ReplyApproved: [outgoing.send],
    ReplyFailed: [staff.reply_failed],
    CaseClosed: [returning.after_closing],
    TellingPrepared: [staff.others_wait],
}

# Which parts of open pages a fact makes old: topic names that pages listen to. "{subject}" is the fact's subject.
LIVE: dict[str, Sequence[str]] = {
    "post.heard": ["posts"],
    "verdict.given": ["chart"],
    "verdict.overridden": ["chart", "post:{subject}"],
    "answer.held": ["questions", "chart"],
    "answer.taken_back": ["questions", "chart"],
    "question.asked": ["questions", "chart", "rail"],
    "question.answered": ["questions", "chart", "rail"],
    "policy.adopted": ["chart"],
    "case.opened": ["inbox", "rail"],
    "case.spoken_in": ["inbox", "rail", "case:{subject}"],
    "case.taken": ["inbox", "rail", "case:{subject}"],
    "case.answered": ["inbox", "rail", "case:{subject}"],
    "case.noted": ["case:{subject}"],
    "case.snoozed": ["inbox", "rail", "case:{subject}"],
    "case.tagged": ["case:{subject}"],
    "case.closed": ["inbox", "rail", "case:{subject}"],
    "case.reopened": ["inbox", "rail", "case:{subject}"],
    "reply.written": ["replies"],
    "reply.approved": ["replies"],
    "reply.delivered": ["replies"],
    "reply.failed": ["replies", "notices", "rail"],
    "customer.heard": ["inbox", "case:{subject}"],
    "connection.made": ["connections"],
    "connection.changed": ["connections"],
    "connection.paused": ["connections"],
    "telling.prepared": ["case:{subject}", "notices"],
    "person.forgotten": ["inbox", "posts", "person:{subject}"],
}
