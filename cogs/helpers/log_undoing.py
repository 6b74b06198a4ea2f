"""The sentences after cases were undone, a phrase was offered, or what the brake held was let
go."""

from collections.abc import Mapping, Sequence

from cogs.helpers.case_texts import action_text, actor_text
from cogs.helpers.replies import code, shorten
from cogs.helpers.wordings import count, show
from moderation.cases import Case, Undone
from moderation.states import State
from service.allowing import Offer
from service.undoing import LIFTING

SHOWN_REFUSALS = 5
SHOWN_NAME = 100
"""As long as a title can be (Discord, Channel)."""

NAMES = ("nickname", "title")
"""What actions of these kinds take away."""


def undone_text(undone: Sequence[Undone], before: Sequence[Case]) -> str:
    """What undoing did, and what was undone already."""
    rows = []
    if len(undone) == 1:
        rows.append(_one(undone[0]))
    elif undone:
        numbers = [one.case.number for one in undone]
        what = f"Undone: {count(len(undone), 'case', 'cases')}, #{min(numbers)} to #{max(numbers)}."
        rows.append(f"{what} They count no more.")
    withdrawn = sum(one.withdrawn for one in undone)
    if withdrawn:
        rows.append(f"{count(withdrawn, 'action', 'actions')} will not be carried out.")
    under_way = sum(one.under_way for one in undone)
    if under_way:
        rows.append(
            f"{count(under_way, 'action was', 'actions were')} under way just then; a timeout or "
            "ban among them is lifted afterwards."
        )
    rows += _lifted(undone)
    if len(before) == 1:
        case = before[0]
        who = case.undone_by
        by = f" by {actor_text(who.user_id, who.name)}" if who else ""
        rows.append(f"Case #{case.number} was undone before{by}.")
    elif before:
        rows.append(f"{count(len(before), 'case was', 'cases were')} undone before.")
    return " ".join(rows) or "There is nothing to undo."


def _one(undone: Undone) -> str:
    case = undone.case
    text = f"Case #{case.number} is undone and counts no more."
    if case.user_id is not None:
        left = (
            count(undone.strikes_now, "strike", "strikes") if undone.strikes_now else "no strikes"
        )
        text += f" <@{case.user_id}> has {left} now."
    return text + _taken(case)


def _taken(case: Case) -> str:
    """A name that the bot took away. It stays away: on the list it still is, and the bot would take
    it again."""
    kinds = {one.kind for one in case.actions if one.state is State.DONE}
    for kind in NAMES:
        if kind in kinds and case.text is not None:
            return (
                f" The {kind} {code(shorten(case.text, SHOWN_NAME))} is not given back by itself."
            )
    return ""


def _lifted(undone: Sequence[Undone]) -> list[str]:
    """What became of the timeouts and bans; of several cases of a member the last lifts it."""
    lifting = [
        (one.case.user_id, action_text(action).capitalize())
        for one in undone
        for action in one.case.actions
        if action.kind in LIFTING
    ]
    over = {user_id for user_id, _ in lifting}
    texts = [text for _, text in lifting]
    rows = [
        f"{text}." if texts.count(text) == 1 else f"{text}: {texts.count(text):,}."
        for text in dict.fromkeys(texts)
    ]
    stay = {one.stands for one in undone if one.case.user_id not in over} - {""}
    rows += [
        f"The {kind} stays: another open case of theirs asks for it, too." for kind in sorted(stay)
    ]
    return rows


def allowed_text(offer: Offer, *, may: bool) -> str:
    """The question whether a phrase is to be allowed, for one who may say so, or a hint."""
    text = f"\nTo let such texts through from now on, allow the phrase {show(offer.phrase)}."
    if offer.also:
        also = ", ".join(show(one) for one in offer.also[:5])
        text += f" It would also let through what {also} would find in it."
    if not may:
        text += " That takes the permission Manage Server, with `/allowed add`."
    return text


def release_text(number: int, refused: Mapping[int, str]) -> str:
    """How many punishments go on, and why others, by the numbers of their cases, do not."""
    rows = []
    if number:
        what = count(number, "punishment", "punishments")
        rows.append(f"Released: {what}. The entry shows what becomes of it.")
    elif not refused:
        rows.append("Nothing is held any more: somebody was faster, or the case was undone.")
    rows += [f"Not case #{one}: {why}" for one, why in [*refused.items()][:SHOWN_REFUSALS]]
    if len(refused) > SHOWN_REFUSALS:
        rows.append(f"Nor {count(len(refused) - SHOWN_REFUSALS, 'other one', 'other ones')}.")
    return "\n".join(rows)
