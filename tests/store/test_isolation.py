"""Two guilds never see each other's rows: against a model in plain dictionaries, and by reading
the SQL itself."""

import ast
import asyncio
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from data import notices, sanctions
from data.store import Store
from moderation.records import MAIN_LIST, Actor
from moderation.words import parse_allowed, parse_entry
from tests.store.clock import Clock

ADMIN = Actor(7, "Ada")

operations = st.lists(
    st.tuples(
        st.sampled_from([1, 2]),
        st.sampled_from(["add", "remove", "clear", "allow", "disallow", "leave", "erase"]),
        st.lists(st.sampled_from(["one", "two", "three", "One"]), max_size=3),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(operations)
def test_two_guilds_are_two_worlds(steps: list[tuple[int, str, list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live_through(steps, Path(folder) / "db.sqlite3"))


async def live_through(steps: list[tuple[int, str, list[str]]], path: Path) -> None:
    clock = Clock()
    store = await Store.open(path, clock=clock)
    banned: dict[int, dict[str, str]] = {1: {}, 2: {}}
    allowed: dict[int, dict[str, str]] = {1: {}, 2: {}}
    recorded = {1: 0, 2: 0}
    for guild_id, step, texts in steps:
        other = 3 - guild_id
        before = await store.words(other), await store.changes(other)
        words, phrases = banned[guild_id], allowed[guild_id]
        was = (dict(words), dict(phrases))
        match step:
            case "add":
                for text in texts:
                    words.setdefault(text.lower(), text)
                await store.add_words(guild_id, [parse_entry(t) for t in texts], by=ADMIN)
            case "remove":
                for text in texts:
                    words.pop(text.lower(), None)
                await store.remove_words(guild_id, [parse_entry(t) for t in texts], by=ADMIN)
            case "clear":
                words.clear()
                await store.clear_words(guild_id, by=ADMIN)
            case "allow":
                for text in texts:
                    phrases.setdefault(text.lower(), text)
                await store.add_allowed(guild_id, [parse_allowed(t) for t in texts], by=ADMIN)
            case "disallow":
                for text in texts:
                    phrases.pop(text.lower(), None)
                await store.remove_allowed(guild_id, [parse_allowed(t) for t in texts], by=ADMIN)
            case "leave":
                await store.guild_joined(guild_id)
                await store.guild_left(guild_id)
            case "erase":
                await store.guild_joined(guild_id)
                await store.guild_left(guild_id)
                await store.guild_joined(other)
                clock.now += 31 * 24 * 60 * 60 * 1000
                assert await store.erase_departed() == [guild_id]
                words.clear()
                phrases.clear()
                recorded[guild_id] = 0
        if step != "erase" and was != (words, phrases):
            recorded[guild_id] += 1
        assert (await store.words(other), await store.changes(other)) == before or step == "erase"
        for each in (1, 2):
            kept = await store.words(each)
            assert [entry.text for entry in kept.lists[MAIN_LIST]] == list(banned[each].values())
            assert [entry.text for entry in kept.allowed] == list(allowed[each].values())
            assert len(await store.changes(each)) == recorded[each]
    await store.close()


# Which guilds there are is asked of all guilds; nothing else is.
OF_ALL_GUILDS = {
    "SELECT guild_id FROM guilds WHERE left_at IS NULL ORDER BY guild_id",
    "SELECT guild_id FROM guilds WHERE left_at < ? ORDER BY guild_id",
    "SELECT guild_id FROM guilds WHERE folding <> ?",
    "DELETE FROM decisions WHERE at < ? AND case_number IS NULL",
    "DELETE FROM old_nicknames WHERE removed_at < ?",
    # Bans for a time end in every guild that the bot is in.
    sanctions._ENDED,
    sanctions._NEXT_END,
    # Where an earlier run left something to tell.
    notices._LEFT,
    # What is erased when its time is over, of every guild:
    "SELECT guild_id, coalesce(json_extract(policy, '$.text_days'), :days)"
    " FROM guilds LEFT JOIN policies USING (guild_id)",
    "SELECT DISTINCT guild_id FROM old_nicknames WHERE removed_at < ?",
    "SELECT DISTINCT guild_id, user_id FROM cases WHERE erased = 1 AND user_id IS NOT NULL",
    "SELECT max(rowid), min(rewrite_at) FROM erasures",
    "DELETE FROM erasures WHERE rowid <= ?",
}
VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\b")
TABLES = (
    *("guilds", "lists", "banned_words", "allowed_phrases", "changes", "policies", "exempt_told"),
    *("decisions", "actions", "old_nicknames"),
    *("cursors", "heard"),
    *("policies", "cases", "case_notes", "log_posts", "log_post_cases", "log_channels", "erasures"),
    *("notice_replies", "audit_logs"),
)


def sql_of_the_project() -> list[str]:
    found = []
    for module in Path(data.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                first = node.values[0] if node.values else None
                glued = isinstance(first, ast.Constant) and VERB.match(str(first.value))
                assert not glued, f"{module.name}: SQL glued together from values"
            elif isinstance(node, ast.Constant) and VERB.match(str(node.value)):
                found.append(str(node.value))
    return [sql for sql in found if "sqlite_schema" not in sql]


NARROWED = r"\b(?:WHERE|AND) (?:\w+\.)?guild_id = [:?]|\bON \w+\.guild_id = \w+\.guild_id AND\b"


def names_its_guild(statement: str) -> bool:
    """Whether each table that a statement touches is narrowed to one guild, or given a row that
    says whose it is."""
    if statement.startswith("INSERT"):
        into = re.match(r"INSERT INTO \w+ \(([^)]*)\)", statement)
        named = into is not None and into[1].split(", ")[0] == "guild_id"
        reads = " FROM " in statement
        return named and (not reads or bool(re.search(r"WHERE guild_id = [:?]", statement)))
    # Joined by the guild, a table is as narrow as the one that it is joined to.
    statement = re.sub(r"\bJOIN \w+(?: AS \w+)? USING \(guild_id, ", "", statement)
    touched = len(re.findall(rf"\b(?:FROM|JOIN|UPDATE)\s+(?:{'|'.join(TABLES)})\b", statement))
    narrowed = len(re.findall(NARROWED, statement))
    return 0 < touched <= narrowed


def test_every_statement_names_its_guild() -> None:
    statements = sql_of_the_project()
    assert len(statements) > 15
    assert set(statements) >= OF_ALL_GUILDS
    for statement in statements:
        assert statement in OF_ALL_GUILDS or names_its_guild(statement), statement
        # REPLACE deletes without waking the triggers that guard the record of changes.
        assert not re.match(r"REPLACE|INSERT OR REPLACE", statement), statement


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("SELECT text FROM banned_words", False),
        ("SELECT text FROM banned_words WHERE list_id = ?", False),
        ("DELETE FROM changes WHERE change_id = ?", False),
        ("UPDATE guilds SET revision = 1", False),
        ("INSERT INTO lists (name) VALUES (?)", False),
        ("SELECT a FROM lists JOIN guilds ON x = y WHERE guild_id = ?", False),
        ("SELECT a FROM actions JOIN decisions USING (decision_id) WHERE guild_id = ?", False),
        ("SELECT text FROM banned_words WHERE guild_id = ?", True),
        ("SELECT a FROM actions JOIN decisions USING (guild_id, b) WHERE guild_id = ?", True),
        ("INSERT INTO lists (guild_id, name) VALUES (?, ?)", True),
    ],
)
def test_the_check_of_statements_can_fail(statement: str, named: bool) -> None:
    assert names_its_guild(statement) is named
