"""Numbers as short made-up words, so that a page's address tells which beacon it came from.

Digits and random letters may rightly be scrubbed from an address as an order number or a token;
syllables such as `badeko` look like any other word.
"""

CONSONANTS = "bdfgklmnprstvz"
SYLLABLES = [consonant + vowel for consonant in CONSONANTS for vowel in "aeiou"]
LIMIT = len(SYLLABLES) ** 3


def word(number):
    """A word of six letters, a different one for each number below LIMIT."""
    if not 0 <= number < LIMIT:
        raise ValueError(f"{number} has no word; the limit is {LIMIT}")
    text = ""
    for _ in range(3):
        number, syllable = divmod(number, len(SYLLABLES))
        text += SYLLABLES[syllable]
    return text
