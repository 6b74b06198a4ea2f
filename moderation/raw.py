"""Raw bytes: a text in one byte for nearly every character, that says what kind of character it is.

ASCII is itself. Any other letter is the Latin letter that it looks like, or one of the spare bytes;
a symbol that may be a letter has a byte of its own, any other is 0x7F. What cannot be seen has
none. A letter of a script without spaces between words becomes two bytes with spaces around them,
so that it bounds other words and may be spaced or not.
"""

import codecs
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, cast

from moderation.characters import is_unspaced
from moderation.glyphs import GLYPHS, OVERRIDE, TURNED, TWOFOLD, Sort

SPARE = 40
"""How many bytes stand for letters that look like no Latin one."""
HALF = SPARE // 2
RAW_SYMBOLS = {"€": "\x80", "¢": "\x81", "£": "\x82", "¥": "\x83", "§": "\x84", "×": "\x85"}
RAW_OVERRIDE = 0x86
RAW_TWOFOLD = 0x87
RAW_EXOTIC_SYMBOL = 0x90
RAW_TURNED = 0x91
RAW_UNSPACED = 0xA0
RAW_BULLET = 0xC8
RAW_SPARE = 0xD0
BULLETS = "·∙•●■"
"""Signs that may hide a letter, beside those of ASCII."""
_ANY_SYMBOL = "\x7f"
_MAX_REMEMBERED = 20_000


def raw_letter(letter: str) -> str:
    """The raw characters of a letter of its own script, lower case, without diacritics."""
    if letter.isascii():
        return letter if letter.isalnum() else ""
    latin = GLYPHS[letter].latin
    if latin and not is_unspaced(letter):
        return latin[0]
    point = ord(letter)
    if is_unspaced(letter):
        lead, trail = point % HALF, HALF + point // HALF % HALF
        return f" {chr(RAW_UNSPACED + lead)}{chr(RAW_UNSPACED + trail)} "
    return chr(RAW_SPARE + point % SPARE)


class _Raw(dict[int, str]):
    """Code point to raw characters (each below U+0100), for str.translate."""

    def __init__(self, *, exotic: bool) -> None:
        super().__init__({byte: chr(byte) for byte in range(128)})
        self._exotic = exotic

    def __missing__(self, point: int) -> str:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
            self.update({byte: chr(byte) for byte in range(128)})
        self[point] = raw = self._make(chr(point))
        return raw

    def _make(self, character: str) -> str:
        if character == OVERRIDE:
            return chr(RAW_OVERRIDE)
        if character in TURNED:
            return chr(RAW_TURNED + TURNED.index(character))
        glyph = GLYPHS[character]
        if character in TWOFOLD and not self._exotic:
            return chr(RAW_TWOFOLD + list(TWOFOLD).index(character))
        match glyph.sort:
            case Sort.MARK | Sort.NOTHING:
                return ""
            case Sort.SPACE:
                return " "
            case Sort.DIGIT:
                return glyph.own
        if self._exotic and glyph.exotic:
            return glyph.exotic
        if glyph.sort is Sort.SYMBOL:
            if character in BULLETS:
                return chr(RAW_BULLET)
            own = glyph.own
            raw = RAW_SYMBOLS.get(own, own)
            if glyph.exotic and raw == own:
                return chr(RAW_EXOTIC_SYMBOL)
            return raw if len(raw) == 1 and (own.isascii() or own in RAW_SYMBOLS) else _ANY_SYMBOL
        if glyph.own in ("з", "ч", "б"):  # 3, 4 and 6 may stand for these
            return "eag"["зчб".index(glyph.own)]
        return "".join(map(raw_letter, glyph.base))


_RAW = _Raw(exotic=False)
_RAW_EXOTIC = _Raw(exotic=True)


def raw_of(text: str, *, exotic: bool = False) -> bytes:
    """The raw bytes of a text; those of an ASCII text are the text. With `exotic`, what only a
    disguise makes a letter is that letter."""
    if text.isascii():
        return text.encode()
    if exotic:
        return _other_raw_of(text, _RAW_EXOTIC)
    if len(text) > _SHORT:
        try:
            return _encode(text, "strict", _PAGE)[0].translate(_RAW_OF_PAGE)
        except UnicodeEncodeError:
            return _other_raw_of(text, _RAW)
    known: bytes = _encode(text, "ignore", _PAGE)[0]
    unknown = len(text) - len(known)
    if unknown:
        if unknown > _FEW and unknown >= len(text) // _SHARE:
            return _other_raw_of(text, _RAW)
        try:
            known = _encode(text, _HANDLER, _PAGE)[0]
        except UnicodeEncodeError:  # of what the page has no bytes for
            return _other_raw_of(text, _RAW)
    return known.translate(_RAW_OF_PAGE)


def _other_raw_of(text: str, raws: _Raw) -> bytes:
    page = page_of(text) if len(text) > _SHORT else None
    if page is None:
        return text.translate(raws).encode("latin-1")
    coded, others = page
    table = bytearray(range(256))
    unseen = bytearray()
    longer: dict[int, bytes] = {}
    for code, other in enumerate(others, 128):
        raw = raws[ord(other)]
        if len(raw) == 1:
            table[code] = ord(raw)
        elif not raw:
            unseen.append(code)
        elif len(longer) < len(_UNUSED):
            table[code] = _UNUSED[len(longer)]
            longer[table[code]] = raw.encode("latin-1")
        else:
            return text.translate(raws).encode("latin-1")
    whole = coded.translate(table, unseen)
    for byte, several in longer.items():
        whole = whole.replace(bytes([byte]), several)
    return whole


