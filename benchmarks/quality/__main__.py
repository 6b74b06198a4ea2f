"""The quality report: recall of each technique, span accuracy, false positives, look-alikes.

uv run --group bench python -m benchmarks.quality            # held-out cases, beside the peers
uv run --group bench python -m benchmarks.quality --tuning   # what rules may be tuned on
... --misses      also the cases that were missed and the innocent that were hit
... --alone       without the peers
"""

import argparse
from collections import Counter, defaultdict

from benchmarks import data
from benchmarks.quality import look_alikes
from benchmarks.quality.benign import messages
from benchmarks.quality.entries import HELD_OUT, TUNING
from benchmarks.quality.evasions import REPORTED_ONLY, Case, generate
from benchmarks.quality.innocent import dictionary_words_hit, innocent_hits
from benchmarks.quality.peers import Peer, available
from moderation.matcher import Matcher, compile_lists
from moderation.words import parse_entry


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality")
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--alone", action="store_true")
    args = parser.parse_args()
    half = TUNING if args.tuning else HELD_OUT
    cases = generate(half)
    words = [word for group in half.entries.values() for word in group]
    peers, skipped = available()
    if args.alone:
        peers = peers[:1]
    for reason in skipped:
        print(f"Skipped: {reason}")
    print(f"\n## Recall on {len(cases):,} {half.name} cases\n")
    _recall_table(cases, words, peers)
    matcher = compile_lists({"main": [parse_entry(word) for word in words]})
    _spans(cases, matcher, show=args.misses)
    _false_positives(show=args.misses)
    if not args.alone:
        look_alikes.report()
    data.tell_missing()


def _recall_table(cases: list[Case], words: list[str], peers: list[Peer]) -> None:
    finders = [peer.compile(words) for peer in peers]
    found: list[Counter[str]] = [Counter() for _ in peers]
    total = Counter(case.technique for case in cases)
    for case in cases:
        for counter, find in zip(found, finders, strict=True):
            counter[case.technique] += bool(find(case.text))
    print("| technique | cases | " + " | ".join(peer.name for peer in peers) + " |")
    print("|---|---|" + "---|" * len(peers))
    for technique, count in total.items():
        shares = " | ".join(f"{counter[technique] / count:.2f}" for counter in found)
        print(f"| {technique} | {count} | {shares} |")
    targets = [technique for technique in total if technique not in REPORTED_ONLY]
    count = sum(total[technique] for technique in targets)
    shares = " | ".join(f"{sum(c[t] for t in targets) / count:.3f}" for c in found)
    print(f"| **all with a target** | {count} | {shares} |")


def _spans(cases: list[Case], matcher: Matcher, *, show: bool) -> None:
    """Overlap of what was found with what was disguised: intersection over union."""
    overlaps: list[float] = []
    by_technique: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        hits = [hit for hit in matcher.detect(case.text).hits if hit.entry == case.entry]
        best = max((_overlap(case, hit.start, hit.end) for hit in hits), default=0.0)
        if hits:
            overlaps.append(best)
            by_technique[case.technique].append(best)
        elif show and case.technique not in REPORTED_ONLY:
            print(f"missed: {case.technique}: {case.entry!r} in {case.text!r}")
        if show and hits and best < 0.8:
            print(f"span: {case.technique}: {case.entry!r} as {hits[0].text!r} in {case.text!r}")
    mean = sum(overlaps) / len(overlaps)
    print(f"\nSpan overlap over the {len(overlaps):,} cases found by their entry: {mean:.3f}\n")
    for technique, values in by_technique.items():
        if sum(values) / len(values) < 0.95:
            print(f"- {technique}: {sum(values) / len(values):.3f}")


def _overlap(case: Case, start: int, end: int) -> float:
    both = max(0, min(case.end, end) - max(case.start, start))
    return both / (max(case.end, end) - min(case.start, start))


def _false_positives(*, show: bool) -> None:
    naughty = data.naughty_words()
    if not naughty:
        return
    print(f"\n## False positives with the {len(naughty)} English entries of naughty-words\n")
    print("| kind | messages | innocent but hit |\n|---|---|---|")
    messages_all = hit_all = 0
    for kind, texts in messages().items():
        hits = innocent_hits(texts, naughty)
        messages_all += len(texts)
        hit_all += len(hits)
        print(f"| {kind} | {len(texts):,} | {len(hits)} |")
        if show:
            for hit in hits:
                print(f"  innocent: {hit}")
    print(f"| **all** | {messages_all:,} | {hit_all} ({1000 * hit_all / messages_all:.2f} ‰) |")
    words = data.dictionary()
    if words:
        hits = dictionary_words_hit(words, naughty)
        print(
            f"\nDictionary words hit, of {len(words):,}, that are neither an entry nor its "
            f"inflection: {len(hits)}"
        )
        print(", ".join(hits[:50]))


if __name__ == "__main__":
    main()
