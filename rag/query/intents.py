"""What a reader wants, by the nearest of many examples.

Nearness is the cosine similarity of the embedding model's vectors (nearest neighbour; Cover & Hart, *Nearest neighbor
pattern classification*, 1967). Before, the words of a question that no example holds give way to "something", so that
the wording is compared and not the subject; what gave way is the subject.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from rag.errors import SettingsError
from rag.indexes.base import Vectors
from rag.indexes.embedding import LocalEmbedding, passage_vectors
from rag.models import Form, Intent
from rag.query.outlet_mentions import with_any_outlet
from rag.text import FUNCTION_WORDS, is_calendar

_OWN_EXAMPLES = Path(__file__).with_name("examples.toml")
_OWN_VECTORS = Path(__file__).with_name("examples.npz")
_ANYTHING = "something"
_LEAST_ALIKE = 0.6
"""Cosine similarity to the nearest example below which a question asks for a fact."""
_THE_SAME = 0.95
"""The same from which a question is an example, whatever its shape is like."""
_LEAST_ALIKE_BESIDE_A_SUBJECT = 0.7
"""The same for a wish that has no subject, where the question seems to have one."""
_LEAST_LEAD = 0.02
"""What a wish must be more alike than a question for a fact: to quote an answer hurts less than a digest."""
_MAY_HAVE_A_SUBJECT = frozenset[Intent](
    ("question", "news", "summary", "development", "disagreement", "correction", "opinion")
)
_MOST_SUBJECTS = 2
"""Stretches that no example holds; with more a question asks for a fact."""
_LISTS = frozenset[Intent](("news", "summary", "development", "opinion"))
_FOR_ONE_THING = frozenset("who whom whose which when where why".split())
"""Words that ask for one thing: whoever uses them wants no list."""
_MOST_WORDS = 30
"""Of a question that is compared; a longer one asks for a fact."""
_OFTEN = 2
"""Examples that hold a word from which it tells what is wanted, and not what about."""
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_AFTER_A_SUBJECT = re.compile(rf"\b{_ANYTHING} ([\w'’-]+)")
_DATE_IN_FIGURES = re.compile(r"(?:19|20)\d\d|[0-3]?\d(?:st|nd|rd|th)")
_TIME = re.compile(
    r"\b(?:(?:[Tt]his|[Ll]ast|past|next|the (?:last|past)|[Oo]ver the|of the|[Ii]n the|[Oo]n) )?(?:few )?(?:[Tt]oday|"
    r"[Yy]esterday|[Tt]onight|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:week|month|year|weekend|morning)s?|days|"
    r"lately|recently)(?:['’]s)?\b|\b[0-3]?\d (?=[A-Z][a-z]{2,8}\b)"
)
"""Left out of what is compared: a question for a fact names a time as often as one for the news."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants.

    Attributes:
        subject: What it is about, as written; empty where that is only pointed at, or there is none.
    """

    intent: Intent
    subject: str


class IntentExamples:
    """Tells what readers want by examples.

    Args:
        embedding: Compares the wordings.
        files: Of an operator's own examples, in the form of `examples.toml`.

    Raises:
        SettingsError: A file cannot be read, or names an unknown intent.
    """

    def __init__(self, embedding: BaseEmbedding, files: Sequence[Path] = ()) -> None:
        self._embedding = embedding
        read = [_read(file) for file in (_OWN_EXAMPLES, *files)]
        self._forms = _forms([phrases for each in read for phrases in each.get("forms", {}).items()])
        self._after_answer = frozenset(intent for examples in read for intent in examples.get("after_answer", ()))
        written = [(intent, text) for each in read for intent, texts in each["intents"].items() for text in texts]
        counts = Counter(word.lower() for intent, text in written if intent != "question" for word in set(_words(text)))
        self._known = FUNCTION_WORDS | {word for word, count in counts.items() if count >= _OFTEN}
        # Of a wish every word may be telling, but any may be the subject of a question.
        shaped = [
            (intent, shape) for intent, text in written if intent == "question" and (shape := self._shape(text)[0])
        ]
        as_written = [(intent, text.lower()) for intent, text in written]
        of_a_fact = {_lower_words(text) for intent, text in written if intent == "question"}
        self._without_subject: dict[Intent, set[tuple[str, ...]]] = {}
        for intent, text in written:
            if intent not in _MAY_HAVE_A_SUBJECT and _lower_words(text) not in of_a_fact:
                self._without_subject.setdefault(intent, set()).add(_lower_words(text))
        self._examples: list[tuple[Intent, str]] = list(dict.fromkeys([*shaped, *as_written]))

    def wish(self, question: str, *, after_answer: bool, outlets: Sequence[str] = ()) -> Wish:
        """Return what a question wants.

        Args:
            question: On one line.
            after_answer: Whether there is an answer before it that it may be about.
            outlets: Names of the library's; to the wording it is all one which is named.

        Raises:
            EmbeddingError: The embedding model failed.
        """
        worded = with_any_outlet(question, outlets)
        for intent, examples in self._without_subject.items():
            if (after_answer or intent not in self._after_answer) and _is_a_row_of(examples, _lower_words(worded)):
                return Wish(intent, "")
        shape, subject = self._shape(worded)
        if not shape or len(_words(worded)) > _MOST_WORDS or shape.count(_ANYTHING) > _MOST_SUBJECTS:
            return Wish("question", question)
        # As it is, too: of what points at the answer before, every word may count. And a word that examples hold may
        # belong to the subject, as in "the ferry dispute".
        vectors = passage_vectors(self._embedding, [worded.lower(), shape, _widened(shape)])
        asks_for_one = not _FOR_ONE_THING.isdisjoint(shape.split())
        as_written, *by_shape = (self._vectors @ vectors.T).T
        alike = as_written if as_written.max() >= _THE_SAME else np.maximum.reduce([as_written, *by_shape])
        # A wish that has no subject is compared with all words that a shape hides.
        without_subject = as_written if " " in subject else alike
        likeness = {
            intent: float((alike if intent in _MAY_HAVE_A_SUBJECT else without_subject)[of_intent].max())
            for intent, of_intent in self._of_intent.items()
            if (after_answer or intent not in self._after_answer) and not (asks_for_one and intent in _LISTS)
        }
        intent = max(likeness, key=lambda each: likeness[each])
        least = _LEAST_ALIKE if not subject or intent in _MAY_HAVE_A_SUBJECT else _LEAST_ALIKE_BESIDE_A_SUBJECT
        if likeness[intent] < max(least, likeness["question"] + _LEAST_LEAD):
            intent = "question"
        if intent == "news" and subject:
            intent = "summary"
        elif intent == "summary" and not subject and not after_answer:
            intent = "news"
        return Wish(intent, question if intent == "question" else subject)

    def form_apart(self, question: str) -> tuple[Form, str]:
        """Return the form that a request names at either end, and the rest of it, e.g. `who won, in one sentence?`.

        Where it names none, the form is empty and all of it is the rest.
        """
        for form, pattern in self._forms:
            rest = pattern.sub("", question)
            if rest != question and _WORD.search(rest):
                return form, rest
        return "", question

    @cached_property
    def _of_intent(self) -> Mapping[Intent, NDArray[np.bool_]]:
        """Which examples are of each intent."""
        intents = np.array([intent for intent, _ in self._examples])
        return {intent: intents == intent for intent in dict.fromkeys(intent for intent, _ in self._examples)}

    @cached_property
    def _vectors(self) -> Vectors:
        """Of all examples, shape `(n, dim)`; those in the file are not embedded again, which takes seconds."""
        with np.load(_OWN_VECTORS) as file:
            kept = dict(zip(file["texts"].tolist(), file["vectors"].astype(np.float32), strict=True))
        new = [text for _, text in self._examples if text not in kept]
        kept.update(zip(new, passage_vectors(self._embedding, new) if new else (), strict=True))
        return np.stack([kept[text] for _, text in self._examples])

    def write_vectors(self) -> None:
        """Write the file of vectors again, after examples were changed."""
        texts = list(dict.fromkeys(text for _, text in self._examples))
        vectors = passage_vectors(self._embedding, texts).astype(np.float16)
        np.savez_compressed(_OWN_VECTORS, vectors=vectors, texts=np.array(texts))

    def _shape(self, question: str) -> tuple[str, str]:
        """The question with "something" for what no example holds, and the longest stretch that gave way to it."""
        kept: list[str] = []
        subjects: list[str] = []
        timeless = _TIME.sub(" ", question)
        for known, words in self._runs(timeless if _WORD.search(timeless) else question):
            kept.append(words.lower() if known else _ANYTHING)
            subjects += [] if known else [words]
        mark = "?" if question.rstrip().endswith("?") else ""
        return " ".join(kept) + mark, max(subjects, key=len, default="")

    def _runs(self, question: str) -> Iterator[tuple[bool, str]]:
        """Stretches of words that examples hold, and of words that none holds, with what only joins these."""
        words = [match for match in _WORD.finditer(question) if not _is_date(match.group())]
        start = 0
        while start < len(words):
            end = start
            known = self._holds(words[start])
            if known:
                yield True, words[start].group()
                start += 1
                continue
            for at in range(start + 1, len(words)):
                if not self._holds(words[at]):
                    end = at
                elif words[at].group().lower() not in _JOINING:
                    break
            yield False, question[words[start].start() : words[end].end()]
            start = end + 1

    def _holds(self, match: re.Match[str]) -> bool:
        """Whether examples hold a word; a name is a subject, whatever its words."""
        word = match.group().replace("’", "'").removesuffix("'s")
        is_name = word[0].isupper() and len(word) > 1 and not word.isupper() and match.start() > 0
        return word.lower() in self._known and not is_name


_FORMS = frozenset(get_args(Form)) - {""}
_JOINING = frozenset("a an and at by for from in of on the to with".split())


def _is_date(word: str) -> bool:
    return is_calendar(word) or _DATE_IN_FIGURES.fullmatch(word) is not None


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _widened(shape: str) -> str:
    """The shape with the word after each subject as a part of it, unless it is one that only joins."""
    return _AFTER_A_SUBJECT.sub(lambda match: match[0] if match[1] in FUNCTION_WORDS else _ANYTHING, shape)


def _lower_words(text: str) -> tuple[str, ...]:
    return tuple(word.lower().replace("’", "'") for word in _words(text))


def _is_a_row_of(examples: Collection[tuple[str, ...]], words: tuple[str, ...]) -> bool:
    """Whether words are examples one after the other, e.g. `ok` and `thanks`: vectors of so few words tell little."""
    ends = {0}
    for end in range(1, len(words) + 1):
        if any(words[start:end] in examples for start in ends):
            ends.add(end)
    return len(words) in ends and bool(words)


def _forms(phrases_of_forms: Sequence[tuple[Form, Sequence[str]]]) -> list[tuple[Form, re.Pattern[str]]]:
    """What finds the phrases of each form where a request begins or ends with one."""
    patterns: list[tuple[Form, re.Pattern[str]]] = []
    for form, phrases in phrases_of_forms:
        any_phrase = "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
        ends = rf"^\W*(?:{any_phrase})\b[\s,:;-]*(?=\w)|(?<![\s,;-])[\s,;-]+(?:{any_phrase})(?:,? please)?(?=\W*$)"
        patterns.append((form, re.compile(ends, re.IGNORECASE)))
    return patterns


def _read(file: Path) -> Mapping[str, Any]:
    try:
        read = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: the examples of intents cannot be read: {error}") from error
    intents = read.get("intents")
    if not isinstance(intents, dict) or not intents or set(intents) - set(get_args(Intent)):
        raise SettingsError(f"{file}: [intents] must name some of {', '.join(get_args(Intent))}")
    forms = read.get("forms", {})
    if not isinstance(forms, dict) or set(forms) - _FORMS:
        raise SettingsError(f"{file}: [forms] must name some of {', '.join(sorted(_FORMS))}")
    return read


if __name__ == "__main__":
    IntentExamples(LocalEmbedding()).write_vectors()
