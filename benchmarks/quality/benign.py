"""The benign set: messages in which nobody said anything bad, by kind."""

from random import Random

from benchmarks import data

# What a filter that undoes every evasion is most likely to get wrong.
CURATED = (
    "he'll be there, she'll see, we'll wait and I'll go",
    "c.l.a.s.s. is how you spell it: c-l-a-s-s",
    "a) bread b) apples c) salt d) olives",
    "Options: a. b. c. d. and e.",
    "1. one 2. two 3. three",
    "the U.S.A. and the U.K., also N.A.S.A. and the A.S.S.R.",
    "plan B 4. D is for Delta",
    "room 455, flight 8008, pin 7175",
    "The pen is mightier than the sword. The pen.is it yours?",
    "good is not god; hell is not hel; coop is not cop",
    "I can't, won't, shan't, isn't, wasn't, who're, they're",
    "assess the class, pass the glass, brass bass massage",
    "Scunthorpe, Penistone, Clitheroe and Essex",
    "cocktail, peacock, hancock, cockpit, shuttlecock",
    "button, analysis, analyst, cumulative, document, circumstance",
    "Dick van Dyke? No: Richard. Grape, drape, therapist, scrape",
    "x = a[s] + s * (h - 1t) // 0x4a55",
    "https://example.com/a/s/s?x=1&y=2#a-s-s",
    "git commit -m 'a' && git push; ls -l | grep as > s.txt",
    "t h e  e n d",
    "W I N N E R",
    "I - A - M",
    "a s t r o n a u t s",
    "B.A. and M.A. and Ph.D. and S.O.S.",
    "H A P P Y  B I R T H D A Y",
    "e.g. this, i.e. that, a.k.a. him, p.s. bye",
    "10am-5pm, 3rd floor, 5'11\", $5.50, 50% off, 4x4, 7-eleven",
    "A55 Galaxy, A455 road, B00 code, S4L, 1T drive, 5G, H8 size",
    "(: :) ;-) <3 :D xD T_T o_O >_< ^^ \\o/ ¯\\_(ツ)_/¯",
    "mass-shooting, as-is, as such, ass-essor? no: assessor",
    "schön, Füße, Höhe, Straße, Grüße, fünf, Äpfel",
    "это хороший рот и сор в углу, нет, торт и хор",
    "она сказала: вот тебе и раз, а он ушёл в лес",
    "καλημέρα σας, πώς είστε σήμερα;",
    "sık sık geliyor, ılık su, ışık, İstanbul",
    "<:smile:123456789012345678> <@123456789012345678> <t:1700000000:R>",
    "&lt;b&gt; &amp; &#169; 100%25 %20 a%20b",
)


def messages(count: int = 2_000) -> dict[str, list[str]]:
    """Up to `count` messages of each kind. The same at every call."""
    rng = Random(7)

    def some(texts: tuple[str, ...]) -> list[str]:
        return list(texts) if len(texts) <= count else rng.sample(texts, count)

    names = tuple(word for word in data.dictionary() if word[0].isupper())
    kinds = {
        "curated": list(CURATED),
        "tweets": list(data.tweets()),
        "snippets": some(data.snippets()),
        "code": some(data.code()),
        "names": [" ".join(rng.sample(names, 3)) for _ in range(count)] if names else [],
        "numbers": [_numbers(rng) for _ in range(count)],
    }
    for language in data.LANGUAGES:
        kinds[f"prose {language}"] = [text[:1_000] for text in some(data.prose(language))]
    return {kind: texts for kind, texts in kinds.items() if texts}


def _numbers(rng: Random) -> str:
    forms = (
        lambda: str(rng.randrange(10_000)),
        lambda: f"{rng.randrange(24):02}:{rng.randrange(60):02}",
        lambda: f"{rng.randrange(1, 29)}.{rng.randrange(1, 13)}.20{rng.randrange(10, 30)}",
        lambda: f"${rng.randrange(1, 999)}.{rng.randrange(100):02}",
        lambda: f"+{rng.randrange(1, 99)} {rng.randrange(100, 999)} {rng.randrange(10**6, 10**7)}",
        lambda: f"{rng.randrange(100)}%",
        lambda: f"0x{rng.randrange(2**32):08x}",
        lambda: f"v{rng.randrange(9)}.{rng.randrange(20)}.{rng.randrange(20)}",
        lambda: f"{rng.choice('ABCDEFGHS')}{rng.randrange(1, 99)}",
        lambda: f"{rng.randrange(1, 30)}{rng.choice(['th', 'st', 'kg', 'km', 'pm', 'x', 'k'])}",
    )
    return " ".join(rng.choice(forms)() for _ in range(8))
