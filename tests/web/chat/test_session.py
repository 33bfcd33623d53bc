"""What the server remembers of a chat, and for how long."""

from rag.messages import in_language
from web.chat.session import (
    Conversation,
    Stop,
    end_answer,
    undo_last,
    with_answer,
    with_end_note,
    with_failure,
    with_note,
)
from web.chat.session import with_question as begun_until

WORDS = in_language()


def with_question(conversation: Conversation, question: str, *, shown: bool) -> Conversation:
    return begun_until(conversation, question, WORDS, shown=shown, stop=Stop())


def told(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in conversation.messages]


def test_a_question_is_being_answered_as_soon_as_it_is_asked() -> None:
    shown = with_question(Conversation(), "Who?", shown=False).shown
    assert [message["role"] for message in shown] == ["user", "assistant"]
    assert "looking through the articles" in shown[1]["content"]


def test_sources_stand_with_their_answer_as_long_as_it_is_among_the_last() -> None:
    conversation = Conversation()
    for number in range(8):
        conversation = with_question(conversation, f"number {number}", shown=bool(number))
        conversation = with_answer(conversation, f"answer {number}", sources=f"source {number}")
    replies = [message["content"] for message in conversation.shown if message["role"] == "assistant"]
    held = [number for number in range(8) if f"source {number}" in replies[number]]
    assert held == [2, 3, 4, 5, 6, 7]
    assert all(f'id="answer-{number + 1}"' in reply for number, reply in enumerate(replies))


def test_what_is_said_takes_the_place_of_what_was_said_before_it() -> None:
    conversation = with_answer(with_answer(with_question(Conversation(), "Who?", shown=False), "Perhaps"), "She.")
    assert told(conversation) == [("user", "Who&#63;"), ("assistant", "She.")]


def test_each_question_has_a_number_of_its_own_also_after_one_that_failed_or_was_stopped() -> None:
    conversation = with_failure(with_question(Conversation(), "Who?", shown=False), "no such date")
    conversation = with_answer(with_question(conversation, "When?", shown=True), "1066", progress="reading")
    assert conversation.shown[-1]["content"].endswith('1066<p class="making">reading …</p></div></div>')
    conversation = with_end_note(conversation, "Ended")
    assert "making" not in conversation.shown[-1]["content"]
    conversation = with_question(conversation, "Where?", shown=True)
    assert conversation.asked == 3
    assert [role for role, _ in told(conversation)] == ["user", "assistant"] * 2 + ["user"]
    assert told(conversation)[3][1].startswith('1066<p class="note"')


def test_a_question_without_an_answer_is_taken_back_with_what_was_said_to_it() -> None:
    conversation = with_failure(with_question(Conversation(), "Who?", shown=False), "no such date")
    question, before = undo_last(conversation)
    assert (question, before) == ("Who?", Conversation())
    assert undo_last(before) == ("", before)


def test_a_question_is_stopped_before_anything_is_said_to_it() -> None:
    conversation = with_end_note(with_question(Conversation(), "Who?", shown=False), "Ended")
    assert [role for role, _ in told(conversation)] == ["user", "assistant"]
    assert "Who" not in told(conversation)[1][1]


def test_stopping_ends_the_making() -> None:
    conversation = with_answer(with_question(Conversation(), "Who?", shown=False), "Perhaps")
    assert conversation.stop
    assert not conversation.stop.is_set()
    assert with_end_note(conversation, "Ended").stop is None
    assert conversation.stop.is_set()
    taken = with_question(Conversation(), "Who?", shown=False)
    assert undo_last(taken)[0] == "Who?"
    end_answer(taken)
    assert taken.stop
    assert taken.stop.is_set()


def test_a_note_stands_at_the_end_of_the_last_reply_or_alone() -> None:
    replied = with_answer(with_question(Conversation(), "Who?", shown=False), "She.")
    assert told(with_note(replied, "Mind"))[1][1].startswith("She.<p")
    assert [role for role, _ in told(with_note(Conversation(), "Mind"))] == ["assistant"]


def test_nothing_is_stopped_where_nothing_is_made() -> None:
    conversation = with_failure(with_question(Conversation(), "Who?", shown=False), "no such date")
    assert with_end_note(conversation, "Ended") == conversation


def test_a_page_that_shows_what_is_not_known_here_is_told_that_a_conversation_begins() -> None:
    for shown, conversation, notes in [(True, Conversation(), 1), (False, Conversation(), 0)]:
        assert (
            sum("no longer holds" in text for _, text in told(with_question(conversation, "Who?", shown=shown)))
            == notes
        )
    going_on = with_answer(with_question(Conversation(), "Who?", shown=False), "She.")
    assert len(with_question(going_on, "When?", shown=True).messages) == 3


def test_a_long_conversation_loses_its_oldest_messages_only() -> None:
    conversation = Conversation()
    for number in range(100):
        conversation = with_answer(with_question(conversation, f"number {number}", shown=True), "x" * 10_000)
    assert sum(len(text) for _, text in told(conversation)) < 120_000
    assert told(conversation)[-2] == ("user", "number 99")
    assert ("user", "number 95") in told(conversation)
    assert len(with_answer(with_question(conversation, "?" * 4_000, shown=True), "y" * 200_000).messages) > 2
