"""What a reader says who does not ask for one fact, and what a follow-up leaves to the conversation."""

from datetime import UTC, datetime

import pytest

from rag.answering.evidence_search import HITS
from rag.engine import Dateline, dateline_over
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.messages import NOT_FOUND, in_language
from rag.models import Filters, Intent, Message
from rag.query.context import needs_context
from rag.query.intents import IntentExamples
from rag.query.parsing import ExampleQueryParser
from rag.settings import Settings
from tests.openai_server import openai_server

WORDS = in_language()

NOW = datetime(2026, 10, 11, 12, tzinfo=UTC)

INTENTS = IntentExamples(LocalEmbedding())
understand = ExampleQueryParser(INTENTS).parse


@pytest.fixture(scope="module")
def dateline(sample_library: Library) -> Dateline:
    return dateline_over(sample_library, Settings())


@pytest.mark.parametrize(
    ("said", "intent", "subject"),
    [
        ("Hello!", "greeting", None),
        ("good morning", "greeting", None),
        ("Thanks a lot.", "thanks", None),
        ("ok thanks bye", "thanks", None),
        ("news about handball", "summary", "handball"),
        ("What can you do?", "abilities", None),
        ("Which sources do you have?", "abilities", None),
        ("What happened in Brackenford?", "summary", "Brackenford"),
        ("What sources do you have?", "abilities", None),
        ("What's new today?", "news", None),
        ("What happened this week?", "news", None),
        ("Give me today's top headlines", "news", None),
        ("Summarise this week", "news", None),
        ("Summarise this week on the ferries", "summary", "ferries"),
        ("Please give me a summary of the rail strike", "summary", "rail strike"),
        ("What's the latest on Heron-2?", "summary", "Heron-2"),
        ("How did the ferry dispute develop?", "development", "ferry"),
        ("Give me a timeline of the flood", "development", "flood"),
        ("What happened to the marionettes?", "question", None),
        ("What is the latest unemployment figure?", "question", None),
        ("How did the flood start?", "question", None),
        ("How do you treat Legionnaires' disease?", "question", None),
        ("Who is the new director of the museum?", "question", None),
        ("What was the source for that?", "source", None),
        ("How do you know?", "source", None),
        ("What is the source of the Ouldan?", "question", None),
        ("ferry strike", "summary", "ferry strike"),
        ("asdf", "summary", "asdf"),
        ("ok", "thanks", None),
        ("tell me more", "more", None),
        ("Heron-2?", "question", None),
        ("and Germany", "question", None),
    ],
)
def test_what_a_reader_wants_is_told_from_the_words(said: str, intent: Intent, subject: str | None) -> None:
    wish = INTENTS.wish(said, after_answer=True)
    assert wish.intent == intent
    assert wish.subject == (said if intent == "question" else subject or "")


def test_without_a_conversation_there_is_no_answer_to_give_the_source_of() -> None:
    assert INTENTS.wish("What was the source for that?", after_answer=False).intent == "question"


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("Summarise this article", "article"),
        ("What is it about?", "article"),
        ("Please summarise it for me.", "article"),
        ("What does the story say?", "article"),
        ("What happened?", "article"),
        ("Explain the sluice gate", "summary"),
        ("What is this dam about?", "summary"),
        ("Who summarised the report?", "question"),
        ("Thanks!", "thanks"),
    ],
)
def test_on_an_articles_page_a_reader_may_want_the_whole_of_it(said: str, intent: Intent) -> None:

    assert understand(said, (), as_of=NOW, filters=Filters(articles=("a",))).intent == intent
    assert understand(said, (), as_of=NOW).intent != "article"


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("How heavy is it?", True),
        ("And Germany?", True),
        ("What about Germany?", True),
        ("Why?", True),
        ("Who resigned this week?", True),  # two words of content: too short to stand alone
        ("Which minister of the coalition resigned this week?", False),
        ("Is it true that two thousand people died in the flood?", False),
        ("Where did the ship that sank come from?", False),
        ("What does that mean?", True),
        ("Who found them?", True),
        ("When did Heron-2 leave its orbit?", False),  # its: Heron-2's
        ("What will it cost to turn the granary into a library?", False),
        ("Why did the judge of the ferry dispute resign?", False),
        ("Heron-2?", False),
        ("Was anyone hurt?", True),
        ("ferry", False),
        ("asdf", False),
    ],
)
def test_a_follow_up_is_told_from_a_question_that_stands_alone(question: str, needs: bool) -> None:
    assert needs_context(question) is needs


