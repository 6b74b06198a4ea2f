"""The sentences about a server's policy."""

from collections.abc import Mapping, Sequence

from cogs.helpers.case_texts import consequence_text, spoken
from cogs.helpers.checks import permission_name
from cogs.helpers.exempt_texts import because_text
from cogs.helpers.list_texts import list_text, named, short_text, spared
from cogs.helpers.replies import MAX_CONTENT, code, lines, shorten
from cogs.helpers.wordings import count
from moderation.notices import MAX_TEMPLATE
from moderation.policy import GuildPolicy, Ladder, ModLog, NoticeBy, Notices
from moderation.records import MAIN_LIST
from moderation.verdict import Exempt
from service.log_channel import Fitness, Unfit
from service.policies import Standing

SHOWN = 10
"""Roles, channels or members of one setting that are named on the page of all settings."""

SHOWN_TEMPLATE = 200

SHOWN_REASONS = 5
"""Of why somebody is exempt from a list: several of their roles may be."""


def policy_text(policy: GuildPolicy, sizes: Mapping[str, int]) -> str:
    """Everything that is in force, as one page; the lists last, each in fewer words where they are
    too many, and counted where they still are."""
    head = "\n".join(
        [
            exemptions_text(policy, SHOWN),
            moderators_text(policy, SHOWN),
            ladder_text(policy.ladder),
            notices_text(policy.notices, SHOWN_TEMPLATE),
            log_text(policy.mod_log),
            f"**Texts of cases** are kept for {count(policy.text_days, 'day', 'days')}.",
        ]
    )
    names = dict.fromkeys((MAIN_LIST, *policy.lists, *sizes))
    rows = [list_text(name, policy.of(name), sizes.get(name, 0)) for name in names]
    whole = "\n".join([head, "**Lists**", *rows])
    if len(whole) <= MAX_CONTENT:
        return whole
    rows = [f"{short_text(name, policy.of(name), sizes.get(name, 0))}." for name in names]
    return lines(f"{head}\n**Lists**, of which `/lists show` tells more:", rows)


def exemptions_text(policy: GuildPolicy, most: int = 60) -> str:
    """Who and where is exempt from all lists; so many are named, the others counted."""
    who = "Members with Manage Messages, administrators and the owner are exempt."
    if policy.judges_moderators:
        who = "Moderators are judged like everybody."
    exempt = spared(policy.exemptions, most)
    return f"**Exempt from all lists:** {exempt or 'nobody by name'}. {who}"


def moderators_text(policy: GuildPolicy, most: int = 60) -> str:
    """Who counts as a moderator of the bot; so many roles are named, the others counted."""
    roles = named([f"<@&{number}>" for number in sorted(policy.moderators)], most)
    more = f", and whoever has {roles}" if roles else ""
    return f"**Moderators** are members with {permission_name('moderate_members')}{more}."


def ladder_text(ladder: Ladder) -> str:
    """What follows from how many strikes."""
    if not ladder.rungs:
        return "**Ladder:** off; each list's own action follows, however often."
    rungs = "; ".join(f"{one.strikes}: {consequence_text(one.consequence)}" for one in ladder.rungs)
    return f"**Ladder**, by strikes within {spoken(ladder.window_ms)}: {rungs}."


def notices_text(notices: Notices, most: int = MAX_TEMPLATE) -> str:
    """Whether and how authors are told, with at most so many characters of the text."""
    if notices.by is NoticeBy.NOBODY:
        return "**Notices:** authors are told nothing."
    when = "every time" if notices.deletions else "when more than a deletion follows"
    text = f", with the text {code(shorten(notices.text, most))}" if notices.text else ""
    return f"**Notices:** {when}, authors get a {notices.by}{text}."


def log_text(log: ModLog) -> str:
    """Where cases are told of."""
    parts = [
        f"{what}<#{channel}>"
        for what, channel in (
            ("", log.channel),
            ("punishments in ", log.punishments),
            ("what moderators do by hand in ", log.by_hand),
        )
        if channel is not None
    ]
    if not parts:
        return "**Mod log:** none; choose a channel with `/policy log`."
    return f"**Mod log:** {', '.join(parts)}."


def fitness_text(channel_id: int, fitness: Fitness) -> str:
    """The warning about a channel of the mod log, "" where it will do."""
    match fitness.unfit:
        case Unfit.PUBLIC:
            return (
                f"Everybody can read <#{channel_id}>, so its entries leave out what was written. "
                "Deny View Channel to @\u200beveryone there."
            )
        case Unfit.CLOSED:
            lacks = " and ".join(fitness.missing) or "a permission"
            return f"I cannot write in <#{channel_id}> yet: I lack {lacks} there."
        case Unfit.GONE:
            return "I cannot find this channel. Choose another one."
    return ""


def why_text(standings: Sequence[Standing]) -> str:
    """Whether someone is judged by each list, and why not; lists for which it is the same
    together."""
    same: dict[str, list[str]] = {}
    for one in standings:
        same.setdefault(_standing(one.exempt), []).append(f"**{one.list}**")
    if len(same) == 1 and len(standings) > 1:
        return f"All {len(standings)} lists: {next(iter(same))}."
    return lines("", [f"{', '.join(names)}: {text}." for text, names in same.items()]).strip()


def _standing(exempt: Sequence[Exempt]) -> str:
    if not exempt:
        return "judged like everybody"
    whys = [because_text(one) for one in exempt[:SHOWN_REASONS]]
    more = len(exempt) - len(whys)
    return f"exempt, since {'; '.join(whys)}" + (f"; and {more:,} more reasons" if more else "")
