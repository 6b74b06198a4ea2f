"""Numbers as people and ids of buttons write them."""


def read_number(text: str, *, digits: int) -> int | None:
    """A number of at most so many ASCII digits; None for anything else. int() alone would take
    “ 7 ”, “1_0” and the digits of every script, and as many as somebody likes to send."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