def test_names_of_a_quoted_answer_are_carried_but_not_its_outlets_dates_and_datelines() -> None:
    said = "The Courier, 7 October 2026: “CAPE ORLAN, 7 October (Northlight) - Jorun Aspel scored on Friday.” [1]"
    history = [Message("user", "who scored?"), Message("assistant", said)]
    query = understand("How old is she?", history, as_of=NOW, outlets=("The Courier",))
    assert query.question == "How old is she? (scored, Jorun Aspel)"
    declined = [Message("user", "who scored?"), Message("assistant", f"{NOT_FOUND} Closest match: {said}")]
    assert "Aspel" not in understand("How old is she?", declined, as_of=NOW).question
    respelled = [declined[0], Message("assistant", f"Taken as: “who scored?”\n\n{declined[1].content}")]
    assert "Aspel" not in understand("How old is she?", respelled, as_of=NOW).question


def test_a_summary_carries_over_only_what_it_points_to() -> None:
    history = [Message("user", "When was the Heron-2 satellite launched?"), Message("assistant", "On 7 October. [1]")]
    assert understand("Tell me about the ferries", history, as_of=NOW).question == "ferries"
    assert understand("Tell me about it", history, as_of=NOW).question.endswith("(Heron-2)")


def test_what_a_question_left_out_itself_is_carried_on() -> None:
    history = [
        Message("user", "Is the Skerrin ferry dispute over?"),
        Message("assistant", "Yes. [1]"),
        Message("user", "How big is the rise?"),
        Message("assistant", "The crews accepted 5.8 per cent. [1]"),
    ]
    assert understand("What else did they get?", history, as_of=NOW).question == "What else did they get? (Skerrin)"


def test_a_follow_up_is_answered_from_the_last_answers_story_and_says_how_it_was_worded(dateline: Dateline) -> None:
    said = "The Corrand Register, 11 October 2026: “Then Jorun Aspel, the Larks' left back, scored five in a row” [1]"
    history = [Message("user", "who scored five times in the cup final?"), Message("assistant", said)]
    answer = dateline.ask("And was she hurt?", history=history)
    assert "dislocated finger" in answer.text
    assert WORDS("understood_as", question="Was Jorun Aspel hurt?") in answer.notes
    assert len({hit.passage.id for hit in answer.hits}) == HITS
    assert not any(
        note.startswith(WORDS("understood_as", question="")[:-1]) for note in dateline.ask("Who is Jorun Aspel?").notes
    )


FLOOD = [Message("user", "How many people fled the Brackenford flood?"), Message("assistant", "“1,240 people” [1]")]


@pytest.mark.parametrize("said", ["the", "?!...", "it", "Why?", "Why did they do it?"])
def test_what_says_too_little_is_asked_back(said: str, dateline: Dateline) -> None:
    answer = dateline.ask(said)
    assert (answer.text, answer.status) == (WORDS("unclear"), "not_found")
    assert not answer.hits


def test_a_short_question_does_not_take_over_the_subject_before(dateline: Dateline) -> None:
    assert dateline.ask("asdf", history=FLOOD).status == "not_found"
    elsewhere = dateline.ask("Who won the chess olympiad?", history=FLOOD)
    assert elsewhere.status == "not_found"
    assert dateline.ask("ferry", history=FLOOD).text.startswith(WORDS("summary"))
    alone = dateline.ask("What is legionella?", history=FLOOD)
    assert "bacterium legionella" in alone.text
    within = dateline.ask("How much will the damage cost?", history=FLOOD)
    assert "million crowns" in within.text


