"""The sentences of ``/words test``: what would be found in a text, why, and what would follow."""

from cogs.helpers.case_texts import consequence_text
from cogs.helpers.replies import code, lines, shorten
from cogs.helpers.wordings import count, disguised, show
from moderation.consequence import DELETE, LOG, Consequence
from moderation.matcher import Detection, Hit


def tested(detection: Detection, text: str, consequence: Consequence) -> str:
    """What would match, where and why; ``consequence`` is what would follow, the ladder aside."""
    if not detection:
        head = f"Nothing would match in {code(shorten(text, 200))}."
        return lines(head, _spared(detection)) if detection.spared else head
    total = len(detection.hits) + detection.more
    head = f"{_follows(consequence)}, for {count(total, 'hit', 'hits')}. Nothing was changed."
    rows = [_hit(hit) for hit in detection.hits]
    if detection.more:
        rows.append(f"… and {count(detection.more, 'further hit', 'further hits')}.")
    return lines(head, rows + _spared(detection))


def _follows(consequence: Consequence) -> str:
    if consequence == LOG:
        return "Nothing would be done, since its list is off or only logs"
    if consequence == DELETE:
        return "This would be deleted"
    return f"What would follow: **{consequence_text(consequence)}**"


def _spared(detection: Detection) -> list[str]:
    return [
        f"- not {code(shorten(one.text, 80))} as {show(one.entry)}: {one.reason}"
        for one in detection.spared
    ]


def _hit(hit: Hit) -> str:
    undone = f"; {disguised(hit.undone)}" if hit.undone else ""
    place = f"characters {hit.start + 1} to {hit.end}"
    what = f"entry {show(hit.entry)}, list {hit.list}"
    return f"- {code(shorten(hit.text, 80))} at {place}: {what}{undone}"
