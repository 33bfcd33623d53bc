"""What the server remembers of a chat, and for how long."""

from threading import Event

from web.chat.session import Conversation, undo_last, with_failure, with_reply, with_stop_note
from web.chat.session import with_question as begun_until


def with_question(known: Conversation, question: str, *, shown: bool) -> Conversation:
    return begun_until(known, question, shown=shown, stop=Event())


def told(known: Conversation) -> list[tuple[str, str]]:
    return [(one["role"], one["content"]) for one in known.messages]


def test_what_is_said_takes_the_place_of_what_was_said_before_it() -> None:
    known = with_reply(with_reply(with_question(Conversation(), "Who?", shown=False), "Perhaps"), "She.")
    assert told(known) == [("user", "Who&#63;"), ("assistant", "She.")]


def test_each_question_has_a_number_of_its_own_also_after_one_that_failed_or_was_stopped() -> None:
    known = with_failure(with_question(Conversation(), "Who?", shown=False), "no such date")
    known = with_reply(with_question(known, "When?", shown=True), "1066", progress="reading")
    assert known.shown[-1]["content"] == "1066reading"
    known = with_stop_note(known)
    known = with_question(known, "Where?", shown=True)
    assert known.asked == 3
    assert [role for role, _ in told(known)] == ["user", "assistant"] * 2 + ["user"]
    assert told(known)[3][1].startswith('1066<p class="note"')


def test_a_question_without_an_answer_is_taken_back_with_what_was_said_to_it() -> None:
    known = with_failure(with_question(Conversation(), "Who?", shown=False), "no such date")
    question, before = undo_last(known)
    assert (question, before) == ("Who?", Conversation())
    assert undo_last(before) == ("", before)


def test_a_question_is_stopped_before_anything_is_said_to_it() -> None:
    known = with_stop_note(with_question(Conversation(), "Who?", shown=False))
    assert [role for role, _ in told(known)] == ["user", "assistant"]
    assert "Who" not in told(known)[1][1]


def test_stopping_ends_the_making() -> None:
    known = with_reply(with_question(Conversation(), "Who?", shown=False), "Perhaps")
    assert known.stop
    assert not known.stop.is_set()
    assert with_stop_note(known).stop is None
    assert known.stop.is_set()
    taken = with_question(Conversation(), "Who?", shown=False)
    assert undo_last(taken)[0] == "Who?"
    assert taken.stop
    assert taken.stop.is_set()


def test_nothing_is_stopped_where_nothing_is_made() -> None:
    known = with_failure(with_question(Conversation(), "Who?", shown=False), "no such date")
    assert with_stop_note(known) == known


def test_a_page_that_shows_what_is_not_known_here_is_told_that_a_conversation_begins() -> None:
    for shown, known, notes in [(True, Conversation(), 1), (False, Conversation(), 0)]:
        assert sum("no longer holds" in text for _, text in told(with_question(known, "Who?", shown=shown))) == notes
    going_on = with_reply(with_question(Conversation(), "Who?", shown=False), "She.")
    assert len(with_question(going_on, "When?", shown=True).messages) == 3


def test_a_long_conversation_loses_its_oldest_messages_only() -> None:
    known = Conversation()
    for number in range(100):
        known = with_reply(with_question(known, f"number {number}", shown=True), "x" * 10_000)
    assert sum(len(text) for _, text in told(known)) < 120_000
    assert told(known)[-2] == ("user", "number 99")
    assert ("user", "number 95") in told(known)
    assert len(with_reply(with_question(known, "?" * 4_000, shown=True), "y" * 200_000).messages) > 2
