"""Is a server protected? From facts about it to findings, each with its cure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel in which people write, and the permissions (by the names of Discord's interface)
    that the bot lacks there."""

    channel_id: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one server. None means that Discord did not tell.

    ``higher_roles`` are the roles at or above the bot's highest one, whose members it cannot
    rename. ``lacking`` is what the policy asks for without a permission: what it is, and the name
    of the permission. ``waiting_messages`` and ``waiting_names`` are those which it may not act on
    as long as a permission is missing; ``store_fails`` says that nothing can be written down just
    now.
    ``log_trouble`` are sentences about channels of the mod log that will not do.
    """

    message_content_intent: bool | None
    members_intent: bool | None
    can_rename: bool
    higher_roles: tuple[int, ...]
    channels: tuple[Channel, ...] | None
    two_factor_required: bool
    two_factor_on: bool | None
    banned: int
    allowed: int
    waiting_messages: int = 0
    waiting_names: int = 0
    store_fails: bool = False
    log_trouble: tuple[str, ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()
    can_read_audit_log: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``good`` or not; ``text`` says what, and the cure. A ``hint``
    protects nobody and is worth knowing."""

    good: bool
    text: str
    hint: bool = False


INTENTS_PAGE = (
    "discord.com/developers/applications, your application, Bot, Privileged Gateway Intents"
)


def examine(facts: Facts) -> list[Finding]:
    """Every finding, what is wrong first."""
    findings = [
        *_lists(facts),
        *_intents(facts),
        *_channels(facts.channels),
        *_names(facts),
        *_consequences(facts),
        *_audit_log(facts),
        *_two_factor(facts),
        *_waiting(facts),
        *_store(facts),
        *(Finding(False, text) for text in facts.log_trouble),
    ]
    return sorted(findings, key=lambda finding: (finding.good, not finding.hint))


def protected(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong."""
    return all(finding.good for finding in findings)


def _lists(facts: Facts) -> list[Finding]:
    if not facts.banned:
        return [Finding(False, "No word is banned yet. Add one with `/words add`.")]
    allowed = f", {_counted(facts.allowed, 'allowed phrase')}" if facts.allowed else ""
    return [Finding(True, f"Lists: {_counted(facts.banned, 'banned word')}{allowed}.")]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _intents(facts: Facts) -> list[Finding]:
    findings = []
    for on, name, without in (
        (facts.message_content_intent, "Message Content", "I cannot read messages"),
        (facts.members_intent, "Server Members", "I am not told of names"),
    ):
        if on is False:
            cure = f"The bot's owner switches it on at {INTENTS_PAGE}, and restarts the bot."
            findings.append(Finding(False, f"The {name} Intent is off, so {without}. {cure}"))
        elif on is None:
            findings.append(Finding(False, f"Discord did not say whether {name} Intent is on."))
        else:
            findings.append(Finding(True, f"{name} Intent: on."))
    return findings


def _channels(channels: Sequence[Channel] | None) -> list[Finding]:
    if channels is None:
        return [
            Finding(
                False,
                "Discord did not tell me about the channels just now, so I cannot say what I may "
                "do in them. Ask again in a minute.",
            )
        ]
    groups: dict[tuple[str, ...], list[int]] = {}
    for channel in channels:
        if channel.missing:
            groups.setdefault(channel.missing, []).append(channel.channel_id)
    if not groups:
        number = "1 channel" if len(channels) == 1 else f"all {len(channels):,} channels"
        return [Finding(True, f"Permissions in {number}: complete.")]
    findings = []
    for missing, ids in groups.items():
        named = " ".join(f"<#{channel_id}>" for channel_id in ids[:10])
        more = f" and {len(ids) - 10} more" if len(ids) > 10 else ""
        findings.append(
            Finding(
                False,
                f"Without {' and '.join(missing)} in {named}{more}. Allow it to my role there, "
                f"or in Server Settings, Roles.",
            )
        )
    return findings


def _names(facts: Facts) -> list[Finding]:
    if not facts.can_rename:
        return [
            Finding(
                False,
                "Without Manage Nicknames I cannot remove a banned name. Allow it to my role in "
                "Server Settings, Roles.",
            )
        ]
    if facts.higher_roles:
        roles = " ".join(f"<@&{role_id}>" for role_id in facts.higher_roles[:10])
        more = f" and {len(facts.higher_roles) - 10} more" if len(facts.higher_roles) > 10 else ""
        return [
            Finding(
                False,
                f"I cannot rename members with {roles}{more}, since these roles are not below "
                f"mine. Drag my role above them in Server Settings, Roles, unless that is meant.",
            )
        ]
    return [Finding(True, "Names: Manage Nicknames, with my role above the others.")]


def _consequences(facts: Facts) -> list[Finding]:
    return [
        Finding(
            False,
            f"{what}, and I lack {permission}. Allow it to my role in Server Settings, Roles.",
        )
        for what, permission in facts.lacking
    ]


def _audit_log(facts: Facts) -> list[Finding]:
    if facts.can_read_audit_log:
        return []
    return [
        Finding(
            True,
            "Without View Audit Log I do not see what moderators do by hand, so it makes no cases. "
            "To change that, allow it to my role in Server Settings, Roles.",
            hint=True,
        )
    ]


def _two_factor(facts: Facts) -> list[Finding]:
    if not facts.two_factor_required:
        return []
    if facts.two_factor_on:
        return [Finding(True, "Two-factor authentication, which this server demands: on.")]
    return [
        Finding(
            False,
            "This server demands two-factor authentication of moderators. The account that owns "
            "the bot's application has it switched off"
            + ("" if facts.two_factor_on is False else " or Discord did not say")
            + "; switch it on in that account's settings, or I can delete nothing.",
        )
    ]


def _waiting(facts: Facts) -> list[Finding]:
    counted = (
        (facts.waiting_messages, "message is to be deleted", "messages are to be deleted"),
        (facts.waiting_names, "name is to be removed", "names are to be removed"),
    )
    findings = []
    for count, one, many in counted:
        if count:
            wait = f"1 {one} and waits" if count == 1 else f"{count:,} {many} and wait"
            cure = "I go on by myself as soon as I have it: see what is missing above."
            findings.append(Finding(False, f"{wait} for a permission. {cure}"))
    return findings


def _store(facts: Facts) -> list[Finding]:
    if not facts.store_fails:
        return []
    return [
        Finding(
            False,
            "My database cannot be written just now. Messages are deleted all the same; names and "
            "changes of lists wait. Whoever runs the bot finds the reason in its log.",
        )
    ]
