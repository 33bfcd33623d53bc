"""The chat's feedback form: feedback is kept only with the reader's consent, and erased on request."""

from dataclasses import replace

import gradio as gr

from rag import messages
from rag.errors import FeedbackError
from rag.store.feedback import Feedback, FeedbackStore, Thumb
from web.chat.render import note_html
from web.chat.session import Conversation
from web.incidents import guarded

_THUMBS: dict[str, Thumb] = {messages.HELPED: "up", messages.DID_NOT_HELP: "down"}
_MOST_REASON = 2000


def feedback_form(store: FeedbackStore, memory: gr.State) -> None:
    """Draws the form; `memory` is the chat's `Conversation`."""
    with gr.Accordion(messages.RATE_ANSWER, open=False, elem_id="feedback"):
        thumb = gr.Radio(list(_THUMBS), label=messages.THE_ANSWER, elem_id="thumb")
        reason = gr.Textbox("", label=messages.WHY, max_length=_MOST_REASON, lines=2, elem_id="reason")
        consent = gr.Checkbox(label=messages.feedback_consent(store.days), elem_id="consent")
        with gr.Row():
            send = gr.Button(messages.SEND, size="sm", elem_id="send-feedback")
            erase = gr.Button(messages.ERASE_FEEDBACK, size="sm", elem_id="erase-feedback")
        note = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_id="feedback-said")

    @guarded
    def keep(chosen: str | None, why: str, agreed: bool, conversation: Conversation) -> tuple[str, Conversation]:
        if not conversation.record or chosen is None or not agreed:
            return note_html(messages.FEEDBACK_INCOMPLETE), conversation
        last = conversation.record[-1]
        try:
            receipt = store.keep(Feedback(last["question"], last["answer"], _THUMBS[chosen], why[:_MOST_REASON]))
        except FeedbackError as error:
            return note_html(str(error)), conversation
        return note_html(messages.feedback_kept(f"{receipt.until:%Y-%m-%d}")), replace(conversation, receipt=receipt.id)

    @guarded
    def forget(conversation: Conversation) -> tuple[str, Conversation]:
        erased = bool(conversation.receipt) and store.erase(conversation.receipt)
        result = messages.FEEDBACK_ERASED if erased else messages.NO_FEEDBACK
        return note_html(result), replace(conversation, receipt="")

    send.click(keep, [thumb, reason, consent, memory], [note, memory], show_progress="hidden")
    erase.click(forget, memory, [note, memory], show_progress="hidden")
