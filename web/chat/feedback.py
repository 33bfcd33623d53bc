"""The chat's form for feedback: kept only with the reader's consent, erased on the reader's word."""

from dataclasses import replace
from typing import Any

import gradio as gr

from rag.errors import FeedbackError
from rag.store.feedback import Feedback, FeedbackStore, Thumb
from web.chat.render import escaped
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
        said = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_id="feedback-said")

    @guarded
    def keep(chosen: str | None, why: str, agreed: bool, known: Any) -> tuple[str, Any]:
        if not known.record or chosen is None or not agreed:
            return _note("Ask something, choose one of the two, and tick the box: without it nothing is kept."), known
        last = known.record[-1]
        try:
            receipt = store.keep(Feedback(last["question"], last["answer"], _THUMBS[chosen], why[:_MOST_REASON]))
        except FeedbackError as error:
            return _note(str(error)), known
        thanks = f"Thank you. It is deleted on {receipt.until:%Y-%m-%d}, or now if you erase it."
        return _note(thanks), replace(known, receipt=receipt.id)

    @guarded
    def forget(known: Any) -> tuple[str, Any]:
        erased = bool(known.receipt) and store.erase(known.receipt)
        return _note("It is erased." if erased else "Nothing of yours is kept here."), replace(known, receipt="")

    send.click(keep, [thumb, reason, consent, memory], [said, memory], show_progress="hidden")
    erase.click(forget, memory, [said, memory], show_progress="hidden")


def _note(text: str) -> str:
    return f'<p class="note" role="status">{escaped(text)}</p>'
