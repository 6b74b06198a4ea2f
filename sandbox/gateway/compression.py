"""How frames travel: as text, or as one zlib stream for the whole connection.

Reference, "Transport Compression": every message of a zlib-stream ends with 00 00 FF FF.
"""

import zlib
from collections.abc import Callable

from aiohttp import WSMsgType

type Encode = Callable[[bytes], tuple[bytes, WSMsgType]]
"""Makes of a frame's JSON what is sent, and says as which kind of message."""


def plain(frame: bytes) -> tuple[bytes, WSMsgType]:
    """A frame as text."""
    return frame, WSMsgType.TEXT


def zlib_stream() -> Encode:
    """The encoder of one connection: its messages share a dictionary."""
    stream = zlib.compressobj(level=1)

    def encode(frame: bytes) -> tuple[bytes, WSMsgType]:
        data = stream.compress(frame) + stream.flush(zlib.Z_SYNC_FLUSH)
        return data, WSMsgType.BINARY

    return encode
