"""The list that a command is about, by the name that was typed."""

from collections.abc import Sequence

from cogs.base import Interaction
from cogs.helpers.checks import guild_of
from cogs.helpers.granting import asked_by_entries, insist
from cogs.helpers.list_options import known_list, list_choices
from cogs.helpers.lookup import find
from cogs.helpers.replies import suggest
from cogs.helpers.wordings import show
from moderation.errors import Refused
from moderation.policy import NO_TERMS, EntryTerms
from moderation.words import BannedWord
from service.policies import Policies
from service.word_lists import WordLists


class ChosenLists:
    """Finds lists, and asks whether what they do is for somebody to extend."""

    def __init__(self, word_lists: WordLists, policies: Policies) -> None:
        self._lists = word_lists
        self._policies = policies

    async def listed(self, guild_id: int, typed: str) -> tuple[str, Sequence[BannedWord]]:
        """A list's name and what is on it. Raises UnknownList."""
        lists = (await self._lists.words(guild_id)).lists
        name = known_list(lists, typed)
        return name, lists.get(name, ())

    async def holding(self, guild_id: int, typed: str, entry: str) -> tuple[str, BannedWord | None]:
        """The list and the entry that are meant. Where no list is named, that is ``main``, or else
        the one other list that has the entry. Raises UnknownList, and SeveralLists where more
        have it."""
        name, listed = await self.listed(guild_id, typed)
        known = find(listed, entry)
        if known is not None or typed.strip():
            return name, known
        lists = (await self._lists.words(guild_id)).lists
        found = [(one, hit) for one, words in lists.items() if (hit := find(words, entry))]
        if len(found) > 1:
            raise SeveralLists(entry, [one for one, _ in found])
        return found[0] if found else (name, None)

    async def to_add_to(
        self, interaction: Interaction, typed: str, own: EntryTerms = NO_TERMS
    ) -> str:
        """The name of a list that somebody wants to put entries with these terms on. Raises
        UnknownList, and NotGranted for whoever may not do what would follow."""
        policy = await self._policies.policy(guild_of(interaction))
        name = known_list(policy.lists, typed)
        insist(interaction.permissions, asked_by_entries(policy, name, [own]))
        return name

    async def suggest(self, interaction: Interaction, typed: str) -> None:
        """Suggest the names of the lists that there are."""
        lists = (await self._lists.words(guild_of(interaction))).lists
        await suggest(interaction, list_choices(lists, typed))


class SeveralLists(Refused):
    """Several lists have the entry, and none was named."""

    def __init__(self, entry: str, names: Sequence[str]) -> None:
        known = " and ".join(f"“{name}”" for name in names)
        super().__init__(
            f"{show(entry)} is on the lists {known}. Say which one with `list`. "
            "Nothing was changed."
        )
