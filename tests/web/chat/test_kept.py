"""Keeping a chat's conversation: on the reader's word alone, as it goes on, and without what was withdrawn."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.pipeline import ingest
from rag.engine import dateline_over
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.messages import in_language
from rag.settings import Settings
from rag.store import conversations
from rag.store.conversations import CONVERSATIONS_FILE, ConversationStore
from tests.conftest import SAMPLE, library_at
from web.chat.handlers import ChatHandlers
from web.chat.kept import ConversationKeeper
from web.chat.session import Conversation, Stop, with_question
from web.links import CitationLinks

WORDS = in_language()
FORM: tuple[Any, ...] = ([], [], "", "", "")
HEAVY, WHERE = "How heavy is Heron-2?", "When was the Heron-2 satellite launched?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, cache: Path, embedding: LocalEmbedding) -> Iterator[Library]:
    """The sample articles; the last test writes to them."""
    library = library_at(tmp_path_factory.mktemp("kept") / "data", cache=cache, embedding=embedding)
    assert ingest([SAMPLE / "articles"], library).complete
    yield library
    library.close()


@pytest.fixture
def chat(library: Library, tmp_path: Path) -> Iterator[SimpleNamespace]:
    store = ConversationStore(tmp_path / CONVERSATIONS_FILE, days=30)
    links = CitationLinks()
    keeper = ConversationKeeper(store, library.record, links)
    handlers = ChatHandlers(dateline_over(library, Settings()), links, keeper)

    def ask(
        question: str, conversation: Conversation, *, showing: bool = False, address: str = "", language: str = "en"
    ) -> Conversation:
        *_, last = handlers.ask(question, showing, language, address, conversation, *FORM)
        asked: Conversation = last[2]
        return asked

    yield SimpleNamespace(store=store, keeper=keeper, handlers=handlers, ask=ask)
    store.close()


def questions(kept: Any) -> list[str]:
    return [turn["question"] for turn in kept.turns]


def texts(conversation: Conversation) -> str:
    return " ".join(message.content.replace("&#45;", "-") for message in conversation.messages)


def test_nothing_is_kept_until_the_reader_asks_for_it_and_then_all_that_follows(chat: SimpleNamespace) -> None:
    conversation = chat.ask(HEAVY, Conversation())
    assert chat.store.rewrite(lambda turn: turn | {"question": "?"}) == 0, "something was kept"
    said, conversation, address = chat.keeper.keep("en", conversation)
    key = conversation.kept
    assert key
    assert f"c/{key.id}".replace("-", "&#45;").replace("_", "&#95;") in said
    assert address.startswith("address:")
    assert questions(chat.store.shared(key.id)) == [HEAVY]
    assert chat.keeper.keep("en", conversation)[1].kept == key, "it is kept twice"
    conversation = chat.ask(WHERE, conversation)
    assert questions(chat.store.shared(key.id)) == [HEAVY, WHERE]
    conversation = chat.handlers.edited("en", conversation)[2]
    assert questions(chat.store.shared(key.id)) == [HEAVY], "what was taken back is kept"
    said, conversation, _ = chat.keeper.erase("en", conversation)
    assert conversation.kept is None
    assert chat.store.shared(key.id) is None
    assert len(conversation.record) == 1, "the page goes on without it"


def test_a_kept_conversation_is_opened_as_it_was_and_goes_on(chat: SimpleNamespace) -> None:
    conversation = chat.keeper.keep("en", chat.ask(WHERE, chat.ask(HEAVY, Conversation())))[1]
    secret = conversation.kept.secret
    *outputs, address = chat.handlers.opened("en", secret, Conversation())
    opened = outputs[2]
    assert opened.shown == conversation.shown
    assert opened.record == conversation.record
    assert [(each.role, each.content) for each in opened.history] == [
        (each.role, each.content) for each in conversation.history
    ]
    assert opened.asked == 2
    assert "address:" not in str(address)
    going_on = chat.ask("How heavy is it?", opened)
    assert "640 kilograms" in texts(going_on)
    assert questions(chat.store.owned(secret)[1])[2:] == ["How heavy is it?"]


def test_a_page_that_outlived_the_server_goes_on_with_what_is_kept(chat: SimpleNamespace) -> None:
    kept = chat.keeper.keep("en", chat.ask(HEAVY, Conversation()))[1].kept
    after = chat.ask(WHERE, Conversation(), showing=True, address=kept.secret)
    assert questions(chat.store.shared(kept.id)) == [HEAVY, WHERE]
    assert "no longer holds" not in texts(after)


def test_an_address_under_which_nothing_is_kept_says_so_and_is_taken_away(chat: SimpleNamespace) -> None:
    *outputs, address = chat.handlers.opened("en", "x" * 43, Conversation())
    assert WORDS("no_conversation").split(":")[0] in texts(outputs[2])
    assert address.split(":")[2] == ""
    *outputs, address = chat.handlers.opened("en", "", outputs[2])
    assert outputs[2] == Conversation()


def test_what_cannot_be_kept_is_said(chat: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    making = with_question(Conversation(), HEAVY, WORDS, shown=False, stop=Stop())
    for conversation, reason in ((Conversation(), "nothing_to_keep"), (making, "keep_later")):
        said, after, address = chat.keeper.keep("en", conversation)
        assert WORDS(reason).split(";")[0].rstrip(".") in said
        assert (after, address) == (conversation, "")
    kept = chat.keeper.keep("en", chat.ask(HEAVY, Conversation()))[1]
    chat.store.erase(kept.kept.secret)
    after = chat.ask(WHERE, kept)
    assert after.kept is None
    assert WORDS("conversation_not_kept").split(":")[0] in texts(after)
    kept = chat.keeper.keep("en", after)[1]
    monkeypatch.setattr(conversations, "MOST_CHARACTERS", 10)
    assert WORDS("conversation_too_long").split(";")[0] in texts(chat.ask(HEAVY, kept))


def test_what_was_withdrawn_is_not_kept_anew_nor_shown_when_opened(chat: SimpleNamespace, library: Library) -> None:
    conversation = chat.keeper.keep("en", chat.ask(HEAVY, Conversation()))[1]
    assert "640 kilograms" in str(chat.store.shared(conversation.kept.id))
    gone = {citation["article"]["id"] for citation in conversation.record[0]["citations"]}
    with library.writing() as writer:
        writer.withdraw(list(gone))
    opened = chat.keeper.opened(conversation.kept.secret, WORDS)
    assert opened
    assert "640 kilograms" not in str((opened.shown, opened.history, opened.record))
    chat.ask("How did the Skerrin ferry dispute end?", conversation)
    kept = chat.store.shared(conversation.kept.id)
    assert len(kept.turns) == 2
    assert "640 kilograms" not in str(kept.turns[0])
    assert WORDS("withdrawn_sentence") in kept.turns[0]["answer"]


def test_what_is_said_of_keeping_is_in_the_readers_language(chat: SimpleNamespace) -> None:
    ukrainian = in_language("uk")
    answered = chat.ask(HEAVY, Conversation(), language="uk")
    said, conversation, _ = chat.keeper.keep("uk", answered)
    assert ukrainian.day(conversation.kept.until) in said
    assert ukrainian("shared_page") in said
    *outputs, _ = chat.handlers.opened("uk", "x" * 43, Conversation())
    assert ukrainian("no_conversation").split(":")[0] in texts(outputs[2])
    said, *_ = chat.keeper.erase("uk", conversation)
    assert ukrainian("conversation_erased").split(";")[0] in said
