"""Keeping a conversation on the server, under two addresses: one to go on with it, one to read it; and deleting it."""

import secrets
from dataclasses import dataclass, replace

import gradio as gr

from rag.errors import DatelineError
from rag.library.kept_answers import restored_answers
from rag.messages import Catalogue
from rag.models import Answer, Message
from rag.schemas import recent_history, turn_json
from rag.store.base import LibraryRecord
from rag.store.conversations import ConversationStore
from web.chat.export import address_payload
from web.chat.placeholders import placeholder
from web.chat.render import answer_html, citations_html, kept_html, note_html, question_html
from web.chat.session import ChatMessage, Conversation, newest, with_note
from web.incidents import guarded
from web.language import words_of
from web.links import CitationLinks

MOST_ADDRESS_CHARACTERS = 64
"""Of an owner's secret, as the page's script sends it from the page's address."""

Outcome = tuple[str, Conversation, str]
"""What is said of keeping, the conversation, and the secret for the page's address as its script reads it."""


@dataclass(frozen=True, slots=True)
class ConversationKeeper:
    """Keeps the chat's conversations.

    Attributes:
        store: Of conversations.
        record: Tells which sources stand.
        links: To cited sentences.
    """

    store: ConversationStore
    record: LibraryRecord
    links: CitationLinks

    def keep(self, language: str | None, conversation: Conversation) -> Outcome:
        """Keeps a conversation from now on; its reader asked for it."""
        words = words_of(language)
        if conversation.kept:
            return kept_html(conversation.kept, words), conversation, _address(conversation.kept.secret)
        if conversation.stop or not conversation.record:
            reason = words("keep_later" if conversation.stop else "nothing_to_keep")
            return note_html(reason), conversation, ""
        current = self._standing(conversation, words)
        try:
            key = self.store.keep(current.record)
        except DatelineError as error:
            return note_html(error.told_in(words)), conversation, ""
        return kept_html(key, words), replace(current, kept=key), _address(key.secret)

    def erase(self, language: str | None, conversation: Conversation) -> Outcome:
        """Deletes what is kept of a conversation; the page goes on showing it."""
        words = words_of(language)
        if conversation.kept is None:
            return note_html(words("no_conversation")), conversation, ""
        self.store.erase(conversation.kept.secret)
        return note_html(words("conversation_erased")), replace(conversation, kept=None), _address("")

    def updated(self, conversation: Conversation, words: Catalogue) -> Conversation:
        """The conversation after what is kept of it was brought up to it; where that cannot be, it says so."""
        if conversation.kept is None:
            return conversation
        current = self._standing(conversation, words)
        try:
            key = self.store.replace(conversation.kept, current.record)
        except DatelineError as error:
            return with_note(current, error.told_in(words))
        current = replace(current, kept=key)
        return current if key else with_note(current, words("conversation_not_kept"))

    def opened(self, secret: str, words: Catalogue) -> Conversation | None:
        """The conversation that its owner's secret opens, without sentences that do not stand; `None` if none is."""
        owned = self.store.owned(secret)
        if owned is None:
            return None
        key, kept = owned
        answers = restored_answers(kept.turns, self.record, words)
        told = [message for answer in answers for message in _said(answer)]
        return Conversation(
            messages=newest(
                [message for turn, answer in enumerate(answers, 1) for message in self._shown(turn, answer, words)]
            ),
            history=recent_history(told),
            record=tuple(map(turn_json, answers)),
            asked=len(answers),
            kept=key,
        )

    def _shown(self, turn: int, answer: Answer, words: Catalogue) -> tuple[ChatMessage, ChatMessage]:
        sources = citations_html(answer.citations, self.links, words, turn=turn, conflicts=answer.conflicts)
        reply = ChatMessage("assistant", answer_html(answer, words, turn=turn), sources, turn)
        return ChatMessage("user", question_html(answer.question)), reply

    def _standing(self, conversation: Conversation, words: Catalogue) -> Conversation:
        """The conversation whose record holds nothing of what was withdrawn meanwhile."""
        answers = restored_answers(conversation.record, self.record, words)
        return replace(conversation, record=tuple(map(turn_json, answers)))


def keeping_form(
    keeper: ConversationKeeper, language: gr.Radio, memory: gr.State, kept: gr.Markdown, outgoing: gr.Markdown
) -> None:
    """Draws what a reader keeps and deletes a conversation with.

    Args:
        keeper: Keeps it.
        language: Of the page.
        memory: The chat's `Conversation`.
        kept: Says whether it is kept; what is shown when is up to chat.css.
        outgoing: Read by the page's script.
    """
    with gr.Row(elem_classes="tools", elem_id="kept-tools"):
        gr.Button(placeholder("copy_shared_address"), size="sm", elem_id="copy-shared")
        erase = gr.Button(placeholder("delete_conversation"), size="sm", elem_id="erase-kept")
    with gr.Accordion(placeholder("keep_or_share"), open=False, elem_id="keeping", elem_classes="folded"):
        gr.Markdown(placeholder("keeping_consent", days=keeper.store.days))
        keep = gr.Button(placeholder("keep_conversation"), size="sm", elem_id="keep")
    for button, change in ((keep, keeper.keep), (erase, keeper.erase)):
        button.click(guarded(change), [language, memory], [kept, memory, outgoing], show_progress="hidden")


def forgotten_address() -> str:
    """What has the page's script take the secret out of the page's address."""
    return _address("")


def _address(secret: str) -> str:
    return address_payload(secret, secrets.token_hex(8))


def _said(answer: Answer) -> tuple[Message, Message]:
    return Message("user", answer.question), Message("assistant", answer.text)
