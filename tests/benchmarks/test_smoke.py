"""The benchmarks run, on little, and the matcher is as good as it was on the tuning cases."""

from benchmarks.quality.entries import TUNING
from benchmarks.quality.evasions import REPORTED_ONLY, generate
from benchmarks.speed import texts
from benchmarks.speed.measuring import units
from moderation.matcher import compile_lists
from moderation.words import parse_entry


def test_recall_of_the_tuning_cases() -> None:
    cases = [case for case in generate(TUNING, 1) if case.technique not in REPORTED_ONLY]
    words = [word for group in TUNING.entries.values() for word in group]
    matcher = compile_lists({"main": [parse_entry(word) for word in words]})
    found = [
        any(hit.start < case.end and case.start < hit.end for hit in matcher.detect(case.text).hits)
        for case in cases
    ]
    assert len(cases) > 2_000
    assert sum(found) / len(found) > 0.98


def test_speed_can_be_measured() -> None:
    matcher = compile_lists({"main": [parse_entry(word) for word in texts.words(20)]})
    assert units(matcher.detect, texts.hostile(50, texts.words(20), count=3), rounds=1) > 0
