"""How much one server may ask of the matcher, and why."""

# A Discord nickname has 32 characters and a message 2,000 (4,000 with Nitro): whoever needs more
# than this for one entry has pasted a text, not a word.
MAX_ENTRY_CHARACTERS = 200

# Patterns for links are long; beyond this nobody can read them any more.
MAX_REGEX_CHARACTERS = 500

# All lists of one server together. The largest public word lists have under 10,000 entries.
MAX_ENTRIES = 50_000

# All lists of one server together: those that the filter lets through are tried one by one.
MAX_REGEXES = 200

# RE2 instructions in the compiled form. One \pL takes 1,200; without a limit `(a?){500}a{500}`
# takes 28 ms on a message of 4,000 characters.
MAX_REGEX_PROGRAM = 1_500

# Bytes that RE2 may use for one pattern, its automata included.
MAX_REGEX_MEMORY = 1 << 20

# The same for all patterns of one server together, as the filter that says which may match.
MAX_REGEX_FILTER_MEMORY = 4 << 20

# Processor time in seconds for 4,000 hostile characters, before a pattern is taken. Ordinary
# patterns take under a millisecond, so that a busy machine cannot turn a good one away.
MAX_REGEX_SECONDS = 0.05

# Matches of one pattern in one text. A pattern that looks through the whole rest of the text for
# each of its matches would otherwise take quadratic time.
MAX_REGEX_MATCHES = 1_000

# What an inner star holds at most, in characters of the original text.
MAX_STAR_CHARACTERS = 32

# Letters that an inner star needs on each side.
MIN_LETTERS_BESIDE_STAR = 3

# Hits of one text that are explained; the rest are counted.
MAX_HITS_EXPLAINED = 20

# What was spared in one text and is told, where somebody asks.
MAX_SPARED_EXPLAINED = 5

# Letters that an entry with an open side needs: "as*" would be one word in sixty.
MIN_LETTERS_OPEN = 3
