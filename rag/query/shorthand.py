"""What people type on a phone, in full words: `link pls`, `whos the mayor`. Pure."""

import re

_IN_FULL = {
    "pls": "please",
    "plz": "please",
    "plse": "please",
    "thx": "thanks",
    "thnx": "thanks",
    "tnx": "thanks",
    "u": "you",
    "ur": "your",
    "y": "why",
    "abt": "about",
    "b4": "before",
    "bc": "because",
    "cuz": "because",
    "govt": "government",
    "ppl": "people",
    "rn": "right now",
    "tmrw": "tomorrow",
    "ystd": "yesterday",
    "wat": "what",
    "wot": "what",
    "wen": "when",
    "wich": "which",
    "wether": "whether",
    "w/": "with",
    "w/o": "without",
    "hows": "how's",
    "thats": "that's",
    "theres": "there's",
    "whats": "what's",
    "whens": "when's",
    "wheres": "where's",
    "whos": "who's",
    "whys": "why's",
    "arent": "aren't",
    "cant": "can't",
    "couldnt": "couldn't",
    "didnt": "didn't",
    "doesnt": "doesn't",
    "dont": "don't",
    "hasnt": "hasn't",
    "havent": "haven't",
    "isnt": "isn't",
    "wasnt": "wasn't",
    "werent": "weren't",
    "wont": "won't",
    "wouldnt": "wouldn't",
}
_WHERE = re.compile(r"\bwere(?= (?:did|do|does|is|are|was|can|could|will|would|has|have)\b)")
"""Written as it sounds: no auxiliary follows `were`."""
_SHORTHAND = re.compile(r"(?<![\w'’./@-])(?:" + "|".join(map(re.escape, _IN_FULL)) + r")(?![\w'’/@-]|\.\w)")


def in_full(question: str) -> str:
    """Return the question with shorthand written out.

    Only what is all small letters is taken for shorthand, so that names (`U Thant`, `Ur`) stay, but the first word of
    the question may begin with a capital letter where it only lacks its apostrophe.
    """
    first, space, rest = question.partition(" ")
    full = _IN_FULL.get(first.lower(), "")
    if "'" in full and first.istitle():
        return full.capitalize() + space + in_full(rest)
    return _WHERE.sub("where", _SHORTHAND.sub(lambda match: _IN_FULL[match.group()], question))
