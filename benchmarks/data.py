"""Reading the fetched data. What is not there comes back empty; `missing` says so once."""

import csv
import json
import sys
from functools import cache
from pathlib import Path

from benchmarks.fetch import DICTIONARIES, FORTUNES, folder

missing: list[str] = []


def _absent(what: str) -> None:
    if what not in missing:
        missing.append(what)


def _files(pattern: str, what: str) -> list[Path]:
    found = sorted(folder().glob(pattern))
    if not found:
        _absent(f"{what} is not there (python -m benchmarks.fetch)")
    return found


@cache
def tweets() -> tuple[str, ...]:
    """The 4,200 tweets of vaderSentiment's source distribution."""
    texts: list[str] = []
    for path in _files("vader/**/tweets_GroundTruth.txt", "vaderSentiment")[:1]:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            texts += [row[-1] for row in csv.reader(file, delimiter="\t") if row]
    return tuple(texts)


@cache
def snippets() -> tuple[str, ...]:
    """Sentences of reviews and newspapers from the same distribution."""
    texts: list[str] = []
    for path in _files("vader/**/*Snippets_GroundTruth.txt", "vaderSentiment"):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            texts += [row[-1] for row in csv.reader(file, delimiter="\t") if row]
    return tuple(texts)


@cache
def naughty_words(language: str = "en") -> tuple[str, ...]:
    """One list of naughty-words (npm, CC-BY-4.0)."""
    for path in _files(f"npm/naughty-words/package/{language}.json", "naughty-words")[:1]:
        return tuple(json.loads(path.read_text(encoding="utf-8")))
    return ()


@cache
def dictionary() -> tuple[str, ...]:
    """The words of Debian's wamerican-huge without possessives."""
    name = {"wamerican-huge": "american-english-huge"}[DICTIONARIES[0]]
    places = [Path("/usr/share/dict") / name, *folder().glob(f"debian/usr/share/dict/{name}")]
    for path in places:
        if path.exists():
            words = path.read_text(encoding="utf-8").split("\n")
            return tuple(word for word in words if word and not word.endswith("'s"))
    _absent("wamerican-huge is not there (python -m benchmarks.fetch)")
    return ()


@cache
def prose(language: str) -> tuple[str, ...]:
    """Paragraphs in a language, from Debian's fortunes."""
    paths = {
        "br": "brasil", "cs": "cs/*", "de": "de/*", "eo": "eo/*", "es": "es/*",
        "ga": "ga/*", "it": "italia", "pl": "pl/*", "ru": "ru/*", "zh": "tang300",
    }  # fmt: skip
    texts: list[str] = []
    base = "debian/usr/share/games/fortunes/"
    for path in _files(base + paths[language], f"fortunes-{language}"):
        if path.is_file() and path.suffix == "":
            body = path.read_text(encoding="utf-8", errors="replace")
            texts += [text.strip() for text in body.split("\n%") if text.strip()]
    return tuple(text for text in texts if "\ufffd" not in text)


@cache
def code() -> tuple[str, ...]:
    """Lines of source code: some of Python's own library."""
    lines: list[str] = []
    library = Path(json.__file__).parent.parent
    for name in ("argparse.py", "re/_parser.py", "http/client.py", "ipaddress.py", "typing.py"):
        path = library / name
        if path.exists():
            lines += [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    return tuple(lines)


LANGUAGES = FORTUNES


def tell_missing() -> None:
    """Say on standard error what could not be measured for lack of data."""
    for one in missing:
        print(f"not measured: {one}", file=sys.stderr)