def test_more_on_the_same_is_a_list_of_what_the_sources_say(dateline: Dateline) -> None:
    history = [Message("user", "When was the Heron-2 satellite launched?"), Message("assistant", "On 7 October. [1]")]
    answer = dateline.ask("tell me more", history=history)
    assert answer.text.startswith(WORDS("summary"))
    assert all("Heron" in one.passage.article.text for one in answer.citations)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("wen did the skerin fery strik end", "when did the Skerrin ferry strike end"),
        ("libary cost", "library cost"),
        ("Hron-2 lanch when", "Heron-2 launch when"),
    ],
)
def test_a_misspelt_question_is_answered_and_says_how_it_was_read(said: str, meant: str, dateline: Dateline) -> None:
    answer, plain = dateline.ask(said), dateline.ask(meant)
    assert answer.status == "answered"
    read_as, quotes = answer.text.split("\n\n", 1)
    assert read_as == WORDS("taken_as", question=meant)
    assert plain.text.startswith(quotes)  # the reading counts among the most words of an answer
    assert (answer.question, answer.read_as) == (said, meant)
    assert (plain.read_as, plain.readings) == ("", ())


def test_a_follow_up_after_a_misspelt_question_knows_its_names(dateline: Dateline) -> None:
    history = [Message("user", "wen was the hron-2 satelite launched"), Message("assistant", "On 7 October. [1]")]
    assert "heron-2" in dateline.understand("How heavy is it?", history=history).question


def test_a_comparison_is_answered_side_by_side(dateline: Dateline) -> None:
    both = understand("What is the difference between the union's demand and the offer?", (), as_of=NOW)
    assert both.parts == ("the union's demand", "the offer")
    answer = dateline.ask("Compare the Heron-2 satellite with the volcano Eyjafjallajökull")
    assert answer.status == "partial"
    assert answer.text.endswith("“the volcano Eyjafjallajökull”")


def test_small_talk_is_passed_over_when_a_follow_up_looks_back() -> None:
    history = [
        Message("user", "When was the Heron-2 satellite launched?"),
        Message("assistant", "On 7 October. [1]"),
        Message("user", "thanks!"),
        Message("assistant", WORDS("welcome")),
    ]
    assert understand("How heavy is it?", history, as_of=NOW).question == "How heavy is it? (Heron-2)"


def test_a_question_for_several_things_is_taken_apart() -> None:
    query = understand("When did the Ouldan peak, and how high was it? ", (), as_of=NOW)
    assert query.parts == ("When did the Ouldan peak", "how high was it? (Ouldan)")
    assert understand("Who won and lost?", (), as_of=NOW).parts == ()
    assert understand("What did they say about when and where to meet?", (), as_of=NOW).parts == ()


def test_greetings_are_answered_without_a_search(dateline: Dateline) -> None:
    assert dateline.ask("Hello").text == WORDS("hello")
    able = dateline.ask("What can you do?")
    assert "18 articles" in able.text
    assert not able.citations
    assert not able.hits


def test_the_news_are_the_newest_articles_of_the_time_asked_about(dateline: Dateline) -> None:
    answer = dateline.ask("What's new this week?")
    assert answer.text.startswith(WORDS("news"))
    dates = [citation.passage.article.published_at for citation in answer.citations]
    known = [date.at for date in dates if date]
    assert known == sorted(known, reverse=True)
    assert len(known) == len(dates)
    assert min(known) >= datetime(2026, 10, 5, tzinfo=UTC)
    earlier = dateline.ask("What's new?", as_of=datetime(2026, 9, 6, 23, tzinfo=UTC))
    assert all(str(one.passage.article.published_at) < "2026-09-07" for one in earlier.citations)
    assert len(earlier.citations) >= 2


