"""JSON as it travels: orjson where it is installed, the standard library elsewhere; and how times
and ids are written in it."""

import json
from datetime import datetime
from typing import Any

type Json = dict[str, Any]
"""One JSON object of Discord's API."""

try:
    import orjson
except ImportError:  # pragma: no cover - orjson comes with nextcord[speed]

    def dumps(value: object) -> bytes:
        """Compact JSON in UTF-8."""
        return json.dumps(value, separators=(",", ":")).encode()

    def loads(data: bytes | str) -> Any:
        """The value that JSON text holds; raises ValueError if it is not JSON."""
        return json.loads(data)

else:

    def dumps(value: object) -> bytes:
        """Compact JSON in UTF-8."""
        try:
            return orjson.dumps(value)
        except TypeError:
            # orjson refuses lone surrogates and numbers beyond 64 bits; JSON itself does not.
            return json.dumps(value, separators=(",", ":")).encode()

    def loads(data: bytes | str) -> Any:
        """The value that JSON text holds; raises ValueError if it is not JSON."""
        return orjson.loads(data)


def moment(value: datetime | None) -> str | None:
    """A time as Discord writes it, or null."""
    return value.isoformat(timespec="microseconds") if value else None


def identifier(value: int | None) -> str | None:
    """A snowflake as text, or null."""
    return None if value is None else str(value)
