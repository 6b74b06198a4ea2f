"""Cases for tests: one of the usual kind, to be changed, and any that hypothesis makes up."""

from hypothesis import strategies as st

from moderation.cases import Case, CaseAction, CaseHit, CaseKind, CaseNote, CaseState
from moderation.consequence import BAN, DELETE, KICK, LOG, WARN, Consequence, Step
from moderation.events import Surface
from moderation.records import Actor
from moderation.states import State

THE_BOT = Actor(0, "")
HOUR = Consequence(Step.TIMEOUT, 3_600_000)
AT = 1_790_000_000_000

HIT = CaseHit("main", "idiot*", Surface.MESSAGE, 4, 9, (), DELETE)
USUAL = Case(
    guild_id=1,
    number=12,
    at=AT,
    kind=CaseKind.VIOLATION,
    state=CaseState.OPEN,
    user_id=7,
    user_name="alice",
    by=THE_BOT,
    reason="",
    consequence=DELETE,
    surface=Surface.MESSAGE,
    text="you idiot!",
    hits=(HIT,),
    channel_id=3,
    message_id=4,
    actions=(CaseAction(1, "delete", State.DONE, at=AT + 100),),
    strikes=1,
)

_texts = st.text(max_size=600) | st.text(st.sampled_from("`*_<@>😀 a\n"), max_size=600)
_long = st.integers(0, 6000).map(lambda length: "😀" * length)
_ids = st.integers(1, 2**62)
_times = st.integers(AT, AT + 10**12)
_actors = st.builds(Actor, _ids | st.just(0), _texts)
_consequences = st.sampled_from([LOG, DELETE, WARN, HOUR, KICK, BAN, Consequence(Step.BAN, 10**9)])
_hits = st.builds(
    CaseHit,
    _texts,
    _texts,
    st.sampled_from(Surface),
    st.integers(0, 700),
    st.integers(0, 700),
    st.lists(_texts, max_size=5).map(tuple),
    _consequences,
    st.booleans(),
    _texts,
)
_kinds = ("delete", "nickname", "title", "timeout", "kick", "ban", "unban", "end timeout", "notice")
_actions = st.builds(
    CaseAction,
    _ids,
    st.sampled_from(_kinds),
    st.sampled_from(State),
    _texts,
    st.none() | _times,
    st.none() | _times,
)

any_case = st.builds(
    Case,
    guild_id=_ids,
    number=st.integers(1, 10**9),
    at=_times,
    kind=st.sampled_from(CaseKind),
    state=st.sampled_from(CaseState),
    user_id=st.none() | _ids,
    user_name=_texts,
    by=_actors,
    reason=_texts | _long,
    consequence=_consequences,
    surface=st.none() | st.sampled_from(Surface),
    text=st.none() | _texts | _long,
    hits=st.lists(_hits, max_size=8).map(tuple),
    more=st.integers(0, 9),
    channel_id=st.none() | _ids,
    message_id=st.none() | _ids,
    attachments=st.lists(_texts, max_size=12).map(tuple),
    actions=st.lists(_actions, max_size=5).map(tuple),
    notes=st.lists(st.builds(CaseNote, _times, _actors, _texts, st.booleans()), max_size=9).map(
        tuple
    ),
    strikes=st.integers(0, 50),
    expires_at=st.none() | _times,
    told=st.none() | st.sampled_from(State),
    undone_by=st.none() | _actors,
)
