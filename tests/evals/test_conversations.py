"""Conversations: what the project's own suite holds, how turns are judged, what is reported."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from evals.__main__ import CONVERSATIONS, main
from evals.conversations import (
    ALL_RIGHT,
    Outcome,
    conversation_metrics,
    held,
    is_right,
    write_outcomes,
)
from evals.datasets import Conversation, Turn, load_conversations, read_corpus
from evals.match_rule import normalised, stands_in
from rag.dates import parse_as_of
from rag.errors import SuiteError
from rag.models import Answer, Citation, Message, Passage, Query, Status
from tests.conftest import article

AS_OF = parse_as_of("2026-10-12")
COUNTED = article("The crowd counted 8,412 people.")
PASSAGE = Passage("p", COUNTED, COUNTED.text, 0, len(COUNTED.text), ())
CITATION = Citation(1, PASSAGE, PASSAGE.text, 0, len(PASSAGE.text))


def said(text: str, *, status: Status = "answered", cited: bool = True) -> Answer:
    citations = (CITATION,) if cited else ()
    return Answer("?", text, status, (), citations, (), AS_OF, newest_source=None, confidence=1.0, model="told")


def declined(text: str = "I could not find an answer in the sources.") -> Answer:
    return said(text, status="not_found", cited=False)


@dataclass
class Told:
    """A Dateline that says what it is told, and keeps what it was asked with."""

    answers: list[Answer]
    histories: list[tuple[Message, ...]] = field(default_factory=list)
    as_ofs: list[datetime | None] = field(default_factory=list)

    def understand(self, question: str, *, history: Sequence[Message] = (), as_of: datetime | None = None) -> Query:
        return Query(f"{question} ({len(history)} messages)", as_of=as_of)

    def ask(self, question: str, *, history: Sequence[Message] = (), as_of: datetime | None = None) -> Answer:
        self.histories.append(tuple(history))
        self.as_ofs.append(as_of)
        return self.answers.pop(0)


def suite_in(folder: Path, *lines: str) -> Path:
    (folder / "suite.toml").write_text('name = "told"\n', "utf-8")
    (folder / "conversations.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_the_projects_conversations_have_four_turns_each_and_no_phrase_twice() -> None:
    conversations = load_conversations(CONVERSATIONS).conversations
    assert len(conversations) == 64
    assert {len(each.turns) for each in conversations} == {4}
    assert {each.as_of for each in conversations} == {AS_OF}
    asked = Counter(normalised(turn.question) for each in conversations for turn in each.turns)
    assert [question for question, count in asked.items() if count > 1] == []


def test_every_accepted_answer_stands_in_an_article_with_its_title_outlet_or_author() -> None:
    told = load_conversations(CONVERSATIONS)
    assert told.suite.corpus
    known = [
        normalised(text)
        for each in read_corpus(told.suite.corpus).articles
        for text in (each.text, each.title, each.source or "", each.url or "", *each.authors)
    ]
    turns = [turn for each in told.conversations for turn in each.turns if not turn.small_talk]
    invented = [
        (turn.question, answer)
        for turn in turns
        for answer in (*turn.answers, *turn.required)
        if not any(stands_in(answer, text) for text in known)
    ]
    assert invented == []


@pytest.mark.parametrize(
    ("turn", "problem"),
    [
        ({"question": "Who?"}, "says not what is right"),
        ({"question": "Who?", "answers": ["Aspel"], "answerable": False}, "is not answerable"),
        ({"question": "Who?", "answers": ["Aspel"], "at_least": 2}, "wants 2 of 1"),
        ({"question": "Who?", "answer": ["Aspel"]}, "turns.0.answer"),
    ],
)
def test_a_turn_that_does_not_say_what_is_right_is_named(tmp_path: Path, turn: dict[str, object], problem: str) -> None:
    line = json.dumps({"id": "c1", "turns": [{"kind": "opening", **turn}]})
    with pytest.raises(SuiteError, match="line 1") as caught:
        load_conversations(suite_in(tmp_path, line))
    assert problem in str(caught.value)


def test_an_id_is_used_once_and_an_empty_file_holds_no_conversation(tmp_path: Path) -> None:
    line = json.dumps({"id": "c1", "turns": [{"kind": "opening", "question": "hi", "small_talk": True}]})
    assert load_conversations(suite_in(tmp_path, line)).conversations[0].turns[0].small_talk
    with pytest.raises(SuiteError, match="'c1' was used before"):
        load_conversations(suite_in(tmp_path, line, line))
    with pytest.raises(SuiteError, match="holds no conversation"):
        load_conversations(suite_in(tmp_path))


@pytest.mark.parametrize(
    ("turn", "answer", "right"),
    [
        (Turn("ellipsis", "?", ("8,412",)), said("A crowd of 8412 came [1]."), True),
        (Turn("ellipsis", "?", ("8,412",)), said("A crowd of 84 came [1]."), False),
        (Turn("ellipsis", "?", ("8,412",)), said("A crowd of 8412 came.", cited=False), False),
        (Turn("ellipsis", "?", ("8,412",)), declined("Nothing; nearest: a crowd of 8,412."), False),
        (Turn("source", "?", ("Corrand Register",)), said("The Corrand Register.", cited=False), True),
        (Turn("two-part", "?", required=("Aspel", "11 goals")), said("Aspel, with 11 goals [1]."), True),
        (Turn("two-part", "?", required=("Aspel", "11 goals")), said("Aspel [1]."), False),
        (Turn("catch-up", "?", ("one", "two", "three"), at_least=2), said("One and three [1]."), True),
        (Turn("catch-up", "?", ("one", "two", "three"), at_least=2), said("One [1]."), False),
        (Turn("catch-up", "?", not_declined=True), said("Anything [1]."), True),
        (Turn("catch-up", "?", not_declined=True), declined(), False),
        (Turn("unanswerable", "?", answerable=False), declined(), True),
        (Turn("unanswerable", "?", answerable=False), said("The Mayor [1]."), False),
        (Turn("small-talk", "?", small_talk=True), said("You are welcome.", cited=False), True),
        (Turn("small-talk", "?", small_talk=True), said("A crowd came [1]."), False),
        (Turn("small-talk", "?", small_talk=True), declined(), False),
        (Turn("form", "?", not_declined=True, form="shorter"), said("Three words long [1]."), True),
        (Turn("form", "?", not_declined=True, form="shorter"), said("These are four words [1]."), False),
        (Turn("form", "?", not_declined=True, form="list"), said("- one [1]\n- two [1]"), True),
        (Turn("form", "?", not_declined=True, form="list"), said("One and two [1]."), False),
    ],
)
def test_a_turn_is_right_by_words_citations_and_form(turn: Turn, answer: Answer, right: bool) -> None:
    assert is_right(turn, answer, last=said("It had four words [1].")) is right


def test_a_quote_of_another_article_does_not_tell_the_source_of_the_last_answer() -> None:
    turn = Turn("source", "Source?", ("Corrand Register",))
    quoted = said("The Corrand Register: “The crowd counted 8,412 people.” [1]")
    elsewhere = replace(PASSAGE, article=article("Rain.", id="b"))
    assert is_right(turn, quoted, last=said("8,412 [1]."))
    assert not is_right(turn, quoted, last=replace(quoted, citations=(replace(CITATION, passage=elsewhere),)))
    assert not is_right(turn, quoted)


def test_the_history_is_what_was_really_asked_and_answered() -> None:
    turns = (Turn("opening", "Who won?", ("Larks",)), Turn("ellipsis", "How many watched?", ("8,412",)))
    told = Told([said("The Mariners [1]."), said("It was 8,412 [1].")])
    first, second = held(Conversation("c1", turns, AS_OF), told)
    assert told.histories == [(), (Message("user", "Who won?"), Message("assistant", "The Mariners [1]."))]
    assert told.as_ofs == [AS_OF, AS_OF]
    assert (first.right, second.right) == (False, True)
    assert (second.position, second.understood) == (2, "How many watched? (2 messages)")


def outcome(conversation: str, position: int, kind: str, *, right: bool) -> Outcome:
    return Outcome(conversation, position, kind, "?", "?", "!", "answered", right)


def test_shares_are_of_positions_kinds_and_whole_conversations() -> None:
    outcomes = [
        outcome("c1", 1, "opening", right=True),
        outcome("c1", 2, "pronoun", right=True),
        outcome("c2", 1, "opening", right=True),
        outcome("c2", 2, "pronoun", right=False),
        outcome("c3", 1, "opening", right=False),
        outcome("c3", 2, "time", right=True),
    ]
    metrics = conversation_metrics(outcomes)
    shares = {name: (round(share.value, 3), share.n) for name, share in metrics.items()}
    assert shares == {
        "turns": (0.667, 6),
        "turn 1": (0.667, 3),
        "turn 2": (0.667, 3),
        "kind: opening": (0.667, 3),
        "kind: pronoun": (0.5, 2),
        "kind: time": (1.0, 1),
        ALL_RIGHT: (0.333, 3),
    }
    assert metrics == conversation_metrics(outcomes)
    assert metrics[ALL_RIGHT].low < metrics[ALL_RIGHT].value < metrics[ALL_RIGHT].high


def test_every_turn_is_written_as_a_line(tmp_path: Path) -> None:
    write_outcomes(tmp_path / "new" / "turns.jsonl", [outcome("c1", 1, "opening", right=True)])
    line = json.loads((tmp_path / "new" / "turns.jsonl").read_text("utf-8"))
    assert line["right"] is True
    assert {"question", "understood", "answer", "kind", "position"} <= set(line)


def test_the_command_prints_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = [outcome("c1", 1, "opening", right=True), outcome("c1", 2, "pronoun", right=False)]
    monkeypatch.setattr("evals.__main__.run_conversations", lambda *_: answered)
    out = tmp_path / "turns.jsonl"
    assert main(["conversations", "--data", str(tmp_path), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[ALL_RIGHT]["value"] == 0.0
    assert len(out.read_text("utf-8").splitlines()) == 2
    assert main(["conversations", "--data", str(tmp_path)]) == 0
    assert ALL_RIGHT in capsys.readouterr().out
