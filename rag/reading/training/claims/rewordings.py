"""Other ways to say what a sentence says, by its dependency parse: shorter, passive, figures written otherwise.

After the transformations of Kryściński, McCann, Xiong & Socher, *Evaluating the factual consistency of abstractive
text summarization*, EMNLP 2020, with parses in the place of a second language.
"""

import random
import re

from lemminflect import getInflection
from spacy.tokens import Doc, Span, Token

_OMITTED = ("advcl", "relcl", "appos", "npadvmod", "parataxis")
_MUST_STAY = re.compile(
    r"\b(?:not|no|never|if|unless|until|only|without|almost|nearly|up to|at (?:least|most)|more|less|fewer|than|said|"
    r"says|according|alleg\w+|suspect\w+|would|may|might|could|plan\w*|expect\w*)\b",
    re.IGNORECASE,
)
"""What changes the meaning of the rest when it is left out."""
_LEAST_WORDS = 5
_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_SMALL = re.compile(r"(?<![\w.,$£€-])\d{1,2}(?![\w.,%-]|[.,]\d)")
_WRITTEN = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS[2:])})\b")
_SAYS = ("say", "report", "write", "state", "announce", "note", "explain", "argue", "claim", "tell")


def shorter(sentence: Span, draw: random.Random) -> str | None:
    """Return the sentence without one or two of its clauses, appositions or phrases of time and place."""
    parts = [
        token
        for token in sentence
        if (token.dep_ in _OMITTED or (token.dep_ == "prep" and token.head.pos_ in ("VERB", "AUX")))
        and not _MUST_STAY.search(_subtree(token).text)
        and not any(child.dep_ == "neg" for child in token.head.children)
    ]
    if not parts:
        return None
    chosen = draw.sample(parts, min(len(parts), draw.choice((1, 1, 2))))
    dropped = {token.i for part in chosen for token in part.subtree}
    text = _written([token for token in sentence if token.i not in dropped])
    return text if len(text.split()) >= _LEAST_WORDS else None


def joined(sentence: Span, following: Span) -> str:
    """Return two sentences as one."""
    return f"{sentence.text.rstrip('.')}, and {_lowered(following.text, following[0])}"


def clause(sentence: Span) -> str | None:
    """Return what a speaker is said to have said, with the speaker behind it, or one of two joined clauses."""
    root = sentence.root
    said = next((token for token in root.children if token.dep_ == "ccomp"), None)
    speaker = next((token for token in root.children if token.dep_ == "nsubj"), None)
    if root.lemma_ in _SAYS and said is not None and speaker is not None:
        inner = _written([token for token in said.subtree if token.dep_ != "mark" or token.head != said])
        who = _subtree(speaker).text
        return f"According to {who}, {_lowered(inner, said)}" if len(who.split()) < _LEAST_WORDS else None
    joined = next((token for token in root.children if token.dep_ == "conj" and token.i > root.i), None)
    if joined is None or speaker is None or any(child.dep_ == "nsubj" for child in joined.children):
        return None
    kept = [*speaker.subtree, *joined.subtree]
    text = _written(sorted(kept, key=lambda token: token.i))
    return text if len(text.split()) >= _LEAST_WORDS else None


def passive(sentence: Span, *, turned: bool = False) -> str | None:
    """Return an active sentence of subject, verb and object in the passive.

    Args:
        sentence: Parsed.
        turned: Exchange who acts and who is acted upon, in the active: what the sentence does not say.
    """
    root = sentence.root
    subject = next((token for token in root.children if token.dep_ == "nsubj"), None)
    what = next((token for token in root.children if token.dep_ == "dobj"), None)
    if subject is None or what is None or root.tag_ not in ("VBD", "VBZ") or subject.pos_ == "PRON":
        return None
    if any(token.dep_ in ("neg", "aux", "conj", "ccomp", "xcomp") for token in root.children):
        return None
    who, whom = _subtree(subject), _subtree(what)
    if what.pos_ == "PRON" or who.start != sentence.start or whom.start != root.i + 1:
        return None
    rest = sentence.doc[whom.end : sentence.end].text
    if turned:
        return _sentence(f"{whom.text} {root.text} {_lowered(who.text, subject)} {rest}")
    many = what.morph.get("Number") == ["Plur"]
    be = ("were" if many else "was") if root.tag_ == "VBD" else ("are" if many else "is")
    form = getInflection(root.lemma_, "VBN")
    return _sentence(f"{whom.text} {be} {form[0]} by {_lowered(who.text, subject)} {rest}") if form else None


def denied(claim: Doc) -> str | None:
    """Return the claim with its main verb denied, or without its denial."""
    for token in claim:
        if token.dep_ == "neg" and token.lower_ in ("not", "n't", "never"):
            before = claim.text[: token.idx].rstrip()
            return before + " " + claim.text[token.idx + len(token.text) :].lstrip() if token.lower_ != "n't" else None
    root = next((token for token in claim if token.dep_ == "ROOT"), None)
    if root is None:
        return None
    auxiliary = next((token for token in root.lefts if token.dep_ in ("aux", "auxpass")), None)
    if auxiliary is not None or root.lemma_ == "be":
        at = auxiliary or root
        end = at.idx + len(at.text)
        return f"{claim.text[:end]} not{claim.text[end:]}"
    if root.tag_ in ("VBD", "VBZ", "VBP"):
        do = {"VBD": "did", "VBZ": "does", "VBP": "do"}[root.tag_]
        base = (getInflection(root.lemma_, "VB") or (root.lemma_,))[0]
        return f"{claim.text[: root.idx]}{do} not {base}{claim.text[root.idx + len(root.text) :]}"
    return None


def other_figures(text: str) -> str | None:
    """Return the text with small numbers in words instead of digits or the reverse, and per cent as a sign or word."""
    changed = _SMALL.sub(lambda match: _in_words(match.group()), text)
    if changed == text:
        changed = _WRITTEN.sub(lambda match: str(_NUMBER_WORDS.index(match.group())), text)
    sign = "%" in changed
    changed = changed.replace("%", " percent") if sign else re.sub(r"(\d) per ?cent\b", r"\1%", changed)
    return changed if changed != text else None


def _in_words(digits: str) -> str:
    value = int(digits)
    return _NUMBER_WORDS[value] if 1 < value < len(_NUMBER_WORDS) else digits


def _subtree(token: Token) -> Span:
    doc: Doc = token.doc
    return doc[token.left_edge.i : token.right_edge.i + 1]


def _lowered(text: str, opening: Token) -> str:
    """The text as it stands inside a sentence."""
    first = opening.left_edge
    named = first.ent_type_ or first.pos_ == "PROPN" or first.text == "I"
    return text if named or not text else text[0].lower() + text[1:]


def _written(tokens: list[Token]) -> str:
    return _sentence("".join(token.text_with_ws if token.whitespace_ else f"{token.text}" for token in tokens))


def _sentence(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip(" ,;:—–-")
    text = re.sub(r" ([,.;:’')])|([(]) ", r"\1\2", text)
    text = re.sub(r"(?:, ?)+([,.])", r"\1", text)
    text = re.sub(r"\(\s*\)", "", text)
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text[-1] in '.!?”"' else ".")
