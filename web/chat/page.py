"""The chat page, drawn with Gradio's Blocks; its events take no value that could name a file."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import Blocks
from markupsafe import Markup

from rag import messages
from rag.engine import Dateline
from rag.models import MAX_QUESTION_CHARACTERS
from rag.schemas import KINDS
from rag.store.conversations import ConversationStore
from rag.store.feedback import FeedbackStore
from web.chat.export import ExportFormat
from web.chat.feedback import feedback_form
from web.chat.handlers import OFFERED, ChatHandlers, cleared, exported, stopped
from web.chat.kept import MOST_ADDRESS_CHARACTERS, ConversationKeeper, keeping_form
from web.chat.render import masthead_html
from web.chat.session import Conversation
from web.incidents import guarded
from web.jinja import PAGES
from web.links import CitationLinks

ASSETS = Path(__file__).parents[1] / "assets"
_REMEMBERED_READERS = 2000
"""Each costs 54 kB of Gradio's own, and a conversation; the least recently seen is forgotten first."""
_REMEMBERED_SECONDS = 12 * 3600
_AT_ONCE = 8
_WAITING = 64
_MOST_OUTLETS = 40
_TOOLS = {
    "clear": messages.NEW_CONVERSATION,
    "retry": messages.ASK_AGAIN,
    "edit": messages.EDIT_QUESTION,
    "copy": messages.COPY,
    "save-markdown": messages.SAVE_MARKDOWN,
    "save-json": messages.SAVE_JSON,
}
_EXPORTS: dict[str, ExportFormat] = {"copy": "copy", "save-markdown": "markdown", "save-json": "json"}
_DATES = {
    "from-date": messages.FILTER_START,
    "to-date": messages.FILTER_END,
    "as-of-date": messages.FILTER_AS_OF,
}


def chat_page(
    dateline: Dateline,
    examples: Sequence[str],
    links: CitationLinks,
    feedback: FeedbackStore | None = None,
    conversations: ConversationStore | None = None,
) -> Blocks:
    """The page; mount it with `page_settings`.

    Args:
        dateline: Answers.
        examples: Questions that a first-time reader can click.
        links: To cited sentences.
        feedback: Where readers' feedback is kept; by default none is asked for.
        conversations: Where conversations are kept whose readers want that; by default none are.
    """
    keeper = ConversationKeeper(conversations, dateline.library.record, links) if conversations else None
    handlers = ChatHandlers(dateline, links, keeper)
    page: Blocks = Blocks(title=messages.CHAT_TITLE, analytics_enabled=False, fill_width=True)
    with page:
        memory = gr.State(Conversation(), time_to_live=_REMEMBERED_SECONDS)
        # Of its messages, the page says only whether it shows any: see `with_question`.
        shown = gr.Checkbox(False, visible=False)
        # The page's script puts the secret of the address here, and clicks the button for it to be opened.
        address = gr.Textbox("", show_label=False, max_length=MOST_ADDRESS_CHARACTERS, elem_id="address")
        opening = gr.Button("", elem_id="open-address")
        with gr.Column(elem_id="page"):
            masthead = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_classes="masthead")
            # What is there before the first question and what after it is up to chat.css.
            chat = _chatbot()
            with gr.Column(elem_id="after"):
                with gr.Row(elem_classes="follow-ups"):
                    offered = [gr.Button(visible=False, size="sm") for _ in range(OFFERED)]
                tools = _tools()
                export = gr.Markdown(elem_id="outgoing", sanitize_html=True, latex_delimiters=[])
                kept = gr.Markdown(elem_id="kept", sanitize_html=True, latex_delimiters=[])
                if keeper:
                    keeping_form(keeper, memory, kept, export)
                if feedback:
                    feedback_form(feedback, memory)
            with gr.Column(elem_id="composer"):
                question = _question_box()
                filters = _filter_form(dateline)
            with gr.Row(elem_classes="examples"):
                suggested = [gr.Button(example, size="sm") for example in examples]

        @guarded
        def opened() -> str:
            now = datetime.now(UTC)
            return masthead_html(dateline.status(), dateline.library.latest_date(), now, model=dateline.model)

        outputs = [question, chat, memory, shown, kept, *offered]
        # A question asked while an answer is still being made waits for its end: "once" would drop it.
        settings: dict[str, Any] = {
            "concurrency_limit": _AT_ONCE,
            "show_progress": "hidden",
            "trigger_mode": "always_last",
        }
        askers = [(question.submit, question), *((button.click, button) for button in (*suggested, *offered))]
        for event, asked in askers:
            event(handlers.ask, [asked, shown, address, memory, *filters], outputs, **settings)
        tools["retry"].click(handlers.again, [memory, *filters], outputs, **settings)
        tools["edit"].click(handlers.edited, memory, outputs, show_progress="hidden")
        for name, file_format in _EXPORTS.items():
            tools[name].click(partial(exported, file_format), memory, export, show_progress="hidden")
        question.stop(stopped, memory, [chat, memory], show_progress="hidden")
        tools["clear"].click(cleared, memory, outputs, show_progress="hidden")
        opening.click(handlers.opened, [address, memory], [*outputs, export], show_progress="hidden")
        page.load(opened, None, masthead, show_progress="hidden")
    page.queue(max_size=_WAITING)
    page.state_session_capacity = _REMEMBERED_READERS
    return page


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        label=messages.CONVERSATION,
        show_label=False,
        elem_id="chat",
        container=False,
        autoscroll=False,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        allow_file_downloads=False,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label=messages.YOUR_QUESTION,
        container=False,
        elem_id="question",
        placeholder=messages.ASK_A_QUESTION,
        max_length=MAX_QUESTION_CHARACTERS,
        submit_btn=messages.ASK,
        stop_btn=messages.STOP,
        autofocus=True,
    )


def _tools() -> dict[str, gr.Button]:
    with gr.Row(elem_classes="tools"):
        return {name: gr.Button(label, size="sm", min_width=90, elem_id=name) for name, label in _TOOLS.items()}


def _filter_form(dateline: Dateline) -> list[Any]:
    """The form's components, in the order in which `ChatHandlers.ask` takes their values."""
    names = [outlet.name for outlet in dateline.status().outlets if outlet.name][:_MOST_OUTLETS]
    with gr.Accordion(messages.FILTERS, open=False, elem_id="filters"):
        outlets = gr.CheckboxGroup(names, label=messages.FILTER_OUTLETS, elem_id="outlets")
        kinds = gr.CheckboxGroup(list(KINDS), label=messages.FILTER_KINDS, elem_id="kinds")
        with gr.Row():
            dates = [
                gr.Textbox("", label=label, placeholder="2026-10-01", max_length=30, elem_id=name)
                for name, label in _DATES.items()
            ]
    return [outlets, kinds, *dates]


def page_settings() -> dict[str, Any]:
    """Arguments of `gr.mount_gradio_app` that suit a public chat."""
    serif = ["Georgia", "Cambria", "Times New Roman", "serif"]
    sans = ["system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
    script = (ASSETS / "chat.js").read_text(encoding="utf-8")
    words = {
        "used": messages.characters_used("LENGTH", "MOST"),
        "over": messages.characters_too_many("LENGTH", "MOST", "OVER"),
    }
    return {
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "theme": gr.themes.Base(primary_hue="red", neutral_hue="stone", font=sans, font_mono=serif),
        "css": (ASSETS / "chat.css").read_text(encoding="utf-8"),
        "head": PAGES.get_template("chat/head.html").render(script=Markup(script), words=words),
    }
