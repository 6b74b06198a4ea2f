"""Reading the project's documents: their sections, tables and blocks of code."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
COMMANDS = ROOT / "docs" / "commands.md"
HOSTING = ROOT / "docs" / "self-hosting.md"
PRIVACY = ROOT / "docs" / "privacy.md"
DECISIONS = ROOT / "docs" / "decisions"

DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)

FENCED = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """The document without its code blocks."""
    return FENCED.sub("", read(path))


def code_blocks(path: Path) -> list[str]:
    return [block for _, block in FENCED.findall(read(path))]


def section(path: Path, heading: str) -> str:
    """What stands below a heading, down to the next one of any level."""
    _, found, rest = prose(path).partition(f"# {heading}\n")
    assert found, f"{path.name} has no heading {heading}"
    return HEADING.split(rest, maxsplit=1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a table, without its two head lines."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
