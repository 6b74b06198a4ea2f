"""Disguises of single letters, as people and their websites make them. Not taken from the matcher:
what it folds comes from other data, so that this measures it."""

_PLAIN = "abcdefghijklmnopqrstuvwxyz"


def _run(first: int, skip: str = "") -> dict[str, str]:
    return {c: chr(first + i) for i, c in enumerate(_PLAIN) if c not in skip}


FANCY: dict[str, dict[str, str]] = {
    "full-width letters": _run(0xFF41),
    "bold letters": _run(0x1D41A),
    "italic letters": _run(0x1D44E, skip="h"),
    "script letters": _run(0x1D4EA),
    "fraktur letters": _run(0x1D586),
    "double-struck letters": _run(0x1D552),
    "monospace letters": _run(0x1D68A),
    "circled letters": _run(0x24D0),
    "parenthesized letters": _run(0x249C),
    "squared letters": _run(0x1F130),
    "negative circled letters": _run(0x1F150),
    "negative squared letters": _run(0x1F170),
    "regional indicators": _run(0x1F1E6),
    "small capitals": dict(
        zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True)
    ),
    "superscript letters": dict(
        zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
    ),
}
UPSIDE_DOWN = dict(zip(_PLAIN, "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz", strict=True))
CYRILLIC = dict(zip("aceijkmoprstxyhbdg", "асеіјкморгѕтхунЬԁԍ", strict=True)) | {"r": "г"}
GREEK = dict(zip("abeikmnoprtuvxy", "αβεικμηορгτυνχγ", strict=True)) | {"r": "ř"}
OTHER_SCRIPTS: dict[str, str] = {
    "a": "ꭺᗅ𐊠ɑ", "b": "ᏏᖯЬ", "c": "ϲⅽᏟ", "d": "ԁⅾᏧ", "e": "ҽℯⅇ", "f": "ꞙք", "g": "ɡցᶃ",
    "h": "һհᏂ", "i": "ιӏᎥ", "j": "ϳј", "k": "κᴋᏦ", "l": "ⅼӏǀ", "m": "ⅿᎷ", "n": "ոռ",
    "o": "οօԛ"[:2] + "੦", "p": "ρᑭ", "q": "ԛզ", "r": "гᎡ", "s": "ѕꮪ", "t": "τᎢ", "u": "սυ",
    "v": "ѵνᴠ", "w": "ԝաᎳ", "x": "х᙮", "y": "уүγ", "z": "ᴢᏃ",
}  # fmt: skip
DIACRITICS: dict[str, str] = {
    "a": "àáâãäåā", "b": "ḃḅ", "c": "çćč", "d": "ďḋ", "e": "èéêëē", "f": "ḟ", "g": "ğģ", "h": "ĥḧ",
    "i": "ìíîïī", "j": "ĵ", "k": "ķḱ", "l": "ĺļľ", "m": "ṁḿ", "n": "ñńň", "o": "òóôõöō", "p": "ṗṕ",
    "r": "ŕř", "s": "śšş", "t": "ţťṫ", "u": "ùúûüū", "v": "ṽ", "w": "ŵẁ", "x": "ẋ", "y": "ýÿ",
    "z": "źžż",
}  # fmt: skip
STROKED = dict(zip("abcdeghijlopstuz", "ⱥƀȼđɇǥħɨɉłøᵽꞩŧʉƶ", strict=True))
DIGITS = {"a": "4", "e": "3", "i": "1", "l": "1", "o": "0", "s": "5", "t": "7", "b": "8", "g": "9"}
SYMBOLS = {"a": "@", "s": "$", "i": "!", "l": "|", "e": "€", "c": "¢", "t": "+", "u": "µ"}
SEVERAL: dict[str, str] = {
    "a": "/\\", "b": "|3", "c": "(", "d": "|)", "f": "ph", "h": "|-|", "k": "|<", "l": "|_",
    "m": "|\\/|", "n": "|\\|", "o": "()", "u": "|_|", "v": "\\/", "w": "\\/\\/", "x": "><",
    "p": "|>", "t": "-|-",
}  # fmt: skip
EMOJI_LETTERS = {
    "a": "🅰️", "b": "🅱️", "o": "🅾️", "p": "🅿️", "m": "Ⓜ️", "i": "ℹ️", "x": "❌", "s": "💲", "t": "✝️",
}  # fmt: skip
INVISIBLE = {
    "zero-width": "\u200b\u200c\u200d\u2060\ufeff",
    "soft hyphens": "\u00ad",
    "bidi controls": "\u200e\u200f\u202a\u202c\u2066\u2069",
    "tag characters": "".join(map(chr, range(0xE0061, 0xE007B))),
    "filler characters": "\u115f\u3164\u034f\u180e",
    "variation selectors": "\ufe0f\ufe00\U000e0100",
}
MARKS = "\u0301\u0300\u0308\u0302\u0303\u0323\u0336\u0332\u0348\u035c"
