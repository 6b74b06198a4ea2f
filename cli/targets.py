"""Files that commands are to write: what speaks against one is said before anything is done."""

import os.path
from pathlib import Path


def refused(target: Path, *, force: bool) -> str | None:
    """Why the file is not to be written, with what to do; None where nothing speaks against it.
    Whether it can be written shows only when it is."""
    # Unlike Path's methods these take a path that no file can have for one that is not there.
    if os.path.isdir(target):  # noqa: PTH112  # see above
        return f"{target}: this is a folder. Name a file in it."
    if os.path.exists(target) and not force:  # noqa: PTH110  # see above
        return f"{target}: there is such a file. Use --force to overwrite it."
    return None
