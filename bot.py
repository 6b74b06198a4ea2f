"""Palisade's entrance: ``python bot.py`` runs the bot, ``python bot.py --help`` tells the rest."""

import sys

SET_UP = "This does all the set-up: pip install uv && uv run bot.py sandbox"


def enter() -> int:
    """Run the command line. Without the right Python or the packages, say what to do: this is the
    one file that must be readable to a Python that is too old for the others."""
    if sys.version_info < (3, 12):  # noqa: UP036  # an older one than pyproject.toml asks for
        sys.exit("Palisade needs Python 3.12 or newer. " + SET_UP)
    try:
        from cli.main import main

        return main()
    except ModuleNotFoundError as error:
        sys.exit("The package {} is not installed. {}".format(error.name, SET_UP))  # noqa: UP032  # older Pythons read this, too
    except KeyboardInterrupt:
        sys.exit("Stopped.")


if __name__ == "__main__":
    sys.exit(enter())
