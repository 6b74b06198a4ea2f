"""The benchmark of the commands runs, in small; what it measures is not judged here."""

from benchmarks.commands.measuring import measured
from tests.rights import RIGHTS


async def test_each_command_is_measured() -> None:
    took = await measured(120, 1)
    commands = {path for path in RIGHTS if path.startswith("/") or "/" not in path}
    assert commands <= {one.path for one in took}
    assert all(0 < one.answered <= one.shown for one in took)
