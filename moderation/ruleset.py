"""What a guild's events are judged by: the compiled lists, and the policy that says which of their
hits count and what follows.

A clean text is looked at by the matcher alone. Everything here begins with a hit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from moderation.consequence import LOG, Consequence, Step, strongest
from moderation.events import Event, MessageSeen, Part
from moderation.exempting import (
    Known,
    Nowhere,
    Surroundings,
    depends_on_roles,
    exempt_from,
    exempt_from_all,
    known_of,
)
from moderation.limits import MAX_HITS_EXPLAINED
from moderation.matcher import Detection, Hit, compile_lists
from moderation.people import Kind
from moderation.policy import DEFAULT, NO_TERMS, WATCHED_AS, EntryTerms, GuildPolicy, Watched
from moderation.records import GuildWords
from moderation.verdict import Because, Exempt, Found
from moderation.words import BannedWord

type Detect = Callable[[str], Detection]
type Pieces = Sequence[tuple[Part, Detection]]
"""The parts of an event in which something was found, and what."""


class Detector(Protocol):
    """What finds entries in a text: a Matcher."""

    @property
    def is_empty(self) -> bool: ...

    def detect(self, text: str) -> Detection: ...

    def examine(self, text: str, *, inside: bool = True) -> Detection: ...


@dataclass(frozen=True, slots=True)
class Sifted:
    """Of what was found, what counts: ``found`` with what is acted on first, ``more`` beyond it
    that counts as well, ``consequence`` of all of it; and what does not, as in Verdict."""

    found: tuple[Found, ...] = ()
    more: int = 0
    consequence: Consequence = LOG
    spared: tuple[Exempt, ...] = ()
    spared_from: Consequence = LOG
    unsure: bool = False

    @property
    def acts(self) -> bool:
        """Whether what was written is to be taken away."""
        return self.consequence.step is not Step.LOG


def merged(*several: Sifted) -> Sifted:
    """What was found in several places of one event, put together; of one alone that one."""
    taken = [one for one in several if one.found or one.spared]
    if len(taken) < 2:
        return taken[0] if taken else several[0]
    found = [found for one in taken for found in one.found]
    return Sifted(
        in_order(found),
        sum(one.more for one in taken),
        strongest(one.consequence for one in taken),
        tuple(dict.fromkeys(why for one in taken for why in one.spared)),
        strongest(one.spared_from for one in taken),
        any(one.unsure for one in taken),
    )


def in_order(found: Iterable[Found]) -> tuple[Found, ...]:
    """What is acted on first, and last what lists in the shadow found."""
    return tuple(sorted(found, key=lambda one: (not one.acts, one.shadow)))


class Ruleset:
    """One revision of a guild's lists and policy. ``surroundings`` and ``now`` (UTC in
    milliseconds) are asked where something was found only."""

    __slots__ = ("_now", "_surroundings", "detect", "matcher", "policy")

    def __init__(
        self,
        matcher: Detector,
        policy: GuildPolicy = DEFAULT,
        surroundings: Surroundings | None = None,
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        self.matcher = matcher
        self.detect: Detect = matcher.detect
        self.policy = policy
        self._surroundings = surroundings or Nowhere()
        self._now = now

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return self.matcher.is_empty

    def examine(self, text: str) -> Detection:
        """What all lists that are on find in a text, whoever wrote it and wherever, and what they
        spare and why; for whoever wants to know. Run it off the loop."""
        return self.in_time(self.matcher.examine(text))

    def in_time(self, found: Detection) -> Detection:
        """What was found without the entries whose time is over."""
        kept = tuple(hit for hit in found.hits if not self._is_over(hit))
        return found if len(kept) == len(found.hits) else replace(found, hits=kept)

    def _is_over(self, hit: Hit) -> bool:
        expires_at = self.policy.terms.get((hit.list, hit.entry), NO_TERMS).expires_at
        return expires_at is not None and expires_at <= self._now()

    def known(self, event: Event) -> Known:
        """Who and where it was, as far as is known."""
        return known_of(event, self._surroundings)

    def sift(self, event: Event, pieces: Pieces) -> Sifted:
        """What counts of what was found in an event of the guild."""
        sieve = _Sieve(self.policy, event, self.known(event), self._now())
        for part, detection in pieces:
            sieve.take(part, detection)
        return sieve.sifted()

    def exempts(self, list_name: str, known: Known) -> bool:
        """Whether a list does not count for someone there."""
        if exempt_from_all(self.policy, known) is not None:
            return True
        return exempt_from(list_name, self.policy.of(list_name), known) is not None

    def bans(self, event: Event, part: Part) -> bool:
        """Whether a text would be taken away if it stood there in this event."""
        detection = self.detect(part.text)
        if not detection:
            return False
        return any(found.acts for found in self.sift(event, [(part, detection)]).found)


class _Sieve:
    """The hits of one event, taken one by one."""

    def __init__(self, policy: GuildPolicy, event: Event, known: Known, now: int) -> None:
        self._policy = policy
        self._event = event
        self._known = known
        self._now = now
        self._found: list[Found] = []
        self._lists: set[str] = set()
        self._consequences: list[Consequence] = []
        self._more = 0
        self._spared: dict[Exempt, None] = {}
        self._spared_from: list[Consequence] = []
        self._exempt_from_all = exempt_from_all(policy, known)
        self._exempt: dict[str, Exempt | None] = {}

    def take(self, part: Part, detection: Detection) -> None:
        """Take in what was found in one part."""
        hits = (*detection.hits, *detection.further)
        kept = [found for hit in hits if (found := self._counting(part, hit)) is not None]
        uncounted = 0
        for hit, count in detection.rest:
            # What is left of a group is alike: either all of it counts or none does.
            like = self._counting(part, hit)
            if like is not None and not like.shadow:
                uncounted += count
        counting = [found for found in kept if not found.shadow]
        # What is not told has its weight all the same.
        self._consequences += [found.consequence for found in counting]
        self._lists |= {found.hit.list for found in counting}
        told = [
            found
            for sort in (_acting, _logged, _shadowed)
            for found in islice(filter(sort, kept), MAX_HITS_EXPLAINED)
        ]
        self._found += told
        self._more += len(counting) - sum(not found.shadow for found in told) + uncounted

    def sifted(self) -> Sifted:
        """What was taken, put together."""
        unsure = bool(self._lists) and _is_stranger(self._event)
        return Sifted(
            in_order(self._found),
            self._more,
            strongest(self._consequences),
            tuple(self._spared),
            strongest(self._spared_from),
            unsure and depends_on_roles(self._policy, self._lists),
        )

    def _counting(self, part: Part, hit: Hit) -> Found | None:
        """The hit as it counts; None, and why, where it does not."""
        of_list = self._policy.of(hit.list)
        terms = self._policy.terms.get((hit.list, hit.entry), NO_TERMS)
        if terms.expires_at is not None and terms.expires_at <= self._now:
            self._spare(Exempt(hit.list, Because.EXPIRED))
            return None
        if not of_list.enabled:
            self._spare(Exempt(hit.list, Because.LIST_OFF))
            return None
        if not self._watches(of_list.watches, part):
            self._spare(Exempt(hit.list, Because.NOT_WATCHED))
            return None
        if hit.list not in self._exempt:
            own = exempt_from(hit.list, of_list, self._known)
            not_here = own is not None and own.because is Because.NOT_HERE
            self._exempt[hit.list] = own if not_here else self._exempt_from_all or own
        why = self._exempt[hit.list]
        consequence = terms.consequence or of_list.consequence
        if why is not None:
            self._spare(why)
            if why.because is not Because.NOT_HERE and not of_list.shadow:
                self._spared_from.append(consequence)
            return None
        return Found(part, hit, consequence, of_list.shadow, terms.reason)

    def _watches(self, watched: frozenset[Watched], part: Part) -> bool:
        if isinstance(self._event, MessageSeen) and self._event.edited:
            return Watched.EDITS in watched and WATCHED_AS[part.surface] in watched
        return WATCHED_AS[part.surface] in watched

    def _spare(self, why: Exempt) -> None:
        self._spared[why] = None


def compile_rules(
    words: GuildWords, policy: GuildPolicy, surroundings: Surroundings, now: Callable[[], int]
) -> Ruleset:
    """A ruleset of the lists that are on, without what has expired. Takes a second for 100,000
    entries: run it off the loop."""
    at = now()

    def is_over(name: str, entry: BannedWord) -> bool:
        expires_at = policy.terms.get((name, entry.text), NO_TERMS).expires_at
        return expires_at is not None and expires_at <= at

    lists: dict[str, Iterable[BannedWord]] = {
        name: entries for name, entries in words.lists.items() if policy.of(name).enabled
    }
    if any(terms.expires_at is not None for terms in policy.terms.values()):
        lists = {
            name: [entry for entry in entries if not is_over(name, entry)]
            for name, entries in lists.items()
        }

    def group_of(name: str, entry: BannedWord) -> tuple[str, Consequence | None, int | None]:
        terms: EntryTerms = policy.terms.get((name, entry.text), NO_TERMS)
        return name, terms.consequence, terms.expires_at

    kept = {name: tuple(entries) for name, entries in lists.items()}
    alone = not policy.terms and sum(map(bool, kept.values())) <= 1
    matcher = compile_lists(kept, words.allowed, None if alone else group_of)
    return Ruleset(matcher, policy, surroundings, now)


def _acting(found: Found) -> bool:
    return found.acts


def _logged(found: Found) -> bool:
    return not (found.acts or found.shadow)


def _shadowed(found: Found) -> bool:
    return found.shadow


def _is_stranger(event: Event) -> bool:
    """Whether Discord has told of an author nothing that says what roles they have."""
    if not isinstance(event, MessageSeen):
        return False
    author = event.author
    return (
        author.membership is None
        and author.kind in (Kind.HUMAN, Kind.UNKNOWN)
        and bool(author.user_id)
    )
