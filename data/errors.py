"""What can go wrong with the database.

    PalisadeError                 moderation/errors.py: the root of every error of ours
    └── StoreError
        ├── StoreInUse            another process holds the database
        ├── StoreUnusable         it cannot be opened: unwritable, damaged, not ours, too new
        └── StoreFailed           it was open, and a read or write failed: disk full, closed
            └── RowRefused        (a CannotBeKept, too) this row will never be taken

Each has a text that says what was wrong and what to do.
"""

from pathlib import Path

from moderation.errors import CannotBeKept, PalisadeError


class StoreError(PalisadeError):
    """Something is wrong with the database."""


class StoreInUse(StoreError):
    """Another process holds the database; ``pid`` is its process id where it is known."""

    def __init__(self, path: Path, pid: int | None) -> None:
        self.path = path
        self.pid = pid
        holder = "another process" if pid is None else f"another process (id {pid})"
        super().__init__(
            f"The database {path} is in use by {holder}, most likely the bot itself. "
            f"Stop it first, or set DATABASE_PATH to another file."
        )


class StoreUnusable(StoreError):
    """The database at ``path`` cannot be opened: ``what`` is wrong, and ``cure`` helps. Nothing
    in the file was changed."""

    def __init__(self, path: Path, what: str, cure: str) -> None:
        self.path = path
        self.what = what
        self.cure = cure
        super().__init__(f"The database {path} cannot be used: {what}. {cure}")


class StoreFailed(StoreError):
    """A read or write of the open database failed and had no effect: ``what`` and ``cure``."""

    def __init__(self, what: str, cure: str) -> None:
        self.what = what
        self.cure = cure
        super().__init__(f"The database failed: {what}. {cure}")


class RowRefused(StoreFailed, CannotBeKept):
    """What was to be written breaks a rule of the database's own, or is no value that it knows: the
    same again would fail again."""
