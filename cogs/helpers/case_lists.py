"""The sentences around many cases: a page of a list, and the history of a member."""

from collections.abc import Sequence
from dataclasses import replace

from cogs.helpers.case_ids import filter_id
from cogs.helpers.case_texts import BY_HAND, actor_text, ago, consequence_text, spoken
from cogs.helpers.replies import MAX_CONTENT, Button, code, lines, shorten
from cogs.helpers.wordings import count, show
from moderation.cases import Case, CaseFilter, CaseKind, CasePage, CaseState
from moderation.escalation import climbed
from service.cases import History

PAGE = 10
SHOWN_NAME = 32
SHOWN_REASON = 60

KINDS = {
    CaseKind.VIOLATION: ("violation", "violations"),
    CaseKind.NOTE: ("note", "notes"),
    CaseKind.WARNING: ("warning", "warnings"),
    CaseKind.TIMEOUT: ("timeout", "timeouts"),
    CaseKind.TIMEOUT_ENDED: ("lifted timeout", "lifted timeouts"),
    CaseKind.KICK: ("kick", "kicks"),
    CaseKind.BAN: ("ban", "bans"),
    CaseKind.UNBAN: ("unban", "unbans"),
    CaseKind.NICKNAME: ("changed nickname", "changed nicknames"),
}


def page_text(found: CasePage, which: CaseFilter, number: int) -> tuple[str, list[Button]]:
    """A page of a list of cases, with its buttons. A number beyond the ends is the nearest one."""
    if not found.total:
        return nothing_found(which), []
    pages = -(-found.total // PAGE)
    number = min(max(number, 1), pages)
    head = f"**{count(found.total, 'case', 'cases')}**{_that(which)}"
    if pages == 1:
        return _listed(head, found.cases), []
    head += f" · page {number} of {pages:,}"
    part = filter_id(which, found.cases[0].number)
    buttons = [
        Button("Newer", f"case/list/{number - 1}/{part}", disabled=number == 1),
        Button("Older", f"case/list/{number + 1}/{part}", disabled=number == pages),
    ]
    return _listed(head, found.cases), buttons


def _listed(head: str, cases: Sequence[Case]) -> str:
    """All of a page: what is left out would be on no other."""
    text = "\n".join([head, *map(row, cases)])
    return text if len(text) <= MAX_CONTENT else "\n".join([head, *map(short_row, cases)])


def nothing_found(which: CaseFilter) -> str:
    """Why a list is empty."""
    if which == CaseFilter():
        return "There are no cases yet."
    said = f"There is no case{_that(which, ' ')}."
    if which.entry:
        said += " An entry has to be written as its list shows it: see `/words show`."
    return said


def short_row(case: Case) -> str:
    """A case in one line of at most 170 characters, without names and reasons."""
    return row(
        replace(
            case,
            user_name="",
            by=replace(case.by, name=""),
            reason="",
            hits=tuple(replace(hit, entry=shorten(hit.entry, 24)) for hit in case.hits[:1]),
        )
    )


def row(case: Case, *, whose: bool = True) -> str:
    """A case in one line of a list; without ``whose``, in a list about one person."""
    parts = [f"**#{case.number}** {ago(case.at)} {BY_HAND[case.kind]}"]
    if case.user_id is not None and whose:
        name = f" {code(shorten(case.user_name, SHOWN_NAME))}" if case.user_name else ""
        parts.append(f"<@{case.user_id}>{name}")
    if case.hits:
        parts.append(show(shorten(case.hits[0].entry, SHOWN_NAME)))
    parts.append(_followed(case))
    if case.by.user_id:
        parts.append(f"by {actor_text(case.by.user_id, shorten(case.by.name, SHOWN_NAME))}")
    if case.state is not CaseState.OPEN:
        parts.append(case.state.value)
    if case.reason and not case.hits:
        parts.append(code(shorten(case.reason, SHOWN_REASON)))
    return " · ".join(part for part in parts if part)


def history_text(history: History, name: str) -> tuple[str, list[Button]]:
    """What is on record of a member, with a button for all of it."""
    who = f"<@{history.user_id}>"
    if name:
        who += f" {code(shorten(name, SHOWN_NAME))}"
    if not history.total:
        return f"Nothing is on record of {who}.", []
    rows = [
        _tally(history),
        _strikes(history),
        "Newest:",
        *(row(one, whose=False) for one in history.last),
    ]
    buttons = []
    if history.total > len(history.last):
        part = filter_id(CaseFilter(user_id=history.user_id))
        buttons = [Button("All cases", f"case/list/1/{part}")]
    return lines(f"**Moderation history of** {who}", rows), buttons


def _followed(case: Case) -> str:
    if case.kind is not CaseKind.VIOLATION:
        return ""
    return "log only" if case.shadow else consequence_text(case.consequence)


def _that(which: CaseFilter, between: str = " · ") -> str:
    """What a filter asks for, in words."""
    parts = [""]
    if which.kind is not None:
        parts.append(f"of the type {BY_HAND[which.kind].lower()}")
    if which.user_id is not None:
        parts.append(f"about <@{which.user_id}>")
    if which.moderator_id is not None:
        parts.append(f"by {actor_text(which.moderator_id, '')}")
    if which.entry:
        parts.append(f"for {show(which.entry)}")
    if which.since is not None:
        parts.append(f"since {ago(which.since)}")
    if which.until is not None:
        parts.append(f"until {ago(which.until)}")
    return between.join(parts)


def _tally(history: History) -> str:
    parts = []
    for kind, (one, many) in KINDS.items():
        by_state = {state: history.tally.get((kind, state), 0) for state in CaseState}
        total, undone = sum(by_state.values()), by_state[CaseState.UNDONE]
        if total:
            part = count(total, one, many)
            parts.append(f"{part} ({undone:,} undone)" if undone else part)
    return f"{_and(parts)}."


def _strikes(history: History) -> str:
    ladder = history.ladder
    strikes = count(history.strikes, "strike", "strikes") if history.strikes else "No strikes"
    text = f"{strikes} in the last {spoken(ladder.window_ms)}."
    if not ladder.rungs:
        return f"{text} The ladder is off."
    following = climbed(ladder, history.strikes + 1)
    return text if following is None else f"{text} The next one: {consequence_text(following)}."


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