def test_a_summary_quotes_each_story_once_and_nothing_else(dateline: Dateline) -> None:
    answer = dateline.ask("Summarise the news on Heron-2")
    assert answer.text.startswith(WORDS("summary"))
    stories = [one.passage.article.cluster_id or one.passage.article.id for one in answer.citations]
    assert len(stories) == len(set(stories)) >= 2
    assert all("Heron" in one.passage.article.text for one in answer.citations)
    assert dateline.ask("Summarise the news on volcanoes in Iceland").status == "not_found"


def test_a_development_is_a_dated_list_oldest_first(dateline: Dateline) -> None:
    answer = dateline.ask("How did the Skerrin ferry dispute develop?")
    assert answer.text.startswith(WORDS("course"))
    dates = [one.passage.article.published_at for one in answer.citations]
    known = [date.at for date in dates if date]
    assert known == sorted(known)
    assert len(known) == len(dates) >= 3


def test_the_source_of_an_answer_is_what_the_answer_rested_on(dateline: Dateline) -> None:
    question = "When was the Heron-2 satellite launched?"
    first = dateline.ask(question)
    history = [Message("user", question), Message("assistant", first.text)]
    answer = dateline.ask("What was the source for that?", history=history)
    assert answer.text.startswith(WORDS("source_of_answer"))
    quotes = [one.quote for one in answer.citations]
    # The words above them may take the room of the last quote.
    assert quotes == [one.quote for one in first.citations][: len(quotes)] != []
    article = answer.citations[0].passage.article
    assert f"“{article.title}”" in answer.text
    assert all(author in answer.text for author in article.authors)


def test_sources_are_quoted_even_where_a_model_answers(sample_library: Library, dateline: Dateline) -> None:
    question = "When was the Heron-2 satellite launched?"
    history = [Message("user", question), Message("assistant", dateline.ask(question).text)]
    with openai_server() as server:
        settings = Settings(OPENAI_BASE_URL=server.url, chat_model="scripted", request_seconds=5)
        answer = dateline_over(sample_library, settings).ask("Source?", history=history)
        assert not server.requests
    assert answer.text.startswith(WORDS("source_of_answer"))


def test_what_is_answered_in_part_says_which_part_is_not(dateline: Dateline) -> None:
    answer = dateline.ask("When was the Heron-2 satellite launched, and who won the chess olympiad in Budapest?")
    assert answer.status == "partial"
    assert answer.text.endswith("The sources do not answer: “who won the chess olympiad in Budapest?”")
    assert answer.citations


def test_what_the_question_takes_for_granted_and_nothing_mentions_is_said_first(dateline: Dateline) -> None:
    answer = dateline.ask("When was the Heron-2 satellite of Zubrowka launched?")
    assert answer.status == "answered"
    assert answer.text.startswith("Nothing that was found mentions “Zubrowka”.")


def test_what_happened_elsewhere_is_no_answer(dateline: Dateline) -> None:
    assert dateline.ask("When was the Heron-2 satellite launched from Paris?").status == "not_found"


def test_a_misspelt_question_is_answered(dateline: Dateline) -> None:
    answer = dateline.ask("how many peple were evacuted from Brakenford")
    assert {"1,240", "1,560", "1,900"} & {words for claim in answer.claims for words in claim.answering}


def test_a_reason_for_what_did_not_happen_is_not_given(dateline: Dateline) -> None:
    answer = dateline.ask("Why did the Bank of Corrand raise its key rate in September?")
    assert not any("raise" in " ".join(claim.answering) for claim in answer.claims)
    assert not dateline.ask("Why did the Bank of Corrand cut its key rate?").text.startswith("The sources do not")


def test_a_figure_that_changed_is_a_development_not_a_conflict(dateline: Dateline) -> None:
    answer = dateline.ask("How many sailings a day are there between Port Sellin and Skerrin?")
    assert answer.text.startswith(WORDS("figures_over_time"))
    assert answer.conflicts == ()
    assert ["12 sailings" in answer.citations[0].quote, "22 sailings" in answer.citations[-1].quote] == [True, True]


