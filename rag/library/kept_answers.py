"""Answers of kept conversations: restored as far as the library still holds what they quote.

An answer is kept as JSON (`rag.store.conversations.Turn`). A sentence whose article was withdrawn or forgotten, or no
longer says so, is replaced by words that tell that; its citation is left out.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rag.dates import parse_iso
from rag.markers import marker_numbers
from rag.messages import LANGUAGES, Catalogue, in_language
from rag.models import Answer, Citation, Claim, Passage, Usage
from rag.store.base import LibraryRecord
from rag.store.conversations import Turn
from rag.text import WordRuns

_UNVERIFIED = "|".join(re.escape(in_language(language)("not_verified")) for language in LANGUAGES)
_REPLACED = {
    in_language(language)(key): key
    for language in LANGUAGES
    for key in ("withdrawn_sentence", "changed_sentence", "withdrawn_words")
}
"""What stands in the place of words that are gone -> its key in the catalogue, whose language it was."""
_REPLACEMENT = re.compile("|".join(map(re.escape, _REPLACED)))
_BEHIND_CLAIM = re.compile(rf"(?: ?\[\d{{1,3}}\])*+(?: \((?:{_UNVERIFIED})\))?")


def restored_answers(turns: Sequence[Turn], record: LibraryRecord, words: Catalogue) -> tuple[Answer, ...]:
    """Return answers as they may be shown now, without hits; their citations are of the articles' current versions.

    Args:
        turns: As they were kept, oldest first.
        record: Tells which articles are held and what they say.
        words: In the language of the reader, for what is said in place of a sentence, also where it was said before.
    """
    ids = {kept["article"]["id"] for turn in turns for kept in turn["citations"]}
    passages = {article_id: record.passages_of(article_id) for article_id in ids}
    return tuple(_restored(turn, passages, words) for turn in turns)


def without_articles(turn: Turn, article_ids: Collection[str], texts: WordRuns) -> Turn:
    """Return a kept answer without anything of some articles; that something is missing is told when it is restored.

    Args:
        turn: As it is kept.
        article_ids: Whose citations go, with the sentences that rest on them.
        texts: Of the articles; words that repeat them go too, unless another article's citation stands behind them.
    """
    told = in_language()("withdrawn_sentence")
    gone = {kept["marker"]: told for kept in turn["citations"] if kept["article"]["id"] in article_ids}
    left = _without(turn, gone)
    return left | {
        "question": _unrepeated(left["question"], texts),
        "read_as": _unrepeated(left["read_as"], texts) if left["read_as"] else None,
        "answer": "\n\n".join(
            part if marker_numbers(part) else _unrepeated(part, texts) for part in left["answer"].split("\n\n")
        ),
        "claims": [claim for claim in left["claims"] if claim["markers"] or not texts.repeated_by(claim["text"])],
        "notes": [_unrepeated(note, texts) for note in left["notes"]],
    }


def _restored(turn: Turn, passages: Mapping[str, Sequence[Passage]], words: Catalogue) -> Answer:
    cited = {kept["marker"]: _citation(kept, passages[kept["article"]["id"]], words) for kept in turn["citations"]}
    gone = {marker: each for marker, each in cited.items() if isinstance(each, str)}
    left = _without(_retold(turn, words), gone)
    return Answer(
        question=left["question"],
        text=left["answer"],
        status=left["status"],
        claims=tuple(map(_claim, left["claims"])),
        citations=tuple(each for each in cited.values() if isinstance(each, Citation)),
        hits=(),
        as_of=parse_iso(left["as_of"]).at,
        newest_source=parse_iso(left["newest_source"]) if left["newest_source"] else None,
        confidence=left["confidence"],
        model=left["model"],
        usage=_usage(left["usage"]),
        stale=left["stale"],
        conflicts=tuple(map(tuple, left["conflicts"])),
        notes=tuple(left["notes"]),
        read_as=left["read_as"] or "",
    )


def _citation(kept: Mapping[str, Any], passages: Sequence[Passage], words: Catalogue) -> Citation | str:
    """The citation in the current version of its article, whose passages these are; if it has none, what to say."""
    if not passages:
        return words("withdrawn_sentence")
    quote, start = kept["quote"], kept["start"]
    text = passages[0].article.text
    if text[start : kept["end"]] != quote:
        start = text.find(quote)
    end = start + len(quote)
    passage = next((each for each in passages if each.start <= start and end <= each.end), None)
    return Citation(kept["marker"], passage, quote, start, end) if passage else words("changed_sentence")


def _claim(kept: Mapping[str, Any]) -> Claim:
    markers, answering = tuple(kept["markers"]), tuple(kept["answering"])
    return Claim(kept["text"], markers, kept["support"], answering, kept["checked_by"] or "")


def _usage(kept: Mapping[str, Any]) -> Usage:
    requests = ((each["purpose"], Usage(each["prompt_tokens"], each["completion_tokens"])) for each in kept["requests"])
    return Usage(kept["prompt_tokens"], kept["completion_tokens"], tuple(requests))


def _without(turn: Turn, gone: Mapping[int, str]) -> Turn:
    """The answer without some citations, and with words in the place of every sentence that rests on one.

    Args:
        turn: As it is kept.
        gone: Marker of each citation -> what stands in the sentence's place.
    """
    if not gone:
        return turn
    citations = [kept for kept in turn["citations"] if kept["marker"] not in gone]
    dates = [parse_iso(kept["article"]["published_at"]) for kept in citations if kept["article"]["published_at"]]
    conflicts = [[marker for marker in markers if marker not in gone] for markers in turn["conflicts"]]
    return turn | {
        "answer": _text_without(turn, gone),
        "claims": [claim for claim in turn["claims"] if gone.keys().isdisjoint(claim["markers"])],
        "citations": citations,
        "conflicts": [markers for markers in conflicts if len(markers) > 1],
        "newest_source": str(max(dates)) if dates else None,
    }


def _text_without(turn: Turn, gone: Mapping[int, str]) -> str:
    text, left, position = turn["answer"], "", 0
    for claim in turn["claims"]:
        start = text.find(claim["text"], position)
        if start < 0:
            continue
        behind = _BEHIND_CLAIM.match(text, start + len(claim["text"]))
        end = behind.end() if behind else start + len(claim["text"])
        reason = next((gone[marker] for marker in claim["markers"] if marker in gone), None)
        left += text[position:start] + (reason or text[start:end])
        position = end
    left += text[position:]
    if not gone.keys().isdisjoint(marker_numbers(left)):  # it cannot be told where its sentence begins
        return next(iter(gone.values()))
    parts = left.split("\n\n")
    return "\n\n".join(part for part, before in zip(parts, ["", *parts], strict=False) if part != before)


def _retold(turn: Turn, words: Catalogue) -> Turn:
    """The answer with what stands in the place of words that are gone in the reader's language."""

    def told(text: str) -> str:
        return _REPLACEMENT.sub(lambda replaced: words(_REPLACED[replaced[0]]), text)

    return turn | {
        "question": told(turn["question"]),
        "read_as": told(turn["read_as"]) if turn["read_as"] else None,
        "answer": told(turn["answer"]),
        "notes": list(map(told, turn["notes"])),
    }


def _unrepeated(text: str, texts: WordRuns) -> str:
    return in_language()("withdrawn_words") if texts.repeated_by(text) else text
