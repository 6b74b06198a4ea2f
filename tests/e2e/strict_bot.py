"""``bot.py`` with a ladder of one rung: the variable STRICT says what follows from each strike."""

import os
import sys

from cli.main import main
from moderation.consequence import BAN, KICK, Consequence, Step
from moderation.policy import Ladder, Rung
from service.ledger import Ledger

STRICT = "STRICT"
FOLLOWS = {"timeout": Consequence(Step.TIMEOUT, 60 * 60_000), "kick": KICK, "ban": BAN}

_init = Ledger.__init__


def _strictly(self: Ledger, *arguments: object, **options: object) -> None:
    _init(self, *arguments, **options)  # type: ignore[arg-type]
    ladder = Ladder((Rung(1, FOLLOWS[os.environ[STRICT]]),))
    self.ladder = lambda _: ladder


if __name__ == "__main__":
    Ledger.__init__ = _strictly  # type: ignore[method-assign]
    sys.exit(main())