def test_who_asks_what_an_author_says_is_answered_from_the_author(dateline: Dateline) -> None:
    answer = dateline.ask("What does columnist Calla Winterbourne want guaranteed for islanders during ferry strikes?")
    assert {one.passage.article.authors for one in answer.citations} == {("Calla Winterbourne",)}


def test_a_definition_says_what_it_is(dateline: Dateline) -> None:
    assert "is a severe form of pneumonia" in dateline.ask("What is Legionnaires' disease?").citations[0].quote
    assert "the Larks' left back" in dateline.ask("Who is Jorun Aspel?").citations[0].quote


def test_a_corrected_figure_is_not_quoted(dateline: Dateline) -> None:
    answer = dateline.ask("What will it cost to turn the old granary on Barge Quay into a library?")
    assert "8.6 million" in answer.text
    assert not any("6.8 million" in one.quote for one in answer.citations)
    asked_for = dateline.ask("What wrong figure had the Courier given for the granary on Barge Quay?")
    assert "6.8 million" in asked_for.text


ASKED = "How heavy is Heron-2?"


@pytest.fixture(scope="module")
def weighed(dateline: Dateline) -> list[Message]:
    return [Message("user", ASKED), Message("assistant", dateline.ask(ASKED).text)]


def test_the_answer_before_is_given_again_with_its_sources_shorter_or_as_a_list(
    dateline: Dateline, weighed: list[Message]
) -> None:
    before = dateline.ask(ASKED)
    source = dateline.ask("Which article is that from?", history=weighed)
    assert source.text.startswith(WORDS("source_of_answer"))
    assert source.citations[0].passage.article.id == before.citations[0].passage.article.id
    shorter = dateline.ask("shorter please", history=weighed)
    assert len(shorter.claims) == 1
    assert "640 kilograms" in shorter.claims[0].text
    assert len(shorter.text.split()) < len(before.text.split())
    listed = dateline.ask("as a list", history=weighed)
    assert all(f"- {claim.text}" in listed.text for claim in listed.claims)


def test_another_outlet_is_asked_the_same(dateline: Dateline, weighed: list[Message]) -> None:
    named = dateline.understand("And what about the Courier?", history=weighed)
    assert (named.question, named.filters.sources) == (ASKED, ("The Ouldan Courier",))
    others = dateline.understand("Does anyone say otherwise?", history=weighed)
    assert others.question == ASKED
    assert others.filters.sources
    assert not any(outlet in weighed[1].content for outlet in others.filters.sources)


@pytest.mark.parametrize(
    "said",
    ["Is that what Northlight wrote too?", "how did Northlight have it?"],
)
def test_an_outlet_is_asked_the_question_before_in_other_words_too(
    said: str, dateline: Dateline, weighed: list[Message]
) -> None:
    named = dateline.understand(said, history=weighed)
    assert (named.question, named.filters.sources) == (ASKED, ("Northlight News Agency",))


def test_the_outlet_of_the_question_before_gives_way_to_the_other(dateline: Dateline) -> None:
    said = "How many people did the Courier say were evacuated from Brackenford?"
    history = [Message("user", said), Message("assistant", dateline.ask(said).text)]
    query = dateline.understand("what about the Register?", history=history)
    assert query.question == "How many people did The Corrand Register say were evacuated from Brackenford?"
    assert query.filters.sources == ("The Corrand Register",)


def test_an_agencys_report_is_told_as_that_of_the_outlet_that_was_asked_for(dateline: Dateline) -> None:
    asked = "What did the Courier report about the interest rate?"
    history = [Message("user", asked), Message("assistant", dateline.ask(asked).text)]
    source = dateline.ask("Where did you read that?", history=history)
    assert {citation.passage.article.source for citation in source.citations} == {"The Ouldan Courier"}


