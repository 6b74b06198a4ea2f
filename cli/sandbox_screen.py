"""What `sandbox` prints: readable without colours, and in 80 columns."""

import re

from rich.console import Console
from rich.text import Text

from cli.acts import Act, Expected, Seen, What
from cli.sandbox_world import ADMIN, OTHER_BOT, PEOPLE, WEBHOOK, World
from cli.showing import counted, printable
from cli.typed_options import Vocabulary

_INDENT = 6
_STYLES = {
    What.KEPT: "green",
    What.NAME_KEPT: "green",
    What.SKIPPED: "green",
    What.ANSWERED: "cyan",
    What.FORM: "cyan",
    What.READ: "cyan",
}
"""The colour of what was seen to happen; red for the rest."""

_BOLD = re.compile(r"(`[^`\n]*`)|\*\*([^*\n]+)\*\*")
"""Discord's bold, and code, in which two stars are no more than that."""

HELP = f"""\
  alice: text               alice writes it in #general
  alice #off-topic: text    alice writes it in another channel
  alice edits: text         alice edits her last message
  alice nick Captain        alice takes a nickname; "alice nick" drops it
  /words add idiot*         {ADMIN}, who may, uses a command
  /lists create name: rude action: timeout for: 1h
                            the same with more than one option
  bob /words add x          bob tries one
  carol uses Moderation history on bob
                            carol uses a context menu
  press Keep anyway         presses a button of the last answer
  choose Menu: one, two     chooses in a menu of the last answer
  fill Field: text          fills in the form that opened last
  help                      this
  quit                      the end, as Ctrl-D and Ctrl-C are"""


class Screen:
    """Writes to a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def opening(self, world: World, api_url: str, words: int) -> None:
        """Who is there."""
        people = ", ".join(
            f"{name} (who {about})" if about else name for name, about in PEOPLE.items()
        )
        self._say("The bot is connected to a Discord of its own on this machine.", style="bold")
        self._say(f"Address:  {api_url}")
        self._say(f"Server:   {world.guild.name}, with #{', #'.join(world.channels)}")
        self._say(f"People:   {people}; the webhook {WEBHOOK} and another bot, {OTHER_BOT}")
        self._say(f"Banned:   {counted(words, 'entry')} of data/presets/starter.txt")

    def title(self, title: str) -> None:
        """A new scene begins."""
        self._console.print()
        self._say(title, style="bold underline")

    def act(self, act: Act, number: int) -> None:
        """Somebody does something."""
        self._hanging(Text(printable(str(act))), f"{number:>3}.")

    def seen(self, seen: Seen) -> None:
        """What came of it."""
        text = Text.assemble((f"→ {seen.what}", f"bold {_STYLES.get(seen.what, 'red')}"))
        if seen.why:
            said = _without_bold(seen.why) if seen.what in (What.ANSWERED, What.READ) else seen.why
            text.append(": " + _harmless(said))
        if seen.buttons:
            labels = " ".join(f"[{printable(label)}]" for label in seen.buttons)
            text.append(f"\n{labels}", style="bold")
        for line in seen.menus:
            text.append(f"\n<{printable(line)}>", style="bold")
        self._hanging(text)

    def unmet(self, expected: Expected) -> None:
        """It should have come otherwise."""
        self.problem(f"NOT AS IT SHOULD BE. Expected: {printable(str(expected))}")

    def problem(self, sentence: str) -> None:
        """Something that cannot be done, and why."""
        self._hanging(Text(sentence, style="yellow"))

    def summary(self, steps: int, unmet: list[int], seconds: float) -> None:
        """One line at the end."""
        self._console.print()
        if unmet:
            named = ", ".join(map(str, unmet))
            sentence = (
                f"{len(unmet)} of {counted(steps, 'step')} did not go as they should: {named}."
            )
        else:
            sentence = f"All {counted(steps, 'step')} went as they should, in {seconds:.1f} s."
        self._say(sentence, style="bold red" if unmet else "bold green")

    def invitation(self) -> None:
        """Now it is your turn."""
        self._console.print()
        self._say("Your turn:", style="bold")
        self._say(HELP)

    def help(self, words: Vocabulary) -> None:
        """All that can be typed."""
        self._say(HELP)
        self._say(f"People:   {', '.join(words.speakers)}")
        self._say(f"Channels: #{', #'.join(words.channels)}")
        self._say(f"Menus:    {', '.join(words.menus)}")
        self._say("Commands:")
        for path, options in words.commands.items():
            self._say("  " + " ".join([path, *(f"{option.name}:" for option in options)]))

    def prompt(self) -> None:
        """A line may be typed."""
        self._console.print("> ", end="")

    def end_of_line(self) -> None:
        """Leave the line of the prompt."""
        self._console.print()

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style))

    def _hanging(self, text: Text, label: str = "") -> None:
        """Print with every line indented, the first one behind a label."""
        width = max(self._console.width - _INDENT, 20)
        for line in text.wrap(self._console, width):
            line.rstrip()
            self._console.print(Text.assemble((f"{label:<{_INDENT}}", "dim"), line))
            label = ""


def _without_bold(answer: str) -> str:
    return _BOLD.sub(lambda marked: marked[1] or marked[2], answer)


def _harmless(text: str) -> str:
    """Each line fit for a terminal, further lines below the first."""
    return "\n".join(map(printable, text.splitlines()))
