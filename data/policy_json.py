"""Policies as JSON and back. What has its default is left out, so that most rows are short, and a
default that a later version changes holds for everybody who had not chosen."""

import json
from collections.abc import Collection
from typing import Any

from moderation.consequence import Consequence, Step
from moderation.policy import (
    DEFAULT,
    DEFAULT_LIST,
    EntryTerms,
    Exemptions,
    GuildPolicy,
    Ladder,
    ListPolicy,
    ModLog,
    NoticeBy,
    Notices,
    Rung,
    Watched,
)

type Json = dict[str, Any]


def written(value: Json) -> str:
    """The text of it. Discord's JSON may carry half a surrogate pair, which UTF-8 cannot."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")


def read(text: str | None) -> Json:
    """What a text says; nothing for NULL."""
    value: Json = json.loads(text) if text else {}
    return value


def from_policy(policy: GuildPolicy) -> Json:
    """A guild's policy without its lists and entries, which are kept with them."""
    return _without_defaults(
        {
            "exemptions": _from_exemptions(policy.exemptions),
            "judges_moderators": policy.judges_moderators,
            "moderators": sorted(policy.moderators),
            "ladder": _from_ladder(policy.ladder),
            "notices": {
                "by": policy.notices.by.value,
                "deletions": policy.notices.deletions,
                "text": policy.notices.text,
            },
            "mod_log": {
                "channel": policy.mod_log.channel,
                "punishments": policy.mod_log.punishments,
                "by_hand": policy.mod_log.by_hand,
            },
            "text_days": policy.text_days,
        },
        _DEFAULTS,
    )


def to_policy(value: Json) -> GuildPolicy:
    """The same back."""
    value = _DEFAULTS | value
    notices, mod_log = value["notices"], value["mod_log"]
    return GuildPolicy(
        exemptions=_to_exemptions(value["exemptions"]),
        judges_moderators=value["judges_moderators"],
        moderators=frozenset(value["moderators"]),
        ladder=_to_ladder(value["ladder"]),
        notices=Notices(NoticeBy(notices["by"]), notices["deletions"], notices["text"]),
        mod_log=ModLog(mod_log["channel"], mod_log["punishments"], mod_log["by_hand"]),
        text_days=value["text_days"],
    )


def from_list(policy: ListPolicy) -> Json:
    """A list's policy."""
    return _without_defaults(
        {
            "consequence": from_consequence(policy.consequence),
            "watches": sorted(one.value for one in policy.watches),
            "channels": sorted(policy.channels),
            "notice": policy.notice,
            "enabled": policy.enabled,
            "shadow": policy.shadow,
            "exemptions": _from_exemptions(policy.exemptions),
        },
        _LIST_DEFAULTS,
    )


def to_list(value: Json) -> ListPolicy:
    """The same back."""
    value = _LIST_DEFAULTS | value
    return ListPolicy(
        consequence=to_consequence(value["consequence"]),
        watches=frozenset(map(Watched, value["watches"])),
        channels=frozenset(value["channels"]),
        notice=value["notice"],
        enabled=value["enabled"],
        shadow=value["shadow"],
        exemptions=_to_exemptions(value["exemptions"]),
    )


def from_terms(terms: EntryTerms) -> Json:
    """What an entry has of its own; {} for nothing."""
    value: Json = {}
    if terms.consequence is not None:
        value["consequence"] = from_consequence(terms.consequence)
    if terms.reason:
        value["reason"] = terms.reason
    if terms.expires_at is not None:
        value["expires_at"] = terms.expires_at
    return value


def to_terms(value: Json) -> EntryTerms:
    """The same back."""
    own = value.get("consequence")
    return EntryTerms(
        consequence=None if own is None else to_consequence(own),
        reason=value.get("reason", ""),
        expires_at=value.get("expires_at"),
    )


def from_consequence(one: Consequence) -> Json:
    """A step by its number, and its time in milliseconds where it has one."""
    return {"step": one.step.value} | ({} if one.ms is None else {"ms": one.ms})


def to_consequence(value: Json) -> Consequence:
    """The same back."""
    return Consequence(Step(value["step"]), value.get("ms"))


def _from_exemptions(exemptions: Exemptions) -> Json:
    ids: dict[str, Collection[int]] = {
        "roles": exemptions.roles,
        "channels": exemptions.channels,
        "members": exemptions.members,
    }
    return {name: sorted(each) for name, each in ids.items() if each}


def _to_exemptions(value: Json) -> Exemptions:
    return Exemptions(
        frozenset(value.get("roles", ())),
        frozenset(value.get("channels", ())),
        frozenset(value.get("members", ())),
    )


def _from_ladder(ladder: Ladder) -> Json:
    rungs = [
        {"strikes": rung.strikes} | from_consequence(rung.consequence) for rung in ladder.rungs
    ]
    return {"rungs": rungs, "window_ms": ladder.window_ms}


def _to_ladder(value: Json) -> Ladder:
    rungs = tuple(Rung(rung["strikes"], to_consequence(rung)) for rung in value["rungs"])
    return Ladder(rungs, value["window_ms"])


def _without_defaults(value: Json, defaults: Json) -> Json:
    return {
        key: each for key, each in value.items() if key not in defaults or each != defaults[key]
    }


_DEFAULTS: Json = {}
_LIST_DEFAULTS: Json = {}
_DEFAULTS.update(from_policy(DEFAULT))
_LIST_DEFAULTS.update(from_list(DEFAULT_LIST))
