"""JSON with and without orjson."""

import importlib
import sys

import pytest

from sandbox import wire

VALUES = [{}, [], "text", "\U0001f600 \u200b", {"a": [1, None, True, 1.5]}, "\ud800", 2**70]


@pytest.mark.parametrize("installed", [True, False])
def test_what_is_written_can_be_read(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not installed:
        monkeypatch.setitem(sys.modules, "orjson", None)
    module = importlib.reload(wire)
    try:
        for value in VALUES[:-2]:
            assert module.loads(module.dumps(value)) == value
        assert module.dumps({"a": [1, 2]}) == b'{"a":[1,2]}'
        # What orjson refuses is written all the same; reading it back is up to the reader.
        assert module.dumps(VALUES[-2:]) == b'["\\ud800",1180591620717411303424]'
        with pytest.raises(ValueError, match=r"."):
            module.loads(b"{")
    finally:
        monkeypatch.undo()
        importlib.reload(wire)
