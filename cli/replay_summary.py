"""What a replay tells a person: the messages with hits, and the figures at the end."""

from collections import Counter

from rich.text import Text

from cli.playing import Fate, Played
from cli.showing import counted, explained, marked, printable
from cli.wordfiles import Words

MOST_HIT = 10
"""How many entries the summary names."""


def shown(played: Played) -> Text:
    """One message with hits, over as many lines as it takes."""
    text = Text(f"{played.number:>6}  ", style="dim")
    text.append(f"{printable(played.said.author)}: ", style="bold")
    text.append_text(marked(played.said.content, played.hits))
    text.append(f"\n        {_FATES[played.fate or Fate.KEPT]}: ")
    text.append("; ".join(dict.fromkeys(map(explained, played.hits))))
    if played.more:
        text.append(f" and {played.more:,} more")
    return text


_FATES = {
    Fate.KEPT: "kept, although there are hits",
    Fate.DELETED: "deleted",
    Fate.FAILED: "NOT DELETED, although the bot tried",
}


class Summary:
    """Counts messages as they come to their end. ``seconds`` is how long the play took."""

    def __init__(self, words: Words) -> None:
        self.seconds = 0.0
        self._words = words
        self._fates: Counter[Fate] = Counter()
        self._entries: Counter[str] = Counter()
        self._latencies: list[float] = []
        self._of_bots = self._without_text = 0

    @property
    def failed(self) -> int:
        """How many messages stand that the bot wanted away."""
        return self._fates[Fate.FAILED]

    def add(self, played: Played) -> None:
        """Take one message in."""
        if played.fate is not None:
            self._fates[played.fate] += 1
        self._entries.update({hit.entry for hit in played.hits})
        if not played.said.is_said:
            self._without_text += 1
        elif played.said.is_bot:
            self._of_bots += 1
        if played.fate is Fate.DELETED and played.latency_ms is not None:
            self._latencies.append(played.latency_ms)

    def text(self) -> Text:
        """The figures, a line each."""
        total = self._fates.total()
        text = Text()
        text.append(
            f"{counted(total, 'message')} in {self.seconds:.1f} s: "
            f"{self._fates[Fate.DELETED]:,} deleted, {self._fates[Fate.KEPT]:,} kept"
            f"{self._kept_by_rule()}, {self.failed:,} failed.",
            style="bold",
        )
        if self._latencies:
            middle, most, last = (_quantile(self._latencies, q) for q in (0.5, 0.95, 1.0))
            text.append(
                f"\nFrom message to deletion: {middle:.1f} ms in the middle, 95 % within "
                f"{most:.1f} ms, {last:.1f} ms at most."
            )
        if self._entries:
            text.append("\nMessages by entry:")
        for entry, number in self._entries.most_common(MOST_HIT):
            text.append(f"\n{number:>8,}  {printable(entry)}")
        unused = len({word.text for word in self._words.banned} - self._entries.keys())
        if (further := len(self._entries) - MOST_HIT) > 0:
            text.append(f"\n          and {counted(further, 'further entry')}")
        text.append(
            f"\n{unused:,} of {counted(len(self._words.banned), 'entry')} found nothing here."
        )
        return text

    def _kept_by_rule(self) -> str:
        parts = []
        if self._of_bots:
            parts.append(f"{self._of_bots:,} of bots")
        if self._without_text:
            parts.append(f"{self._without_text:,} without a text")
        return f" ({', '.join(parts)})" if parts else ""


def _quantile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