def page_of(text: str) -> tuple[bytes, str] | None:
    """The text encoded by a page of its own characters, and those of the page that are not ASCII,
    of which the first is byte 128; None where there are too many. Rewritings of a text come right
    after it and have hardly any other characters, so the last page is tried first."""
    global _last_page
    last = _last_page  # another thread may exchange it
    try:
        return last.encode(text), last.others
    except UnicodeEncodeError:
        pass
    present = {*text, *PLACEHOLDERS} - _ASCII
    if len(present) > 128:
        return None
    others = "".join(present)
    beyond = [c for c in others if c > "\uffff"][:_MOST_SWAPS]
    unused = (chr(point) for point in range(0xE100, 0xF800) if chr(point) not in present)
    swaps = tuple(zip(beyond, unused, strict=False))
    on_page = others
    for character, substitute in swaps:
        on_page = on_page.replace(character, substitute)
    encoding = codecs.charmap_build((_ASCII_PAGE + on_page).ljust(256, "\ufffe"))
    _last_page = page = _Page(encoding, others, swaps)
    return page.encode(text), others


class _Page(NamedTuple):
    """An encoding of ASCII and `others`. One of characters beyond U+FFFF would be four times as
    slow, so they are swapped before."""

    encoding: object
    others: str
    swaps: tuple[tuple[str, str], ...] = ()

    def encode(self, text: str) -> bytes:
        """The bytes of a text."""
        for character, substitute in self.swaps:
            text = text.replace(character, substitute)
        return _encode(text, "strict", self.encoding)[0]


_MOST_SWAPS = 12


def exchange(text: str, table: Mapping[str, str]) -> str:
    """Each character of the table exchanged for another one."""
    page = page_of(text)
    if page is None:
        return "".join([table.get(c, c) for c in text])
    coded, others = page
    meant = "".join([table.get(c, c) for c in _ASCII_PAGE + others])
    return codecs.charmap_decode(coded, "strict", meant)[0]


# A page of 256 characters is the quickest way to look at a text that is not ASCII: fifteen times
# as quick as str.translate. This one has the letters of most texts that are not ASCII and have
# spaces; where there are few others, `_encode_others` gives their raw bytes.
_ON_PAGE = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёЁіїєґўІЇЄҐ"
    "àáâãäåçèéêëìíîïñòóôõöùúûüýÄÖÜÉłżśćąęńğşıřšžč“”‘’«»–—…"
)
_ASCII_PAGE = "".join(map(chr, range(128)))
_ASCII = frozenset(_ASCII_PAGE)
PLACEHOLDERS = "\ue001\ue002\ue003"
"""Of the private use area: what a rewriting puts where something was."""
_UNUSED = bytes([*range(0xC9, 0xD0), *range(0xF8, 0x100)])
"""What no raw byte is."""
_SHORT = 200
"""A page for a shorter text takes longer than str.translate."""
_FEW = 4
_SHARE = 8
_HANDLER = "moderation.raw"
# Most emoji are exotic symbols: the page has a byte for those.
_EXOTIC_ON_PAGE = 0xFF
_TO_PAGE = bytes(_EXOTIC_ON_PAGE if byte == RAW_EXOTIC_SYMBOL else byte for byte in range(256))


def _page() -> tuple[object, bytes]:
    """The page for encoding, and the raw byte of each of its bytes."""
    characters = [c for c in _ON_PAGE if len(_RAW[ord(c)]) == 1][: _EXOTIC_ON_PAGE - 128]
    raw = bytes(range(128)) + "".join(_RAW[ord(c)] for c in characters).encode("latin-1")
    raw = raw.ljust(_EXOTIC_ON_PAGE, b" ") + bytes([RAW_EXOTIC_SYMBOL])
    whole = _ASCII_PAGE + "".join(characters)
    return codecs.charmap_build(whole.ljust(256, "\ufffe")), raw


class _Others(dict[str, bytes | None]):
    """Characters beyond the page in bytes of the page; None where it has none for them."""

    def __missing__(self, others: str) -> bytes | None:
        raw = others.translate(_RAW).encode("latin-1")
        exotic = raw.replace(bytes([RAW_EXOTIC_SYMBOL]), b"")
        known = raw.translate(_TO_PAGE) if exotic.isascii() else None
        if len(others) <= _FEW:
            if len(self) >= _MAX_REMEMBERED:
                self.clear()
            self[others] = known
        return known


_OTHERS = _Others()


def _encode_others(error: UnicodeError) -> tuple[bytes, int]:
    if isinstance(error, UnicodeEncodeError):
        known = _OTHERS[error.object[error.start : error.end]]
        if known is not None:
            return known, error.end
    raise error


codecs.register_error(_HANDLER, _encode_others)
# In the standard library's C, without a stub: what an encoding made by its gencodec.py calls.
_encode = cast(Callable[[str, str, object], tuple[bytes, int]], codecs.charmap_encode)
_PAGE, _RAW_OF_PAGE = _page()
_last_page = _Page(_PAGE, "")


def sizes_of(text: str, *, exotic: bool = False) -> Sequence[int] | None:
    """How many raw bytes each character has; None where each has one."""
    if text.isascii() or (not exotic and len(_encode(text, "ignore", _PAGE)[0]) == len(text)):
        return None
    raws = _RAW_EXOTIC if exotic else _RAW
    page = page_of(text) if len(text) > _SHORT else None
    if page is None:
        return [len(raws[ord(c)]) for c in text]
    coded, others = page
    sizes = bytes([1] * 128 + [len(raws[ord(c)]) for c in others])
    return coded.translate(sizes.ljust(256, b"\0"))