def test_a_summary_is_given_as_a_list_or_shorter(dateline: Dateline) -> None:
    asked = "Catch me up on Heron-2"
    summary = dateline.ask(asked)
    history = [Message("user", asked), Message("assistant", summary.text)]
    listed = dateline.ask("the same in bullet points", history=history)
    assert listed.text.count("\n\n- ") == len(summary.citations) > 1
    assert dateline.ask("everything on Heron-2 in bullet points").text == listed.text
    shorter = dateline.ask("in one sentence please", history=history)
    assert len(shorter.citations) == 1


def test_opinion_pieces_on_a_subject_are_named_with_their_authors(dateline: Dateline) -> None:
    answer = dateline.ask("Is there a column about the boats to Skerrin?")
    assert "“Nobody should need permission to leave home”. By Calla Winterbourne" in answer.text
    assert {citation.passage.article.kind for citation in answer.citations} == {"opinion"}


def test_how_to_judge_what_was_told_is_asked_of_those_who_are_quoted() -> None:
    history = [Message("user", "Did Orrin sell its dam?"), Message("assistant", "Yes, on Friday. [1]")]
    query = understand("Is that a good thing?", history, as_of=NOW)
    assert query.question == "Who praised it, and who criticised it? (Orrin)"
    assert query.filters.kinds == ()


@pytest.mark.parametrize(
    ("said", "language"), [("auf Deutsch bitte", "de"), ("can you say that in Spanish?", "es"), ("in Italian", "it")]
)
def test_an_answer_in_another_language_has_its_own_words_in_it(
    said: str, language: str, dateline: Dateline, weighed: list[Message]
) -> None:
    answer = dateline.ask(said, history=weighed)
    words = in_language(language if language != "it" else "en")
    assert dateline.understand(said, history=weighed).in_language == language
    assert answer.text.startswith(words("untranslated"))
    assert "640 kilograms" in answer.text


def test_a_question_in_a_language_that_the_library_lacks_is_answered_in_it(dateline: Dateline) -> None:
    answer = dateline.ask("Wie lange dauerte der Streik der Fährleute auf der Insel?")
    assert answer.text.startswith(in_language("de")("untranslated"))
    assert not dateline.understand("Who is Oriel Stanmark of the Mariners?").in_language


def test_who_said_it_is_asked_with_what_was_said(dateline: Dateline) -> None:
    history = [Message("user", "What about the rent?"), Message("assistant", "The Mail: “Rent rose three times.” [1]")]
    assert dateline.understand("Who said that?", history=history).question == "Who said: Rent rose three times."


@pytest.mark.parametrize(
    "question", ["What do the outlets disagree on about the flood?", "Where do the papers differ on the flood?"]
)
def test_points_on_which_outlets_differ_are_quoted_in_pairs(dateline: Dateline, question: str) -> None:
    answer = dateline.ask(question)
    assert answer.text.startswith(WORDS("differences"))
    outlets = {citation.marker: citation.passage.article.source for citation in answer.citations}
    assert answer.conflicts
    for pair in answer.conflicts:
        assert len({outlets[marker] for marker in pair}) == len(pair) == 2
    assert ["38 million crowns" in answer.text, "54 million crowns" in answer.text] == [True, True]


def test_outlets_that_agree_are_said_to(dateline: Dateline) -> None:
    answer = dateline.ask("Where do the papers differ on the ferry strike?")
    assert answer.text.startswith(WORDS("no_differences"))
    assert answer.conflicts == ()


def test_what_was_corrected_is_quoted_with_what_is_right(dateline: Dateline) -> None:
    answer = dateline.ask("Were there any corrections to the stories about the library?")
    assert answer.text.startswith(WORDS("corrections"))
    assert "6.8 million" in answer.text
    assert "8.6 million" in answer.text


def test_as_of_when_it_answers_is_said(dateline: Dateline) -> None:
    assert "11 October 2026" in dateline.ask("What is today's date?", as_of=NOW).text
