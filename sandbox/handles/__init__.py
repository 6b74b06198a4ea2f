"""Acting as people: what a test or the command line holds in its hand.

A handle changes the world at once and does not wait for what a bot makes of it; the waiting
methods do that, each with a timeout.
"""


class NotAllowedError(Exception):
    """A person tried what Discord would not let them do; the message says why."""
