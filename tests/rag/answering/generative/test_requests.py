"""What a reader may ask for beside a fact is written by the model, too; every request to it is counted and named."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from rag.answering.base import PassageSpan
from rag.answering.generative.answerer import GenerativeAnswerer
from rag.answering.verification import EvidenceVerifier
from rag.engine import Dateline
from rag.indexes.chunking import passages_of
from rag.library.library import Library
from rag.messages import LANGUAGES, NOT_FOUND, in_language, without_notices
from rag.models import Answer, GeneratedAnswer, Hit, Message, Query, TextDelta
from tests.conftest import article
from tests.openai_server import Script, openai_server
from tests.rag.answering.generative.test_model_judge import Quotes, Replies
from tests.rag.asking import WHO, check_quotes, generating
from tests.rag.reading.readers import ToldReader

WORDS = in_language()
TURNOUT = "Turnout was 364 of 412 members"
CONVERSATION = (
    Message("user", "When was the Heron-2 satellite launched?"),
    Message("assistant", "Heron-2 was launched on 7 October. [1]"),
)
COURIER = article("The council moved 1,240 people out of the town.", id="courier", source="The Ouldan Courier")
REGISTER = article("The directorate moved 1,900 people out of the town.", id="register", source="Saltmere Register")
HITS = [Hit(passages_of(each)[0], 1.0, rank) for rank, each in enumerate((COURIER, REGISTER), 1)]
QUERY = Query("How many people were moved?")
SIDES = tuple((hit.passage, hit.passage.sentences[0]) for hit in HITS)


@pytest.fixture
def server() -> Iterator[Script]:
    with openai_server() as script:
        script.whole = "-"
        yield script


def turnout_number(server: Script, dateline: Dateline, question: str, history: Sequence[Message] = ()) -> int:
    """The number that the passage on the turnout has in the prompt."""
    server.reply = NOT_FOUND
    dateline.ask(question, history=history)
    passages = server.prompt.split("\n\n[")[1:]
    return next(int(each.split("]")[0]) for each in passages if TURNOUT in each)


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("Sum up the Skerrin ferry strike.", "Task: Summarize what the passages say on this"),
        ("How did the Skerrin ferry dispute develop?", "beginning with its date, the oldest first"),
        ("What do the outlets disagree on about the Skerrin ferry deal?", "Task: Tell on what the outlets differ"),
    ],
)
def test_what_is_more_than_a_fact_is_written_by_the_model_under_the_same_checks(
    sample_library: Library, server: Script, question: str, task: str
) -> None:
    dateline = generating(sample_library, server)
    number = turnout_number(server, dateline, question)
    server.reply = f"- {TURNOUT} [{number}].\n- Turnout was 999 of 412 members [{number}]."
    answer = dateline.ask(question)
    asked = str(next(each["messages"][-1]["content"] for each in server.requests[::-1] if each.get("stream")))
    assert task in asked.split("Question: ")[1]
    assert (answer.model, answer.status) == ("scripted", "answered")
    assert [claim.support for claim in answer.claims[:2]] == ["verified", "unverified"]
    check_quotes(answer)


def test_tell_me_more_is_written_by_the_model_which_sees_what_was_told(sample_library: Library, server: Script) -> None:
    dateline = generating(sample_library, server)
    history = (
        Message("user", WHO),
        Message("assistant", f"Osric Tanbery, a retired appeal judge, drew it up. [1] ({WORDS('not_verified')})"),
    )
    number = turnout_number(server, dateline, "Tell me more about that.", history)
    server.reply = f"- {TURNOUT} [{number}]."
    answer = dateline.ask("Tell me more about that.", history=history)
    assert (answer.model, answer.claims[0].support) == ("scripted", "verified")
    sent = next(each["messages"] for each in server.requests[::-1] if each.get("stream"))
    assert "Leave out what the conversation has told already" in sent[-1]["content"]
    assert {"role": "assistant", "content": "Osric Tanbery, a retired appeal judge, drew it up."} in sent


def test_the_sources_of_an_answer_are_quoted_whoever_wrote_it(sample_library: Library, server: Script) -> None:
    history = (Message("user", WHO), Message("assistant", "Osric Tanbery, a retired appeal judge, drew it up. [1]"))
    answer = generating(sample_library, server).ask("What is your source for that?", history=history)
    assert (answer.model, answer.text.startswith(WORDS("source_of_answer"))) == ("quotes", True)
    assert server.requests == []


def test_where_the_model_writes_nothing_that_holds_the_list_of_quotes_stands(
    sample_library: Library, server: Script
) -> None:
    server.reply = "Well, as everyone knows, it was long."
    answer = generating(sample_library, server).ask("Sum up the Skerrin ferry strike.")
    assert (answer.model, answer.notes) == ("quotes", (WORDS("model_uncheckable"),))
    assert len(answer.claims) > 1


def answered(draft: str, *, query: Query = QUERY, drops: bool = False) -> tuple[GeneratedAnswer, str]:
    def differences(query: Query, hits: Sequence[Hit]) -> Sequence[Sequence[PassageSpan]]:
        return [SIDES]

    answerer = GenerativeAnswerer(
        Replies(draft),
        verifier=EvidenceVerifier(ToldReader({})),
        fallback=Quotes(),
        differences=differences,
        evidence_tokens=500,
        drops_unverified=drops,
    )
    *released, whole = answerer.answer(query, HITS, ())
    assert isinstance(whole, GeneratedAnswer)
    return whole, "".join(event.text for event in released if isinstance(event, TextDelta))


@pytest.mark.parametrize("drops", [False, True])
def test_an_outlet_that_the_model_leaves_out_is_quoted_below(drops: bool) -> None:
    whole, streamed = answered("The council moved 1,240 people out of the town [1].", drops=drops)
    first, remark, other = whole.text.split("\n\n")
    assert first == "The council moved 1,240 people out of the town. [1]"
    assert remark == WORDS("others_differ")
    assert other.startswith("Saltmere Register, 5 September 2026: “The directorate moved 1,900")
    assert whole.conflicts == ((1, 2),)
    assert [claim.checked_by for claim in whole.claims] == ["quote", "quote"]
    assert streamed == whole.text


def test_with_drop_the_other_outlets_stand_alone_where_the_models_claim_was_left_out() -> None:
    whole, _ = answered("The council moved 1,240 horses and their riders out of the town [1].", drops=True)
    assert whole.text.startswith("Saltmere Register, 5 September 2026: “The directorate moved 1,900")
    assert (whole.conflicts, len(whole.claims)) == ((), 1)


def test_outlets_that_the_model_sets_against_each_other_are_flagged() -> None:
    both = "The council moved 1,240 people out of the town [1]. The directorate moved 1,900 people out of the town [2]."
    whole, _ = answered(both)
    assert whole.text.count("\n\n") == 0
    assert whole.conflicts == ((1, 2),)


@pytest.mark.parametrize("draft", [NOT_FOUND, "The council met in the town hall of the town [1]."])
def test_an_answer_to_something_else_is_not_disputed(draft: str) -> None:
    whole, _ = answered(draft)
    assert (whole.conflicts, WORDS("others_differ") in whole.text) == ((), False)


def test_a_decline_asks_what_a_misspelt_question_meant() -> None:
    readings = ("Who owns the mill?", "Who owns the mall?")
    whole, streamed = answered("The passages do not say.", query=Query("Who owns the mull?", readings=readings))
    assert whole.text == streamed == f"{NOT_FOUND} {WORDS('did_you_mean', readings=WORDS.any_of(readings))}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_dateline_says_of_an_answer_does_not_go_back_to_the_model(
    sample_library: Library, server: Script, language: str
) -> None:
    words = in_language(language)
    notices = [
        words("taken_as", question="Who drew it up?"),
        words("stale_sources", date=datetime(2022, 6, 12, tzinfo=UTC)),
        words("sources_differ"),
        f"Osric Tanbery did. [1] ({words('not_verified')})",
        words("unmentioned", names=words.any_of(("Tandery", "Heron-3"))),
        words("unanswered", parts=" ".join(map(words.quoted, ("Why?", "When?")))),
    ]
    asked_back = words("did_you_mean", readings=words.any_of(("Who?", "Whose?")))
    history = [
        Message("user", WHO),
        Message("assistant", "\n\n".join(notices)),
        Message("user", "And how high is the bridge?"),
        Message("assistant", f"{NOT_FOUND} {words('closest_match', quote='The Ouldan Courier: “It is old.” [1]')}"),
        Message("user", "And how old is Tanbery?"),
        Message("assistant", f"{NOT_FOUND} {asked_back}"),
    ]
    server.reply = NOT_FOUND
    generating(sample_library, server).ask("When was the Heron-2 satellite launched?", history=history)
    sent = [each["content"] for each in server.requests[-1]["messages"] if each["role"] == "assistant"]
    assert sent == ["Osric Tanbery did.", f"{NOT_FOUND} The Ouldan Courier: “It is old.”", NOT_FOUND]


def test_an_answer_without_notices_is_left_as_it_is() -> None:
    answer = "- It is old. [1]\n\n- It was “closed (at midnight)”. [2]"
    assert without_notices(answer) == answer


def test_every_request_of_an_answer_is_counted_and_named(sample_library: Library, server: Script) -> None:
    dateline = generating(sample_library, server)
    server.reply = NOT_FOUND
    server.whole = "How heavy is the Heron-2 satellite?"
    declined = dateline.ask("How heavy is it?", history=CONVERSATION)
    assert [purpose for purpose, _ in declined.usage.requests] == ["follow_up", "draft"]
    number = next(hit.rank for hit in dateline.search(WHO) if "retired appeal judge" in hit.passage.text)
    server.reply = f"Osric Tanbery, a judge who is retired, wrote it [{number}]. He was given 9,999 crowns [{number}]."
    asked = len(server.requests)
    answer = dateline.ask(WHO)
    assert [purpose for purpose, _ in answer.usage.requests] == ["draft", "judgement", "rewriting"]
    assert len(server.requests) - asked == 3
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (33, 21)


def test_requests_are_counted_where_quotes_answer_instead(sample_library: Library, server: Script) -> None:
    server.reply = "It was the judge, as everyone knows."
    answer: Answer = generating(sample_library, server).ask(WHO)
    assert (answer.model, [purpose for purpose, _ in answer.usage.requests]) == ("quotes", ["draft"])
    assert answer.usage.prompt_tokens == 11
