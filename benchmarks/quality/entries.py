"""The banned words of the quality benchmark: mild insults of sixteen languages, halved.

One half of them is for tuning, the other is held out: no rule and no number of the matcher may be
chosen by looking at what happens to a held-out entry or inside a held-out sentence.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Half:
    """Entries by language, and the sentences that they are put in (at the {})."""

    name: str
    entries: dict[str, tuple[str, ...]]
    sentences: dict[str, tuple[str, ...]]
    seed: int


TUNING = Half(
    "tuning",
    {
        "en": ("idiot", "banana", "moron", "scumbag", "pillock", "jerk", "dumb cow", "bollocks"),
        "de": ("trottel", "blödmann", "spinner"),
        "fr": ("abruti", "crétin", "bouffon"),
        "es": ("pendejo", "estúpido", "tonto"),
        "it": ("stronzo", "cretino"),
        "pt": ("babaca", "otário"),
        "tr": ("salak", "gerzek"),
        "pl": ("debil", "głupek"),
        "ru": ("дурак", "козёл", "придурок"),
        "el": ("βλάκας", "χαζός"),
        "ar": ("حمار",),
        "he": ("טיפש",),
        "zh": ("笨蛋",),
        "ja": ("バカ",),
        "ko": ("바보",),
        "th": ("ควาย",),
    },
    {
        "latin": ("you are such a {} really", "{} !", "what a {}, honestly", "the {}", "{}"),
        "ru": ("ты просто {} и всё", "{}", "ну ты {}, блин"),
        "el": ("είσαι {} ρε", "{}"),
        "other": ("{}", "ok {} ok"),
    },
    seed=20_001,
)

HELD_OUT = Half(
    "held-out",
    {
        "en": ("stupid", "loser", "wanker", "bastard", "clown", "twit", "old fool", "muppet"),
        "de": ("dummkopf", "arschgeige", "vollpfosten"),
        "fr": ("connard", "imbécile", "andouille"),
        "es": ("cabrón", "gilipollas", "idiota"),
        "it": ("coglione", "scemo"),
        "pt": ("burro", "palhaço"),
        "tr": ("aptal", "dangalak"),
        "pl": ("kretyn", "palant"),
        "ru": ("идиот", "осёл", "болван"),
        "el": ("ηλίθιος", "βούρλο"),
        "ar": ("غبي",),
        "he": ("מטומטם",),
        "zh": ("傻瓜",),
        "ja": ("アホ",),
        "ko": ("멍청이",),
        "th": ("โง่",),
    },
    {
        "latin": ("stop being a {} please", "{}?", "lol {}. bye", "so {} is here", "{}"),
        "ru": ("какой же {} пришёл", "{}", "это {}!"),
        "el": ("τι {} που είναι", "{}"),
        "other": ("{}", "hi {} hi"),
    },
    seed=30_011,
)


def script_of(language: str) -> str:
    """Which sentences go with a language: "latin", "ru", "el" or "other"."""
    if language in ("en", "de", "fr", "es", "it", "pt", "tr", "pl"):
        return "latin"
    return language if language in ("ru", "el") else "other"
