"""The sentences about a server's policy, and about changes of it."""

from collections.abc import Mapping, Sequence

from cogs.helpers.case_texts import actor_text, ago, consequence_text, spoken
from cogs.helpers.list_texts import list_text, spared
from cogs.helpers.replies import code, lines
from moderation.policy import GuildPolicy, Ladder, ModLog, NoticeBy, Notices
from moderation.records import MAIN_LIST, Change
from moderation.verdict import Because, Exempt
from service.policies import Standing


def policy_text(policy: GuildPolicy, sizes: Mapping[str, int]) -> str:
    """Everything that is in force, as one page."""
    names = dict.fromkeys((MAIN_LIST, *policy.lists, *sizes))
    rows = ["**Lists**"]
    rows += [list_text(name, policy.of(name), sizes.get(name, 0)) for name in names]
    rows.append(exemptions_text(policy))
    rows.append(moderators_text(policy))
    rows.append(ladder_text(policy.ladder))
    rows.append(notices_text(policy.notices))
    rows.append(log_text(policy.mod_log))
    rows.append(f"**Texts of cases** are kept for {policy.text_days} days.")
    return lines("", rows).strip()


def exemptions_text(policy: GuildPolicy) -> str:
    """Who and where is exempt from all lists."""
    who = "Members with Manage Messages, administrators and the owner are exempt."
    if policy.judges_moderators:
        who = "Moderators are judged like everybody."
    named = spared(policy.exemptions)
    return f"**Exempt from all lists:** {named or 'nobody by name'}. {who}"


def moderators_text(policy: GuildPolicy) -> str:
    """Who counts as a moderator of the bot."""
    roles = " ".join(f"<@&{number}>" for number in sorted(policy.moderators))
    more = f", and whoever has {roles}" if roles else ""
    return f"**Moderators** are members with Timeout Members{more}."


def ladder_text(ladder: Ladder) -> str:
    """What follows from how many strikes."""
    if not ladder.rungs:
        return "**Ladder:** off; each list's own action follows, however often."
    rungs = "; ".join(f"{one.strikes}: {consequence_text(one.consequence)}" for one in ladder.rungs)
    return f"**Ladder**, by strikes within {spoken(ladder.window_ms)}: {rungs}."


def notices_text(notices: Notices) -> str:
    """Whether and how authors are told."""
    if notices.by is NoticeBy.NOBODY:
        return "**Notices:** authors are told nothing."
    when = "every time" if notices.deletions else "when more than a deletion follows"
    text = f", with the text {code(notices.text)}" if notices.text else ""
    return f"**Notices:** authors get a {notices.by} {when}{text}."


def log_text(log: ModLog) -> str:
    """Where cases are told of."""
    if log.channel is None:
        return "**Mod log:** none; choose a channel with `/policy log`."
    parts = [f"<#{log.channel}>"]
    if log.punishments is not None:
        parts.append(f"punishments in <#{log.punishments}>")
    if log.by_hand is not None:
        parts.append(f"what moderators do by hand in <#{log.by_hand}>")
    return f"**Mod log:** {', '.join(parts)}."


def why_text(standings: Sequence[Standing]) -> str:
    """List by list, whether someone is judged, and why not."""
    rows = [
        f"**{one.list}**: "
        + ("; ".join(map(_because, one.exempt)) if one.exempt else "judged like everybody")
        for one in standings
    ]
    return lines("", rows).strip()


def change_text(change: Change) -> str:
    """One line of the record."""
    who = actor_text(change.actor.user_id, change.actor.name)
    return f"`#{change.change_id}` {ago(change.at)} {who}: {change.kind}"


def _because(exempt: Exempt) -> str:
    name = ""
    if exempt.snowflake:
        sign = {Because.ROLE: "@&", Because.CHANNEL: "#"}.get(exempt.because, "@")
        name = f" <{sign}{exempt.snowflake}>"
    return f"exempt, since {exempt.because}{name}"
