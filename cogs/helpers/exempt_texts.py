"""The sentences about who and where is exempt."""

from moderation.verdict import Because, Exempt

SIGNS = {Because.ROLE: "@&", Because.MODERATOR: "@&", Because.CHANNEL: "#"}
"""How Discord writes what an exemption is for. Members need no name: it is about them."""


def because_text(exempt: Exempt) -> str:
    """Why somebody is exempt: “they have the exempt role @Helpers”."""
    sign = SIGNS.get(exempt.because)
    if sign is None or not exempt.snowflake:
        return exempt.because
    if exempt.because is Because.MODERATOR:
        return f"they have the moderators' role <{sign}{exempt.snowflake}>"
    return f"{exempt.because} <{sign}{exempt.snowflake}>"
