"""A question and its answer, written as one statement, by the question's dependency parse.

After Demszky, Guu & Liang, *Transforming question answering datasets into natural language inference datasets*, 2018:
the words that ask are taken out, the verb is put back behind its subject, and the answer goes where the words that
ask stood in the sentence's structure.
"""

import re
from dataclasses import dataclass

from lemminflect import getInflection
from spacy.tokens import Doc, Span, Token

_ASKING_TAGS = ("WDT", "WP", "WP$", "WRB")
_DO = {"did": "VBD", "does": "VBZ", "do": "VBP"}
_SUBJECTS = ("nsubj", "nsubjpass", "csubj", "expl")
_LEADS = re.compile(
    r"(?:in|on|at|by|from|to|for|with|during|after|before|since|until|because|due|through|near|under|over|about|"
    r"around|between|among|as|within|throughout|into|via|using|north|south|east|west)\b",
    re.IGNORECASE,
)
_DAY_OR_YEAR = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)|\d"
)
_DAY = re.compile(r"[A-Z][a-z]+ \d{1,2}\b|\d{1,2} [A-Z]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")


def statement(question: Doc, answer: str) -> str | None:
    """Return the statement that the answer makes of a question; `None` where the parse is of no known form.

    Args:
        question: Parsed; with its question mark or without.
        answer: As the passage has it.
    """
    asking = _asking_phrase(question)
    if asking is None:
        return None
    root = asking.sentence.root
    answer = answer.strip(" .,;:")
    if _is_subject(asking, root):
        return _finished([_instead_of(asking, answer), *_texts(asking.after(question))])
    return _with_verb_behind_subject(question, asking, root, answer)


@dataclass(frozen=True, slots=True)
class _Asking:
    """The words that ask, e.g. `Which NFL team` or `In what year`.

    Attributes:
        first: Token number of the first one, a preposition included.
        last: Of the last one.
        head: The token that stands for all of them in the sentence.
        preposition: That leads them; `None` if there is none.
        word: The asking word itself.
    """

    first: int
    last: int
    head: Token
    preposition: Token | None
    word: Token
    sentence: Span

    def after(self, question: Doc) -> list[Token]:
        return [token for token in question[self.last + 1 :] if token.text != "?"]


def _asking_phrase(question: Doc) -> _Asking | None:
    word = next((token for token in question if token.tag_ in _ASKING_TAGS), None)
    if word is None or word.i > 1:
        return None
    head = word
    # "which team", "how many people", "how long", "what kind of car": up to the noun that the asking word belongs to
    while head.dep_ in ("det", "amod", "advmod", "poss", "nummod", "compound") and head.head.i > head.i:
        if head.head.pos_ in ("VERB", "AUX"):
            break
        head = head.head
    last = head.i
    for child in head.subtree:
        if head.i < child.i <= last + 1 and child.dep_ != "relcl" and child.pos_ not in ("VERB", "AUX", "PUNCT"):
            last = child.i
    preposition = question[0] if word.i == 1 and question[0].dep_ == "prep" else None
    if word.i == 1 and preposition is None:
        return None
    return _Asking(0, last, head, preposition, word, head.sent)


def _is_subject(asking: _Asking, root: Token) -> bool:
    if asking.preposition is not None or asking.head.dep_ not in _SUBJECTS:
        return False
    following = asking.head.doc[asking.last + 1] if asking.last + 1 < len(asking.head.doc) else None
    return following is not None and following.pos_ in ("VERB", "AUX", "ADV") and following.lower_ not in _DO


def _with_verb_behind_subject(question: Doc, asking: _Asking, root: Token, answer: str) -> str | None:
    rest = asking.after(question)
    if not rest or rest[0].pos_ not in ("AUX", "VERB"):
        return None
    auxiliary = rest[0]
    subject = next((token for token in root.children if token.dep_ in _SUBJECTS and token.i > auxiliary.i), None)
    if subject is None:
        return None
    end = max(token.i for token in subject.subtree)
    if any(token.i > end and token in rest and token.head == subject for token in question):
        return None
    if auxiliary == root:  # "what is the capital of France": what belongs to the subject may stand behind it
        end = max((token.i for token in subject.subtree), default=end)
    named, behind = question[auxiliary.i + 1 : end + 1], [token for token in rest if token.i > end]
    words = [token.text_with_ws for token in named]
    if auxiliary.lower_ in _DO and auxiliary.dep_ == "aux":
        words += [" ", *_inflected(behind, root, _DO[auxiliary.lower_])]
    else:
        words += [" ", auxiliary.text, " ", *(token.text_with_ws for token in behind)]
    if auxiliary == root:
        return _finished([*words[: len(named) + 3], " ", _instead_of(asking, answer), " ", *words[len(named) + 3 :]])
    return _finished(_placed(words, len(words) - len(behind), behind, asking, root, answer))


def _placed(words: list[str], before: int, behind: list[Token], asking: _Asking, root: Token, answer: str) -> list[str]:
    """The answer behind a preposition that is left alone, else behind the verb it is the object of, else at the end."""
    alone = [
        place
        for place, token in enumerate(behind)
        if token.dep_ == "prep"
        and not any(child.dep_ in ("pobj", "pcomp") and child.i > token.i for child in token.children)
    ]
    given = _instead_of(asking, answer)
    if alone and asking.preposition is None:
        at = before + alone[-1] + 1
        return [*words[:at], " ", given, " ", *words[at:]]
    if asking.head.dep_ == "dobj":
        verb = next((place for place, token in enumerate(behind) if token == asking.head.head), None)
        if verb is not None:
            at = before + verb + 1
            return [*words[:at], " ", given, " ", *words[at:]]
    return [*words, " ", _led(asking, given)]


def _instead_of(asking: _Asking, answer: str) -> str:
    """The answer with the noun that "how many" counts, unless it names it."""
    phrase = asking.head.doc[asking.word.i : asking.last + 1]
    if asking.word.lower_ == "how" and len(phrase) > 2 and phrase[1].lower_ in ("many", "much"):
        counted = phrase[2:].text
        if re.fullmatch(r"[\d.,]+|\w+", answer) and not re.search(rf"\b{re.escape(phrase[-1].text)}", answer):
            return f"{answer} {counted}"
    return answer


def _led(asking: _Asking, answer: str) -> str:
    """The answer with the preposition that it needs."""
    if _LEADS.match(answer):
        return answer
    if asking.preposition is not None:
        return f"{asking.preposition.lower_} {answer}"
    word = asking.word.lower_
    if word == "when" or asking.head.lower_ in ("year", "month", "day", "date", "decade", "century"):
        return f"{'on' if _DAY.match(answer) else 'in'} {answer}" if _DAY_OR_YEAR.match(answer) else answer
    if word == "where" or asking.head.lower_ in ("city", "country", "state", "town"):
        return f"in {answer}"
    if word == "why":
        return f"because of {answer}"
    return f"by {answer}" if word == "how" and asking.head == asking.word else answer


def _inflected(behind: list[Token], root: Token, tag: str) -> list[str]:
    form = getInflection(root.lemma_, tag) or (root.text,)
    return [form[0] + token.whitespace_ if token == root else token.text_with_ws for token in behind]


def _texts(tokens: list[Token]) -> list[str]:
    return [" ", *(token.text_with_ws for token in tokens)]


def _finished(words: list[str]) -> str | None:
    text = re.sub(r"\s+", " ", "".join(words)).strip(" ?.")
    text = re.sub(r" ([,.;:’'])", r"\1", text)
    return f"{text[0].upper()}{text[1:]}." if text else None
