"""The chat page, drawn with Gradio's Blocks; its events take no value that could name a file."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import Blocks
from markupsafe import Markup

from rag.engine import Dateline
from rag.messages import LANGUAGES
from rag.models import MAX_QUESTION_CHARACTERS
from rag.schemas import KINDS
from rag.store.conversations import ConversationStore
from rag.store.feedback import FeedbackStore
from web.chat.export import ExportFormat
from web.chat.feedback import feedback_form
from web.chat.handlers import OFFERED, ChatHandlers, cleared, exported, stopped
from web.chat.kept import MOST_ADDRESS_CHARACTERS, ConversationKeeper, keeping_form
from web.chat.placeholders import LANGUAGE, placeholder
from web.chat.render import colophon_html, masthead_html
from web.chat.session import Conversation
from web.incidents import guarded
from web.jinja import PAGES
from web.language import words_of
from web.links import CitationLinks

ASSETS = Path(__file__).parents[1] / "assets"
_REMEMBERED_READERS = 2000
"""Each costs 54 kB of Gradio's own, and a conversation; the least recently seen is forgotten first."""
_REMEMBERED_SECONDS = 12 * 3600
_AT_ONCE = 8
_WAITING = 64
_MOST_OUTLETS = 40
_TOOLS = {
    "clear": placeholder("clear"),
    "retry": placeholder("again"),
    "edit": placeholder("edit"),
    "copy": placeholder("copy"),
    "save-markdown": placeholder("save_markdown"),
    "save-json": placeholder("save_json"),
}
_EXPORTS: dict[str, ExportFormat] = {"copy": "copy", "save-markdown": "markdown", "save-json": "json"}
_DATES = {
    "from-date": placeholder("filter_start"),
    "to-date": placeholder("filter_end"),
    "as-of-date": placeholder("filter_as_of"),
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
    page: Blocks = Blocks(title=placeholder("title"), analytics_enabled=False, fill_width=True)
    with page:
        memory = gr.State(Conversation(), time_to_live=_REMEMBERED_SECONDS)
        # Of its messages, the page says only whether it shows any: see `with_question`.
        shown = gr.Checkbox(False, visible=False)
        # The page's script puts the secret of the address here, and clicks the button for it to be opened.
        address = gr.Textbox("", show_label=False, max_length=MOST_ADDRESS_CHARACTERS, elem_id="address")
        opening = gr.Button("", elem_id="open-address")
        # Its value is filled in like the texts, when the page is sent.
        language = gr.Radio(list(LANGUAGES), value=LANGUAGE, visible=False)
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
                    keeping_form(keeper, language, memory, kept, export)
                if feedback:
                    feedback_form(feedback, language, memory)
            with gr.Column(elem_id="composer"):
                question = _question_box()
                filters = _filter_form(dateline)
            with gr.Row(elem_classes="examples"):
                suggested = [gr.Button(example, size="sm") for example in examples]
            colophon = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_classes="colophon")

        @guarded
        def opened(language: str | None) -> tuple[str, str]:
            words, now = words_of(language), datetime.now(UTC)
            latest = dateline.library.latest_date()
            return masthead_html(dateline.status(), latest, now, words, model=dateline.model), colophon_html(words)

        outputs = [question, chat, memory, shown, kept, *offered]
        # A question asked while an answer is still being made waits for its end: "once" would drop it.
        settings: dict[str, Any] = {
            "concurrency_limit": _AT_ONCE,
            "show_progress": "hidden",
            "trigger_mode": "always_last",
        }
        askers = [(question.submit, question), *((button.click, button) for button in (*suggested, *offered))]
        for event, asked in askers:
            event(handlers.ask, [asked, shown, language, address, memory, *filters], outputs, **settings)
        tools["retry"].click(handlers.again, [language, memory, *filters], outputs, **settings)
        tools["edit"].click(handlers.edited, [language, memory], outputs, show_progress="hidden")
        for name, file_format in _EXPORTS.items():
            tools[name].click(partial(exported, file_format), [language, memory], export, show_progress="hidden")
        question.stop(stopped, [language, memory], [chat, memory], show_progress="hidden")
        tools["clear"].click(cleared, memory, outputs, show_progress="hidden")
        opening.click(handlers.opened, [language, address, memory], [*outputs, export], show_progress="hidden")
        page.load(opened, language, [masthead, colophon], show_progress="hidden")
    page.queue(max_size=_WAITING)
    page.state_session_capacity = _REMEMBERED_READERS
    return page


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        label=placeholder("conversation"),
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
        label=placeholder("your_question"),
        container=False,
        elem_id="question",
        placeholder=placeholder("question"),
        max_length=MAX_QUESTION_CHARACTERS,
        submit_btn=placeholder("send"),
        stop_btn=placeholder("stop"),
        autofocus=True,
    )


def _tools() -> dict[str, gr.Button]:
    with gr.Row(elem_classes="tools"):
        return {name: gr.Button(label, size="sm", min_width=90, elem_id=name) for name, label in _TOOLS.items()}


def _filter_form(dateline: Dateline) -> list[Any]:
    """The form's components, in the order in which `ChatHandlers.ask` takes their values."""
    names = [outlet.name for outlet in dateline.status().outlets if outlet.name][:_MOST_OUTLETS]
    named_kinds = [(placeholder(f"kind_{kind}"), kind) for kind in KINDS]
    with gr.Accordion(placeholder("filters"), open=False, elem_id="filters", elem_classes="folded"):
        outlets = gr.CheckboxGroup(names, label=placeholder("filter_outlets"), elem_id="outlets")
        kinds = gr.CheckboxGroup(named_kinds, label=placeholder("filter_kinds"), elem_id="kinds")
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
        "head": PAGES.get_template("chat/head.html").render(script=Markup(script)),
    }
