"""Discord's ids tell when a thing was made (Discord, Snowflakes): the bits above the lowest 22 are
milliseconds since 2015."""

EPOCH_MS = 1_420_070_400_000
"""The first moment of 2015 in UTC milliseconds since 1970."""


def made_at(snowflake: int) -> int:
    """When the thing with this id was made, in UTC milliseconds since 1970."""
    return (snowflake >> 22) + EPOCH_MS


def first_at(at_ms: int) -> int:
    """The lowest id that a thing made at this moment could have; 0 before 2015."""
    return max(0, at_ms - EPOCH_MS) << 22
