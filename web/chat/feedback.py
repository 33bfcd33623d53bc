"""The chat's feedback form: feedback is kept only with the reader's consent, and erased on request."""

from dataclasses import replace

import gradio as gr

from rag.errors import FeedbackError
from rag.store.feedback import Feedback, FeedbackStore, Thumb
from web.chat.placeholders import placeholder
from web.chat.render import note_html
from web.chat.session import Conversation
from web.incidents import guarded
from web.language import words_of

_THUMBS: dict[Thumb, str] = {"up": "helped", "down": "did_not_help"}
_MOST_REASON = 2000


def feedback_form(store: FeedbackStore, language: gr.Radio, memory: gr.State) -> None:
    """Draws the form; `memory` is the chat's `Conversation`."""
    thumbs = [(placeholder(key), thumb) for thumb, key in _THUMBS.items()]
    with gr.Accordion(placeholder("rate_answer"), open=False, elem_id="feedback", elem_classes="folded"):
        thumb = gr.Radio(thumbs, label=placeholder("the_answer"), elem_id="thumb")
        reason = gr.Textbox("", label=placeholder("why"), max_length=_MOST_REASON, lines=2, elem_id="reason")
        consent = gr.Checkbox(label=placeholder("feedback_consent", days=store.days), elem_id="consent")
        with gr.Row():
            send = gr.Button(placeholder("send_feedback"), size="sm", elem_id="send-feedback")
            erase = gr.Button(placeholder("erase"), size="sm", elem_id="erase-feedback")
        note = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_id="feedback-said")

    @guarded
    def keep(
        chosen: Thumb | None, why: str, agreed: bool, language: str | None, conversation: Conversation
    ) -> tuple[str, Conversation]:
        words = words_of(language)
        if not conversation.record or chosen is None or not agreed:
            return note_html(words("feedback_incomplete")), conversation
        last = conversation.record[-1]
        try:
            receipt = store.keep(Feedback(last["question"], last["answer"], chosen, why[:_MOST_REASON]))
        except FeedbackError as error:
            return note_html(str(error)), conversation
        return note_html(words("feedback_kept", date=receipt.until)), replace(conversation, receipt=receipt.id)

    @guarded
    def forget(language: str | None, conversation: Conversation) -> tuple[str, Conversation]:
        erased = bool(conversation.receipt) and store.erase(conversation.receipt)
        result = words_of(language)("erased" if erased else "no_feedback")
        return note_html(result), replace(conversation, receipt="")

    send.click(keep, [thumb, reason, consent, language, memory], [note, memory], show_progress="hidden")
    erase.click(forget, [language, memory], [note, memory], show_progress="hidden")
