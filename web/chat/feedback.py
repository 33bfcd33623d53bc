"""The chat's feedback form: feedback is kept only with the reader's consent, and erased on request."""

from dataclasses import replace

import gradio as gr

from rag.errors import FeedbackError
from rag.store.feedback import Feedback, FeedbackStore, Thumb
from web.chat.render import note_html
from web.chat.session import Conversation
from web.incidents import guarded

_THUMBS: dict[str, Thumb] = {"It helped": "up", "It did not help": "down"}
_MOST_REASON = 2000


def feedback_form(store: FeedbackStore, memory: gr.State) -> None:
    """Draws the form; `memory` is the chat's `Conversation`."""
    with gr.Accordion("What do you think of the last answer?", open=False, elem_id="feedback"):
        thumb = gr.Radio(list(_THUMBS), label="The answer", elem_id="thumb")
        reason = gr.Textbox("", label="Why (optional)", max_length=_MOST_REASON, lines=2, elem_id="reason")
        consent = gr.Checkbox(
            label=f"Keep my question, the answer and what I say here for {store.days} days, to improve the answers",
            elem_id="consent",
        )
        with gr.Row():
            send = gr.Button("Send", size="sm", elem_id="send-feedback")
            erase = gr.Button("Erase what I sent", size="sm", elem_id="erase-feedback")
        note = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_id="feedback-said")

    @guarded
    def keep(chosen: str | None, why: str, agreed: bool, conversation: Conversation) -> tuple[str, Conversation]:
        if not conversation.record or chosen is None or not agreed:
            problem = "Ask something, choose one of the two, and tick the box: without it nothing is kept."
            return note_html(problem), conversation
        last = conversation.record[-1]
        try:
            receipt = store.keep(Feedback(last["question"], last["answer"], _THUMBS[chosen], why[:_MOST_REASON]))
        except FeedbackError as error:
            return note_html(str(error)), conversation
        thanks = f"Thank you. It is deleted on {receipt.until:%Y-%m-%d}, or now if you erase it."
        return note_html(thanks), replace(conversation, receipt=receipt.id)

    @guarded
    def forget(conversation: Conversation) -> tuple[str, Conversation]:
        erased = bool(conversation.receipt) and store.erase(conversation.receipt)
        result = "It is erased." if erased else "Nothing of yours is kept here."
        return note_html(result), replace(conversation, receipt="")

    send.click(keep, [thumb, reason, consent, memory], [note, memory], show_progress="hidden")
    erase.click(forget, memory, [note, memory], show_progress="hidden")
