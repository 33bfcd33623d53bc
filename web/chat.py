"""The chat page: plain Gradio Blocks, of which nothing that could name a file is ever sent back."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import Blocks

from rag.asking import MAX_QUESTION_CHARACTERS, Dateline
from rag.domain import Answer, Citation, Released, Stage, Turn
from rag.errors import DatelineError
from rag.feedback import FeedbackStore
from rag.suggesting import follow_ups
from web.exporting import What, outgoing, recorded
from web.feedback_form import feedback_form
from web.filtering import KINDS, chosen
from web.links import Links
from web.mishaps import apology, guarded
from web.remembering import Conversation, begun, failed, said, stopped, taken_back
from web.rendering import answer_html, escaped, finished_html, header_html, sources_html

ASSETS = Path(__file__).parent / "assets"
_REMEMBERED_READERS = 2000
"""Each costs 54 kB of Gradio's own, and a conversation; who was here last is forgotten last."""
_REMEMBERED_SECONDS = 12 * 3600
_REMEMBERED_TURNS = 12
_SHOWN_SOURCES = 6
_AT_ONCE = 8
_WAITING = 64
_RECORDED = 30
_OFFERED = 3
_MOST_OUTLETS = 40
_TOOLS = {
    "retry": "Ask again",
    "edit": "Edit question",
    "copy": "Copy with citations",
    "save-markdown": "Save as Markdown",
    "save-json": "Save as JSON",
}
_EXPORTS: dict[str, What] = {"copy": "copy", "save-markdown": "markdown", "save-json": "json"}
_DATES = {"from-date": "Published from", "to-date": "Published to", "as-of-date": "As of (what was known then)"}

Outputs = tuple[Any, ...]
"""Question box, messages, sources, memory, whether messages are shown, and a button for each follow-up."""


@dataclass(slots=True)
class _Making:
    """An answer in the making."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)

    def add(self, released: Released) -> None:
        self.text += released.text
        self.citations.extend(released.citations)


def chat_page(
    dateline: Dateline, examples: Sequence[str], links: Links, feedback: FeedbackStore | None = None
) -> Blocks:
    """The page; mount it with `page_settings`.

    Args:
        dateline: Answers.
        examples: Questions that a first-time reader can click.
        links: To cited sentences.
        feedback: Where readers' feedback is kept; by default none is asked for.
    """
    page: Blocks = Blocks(title="Dateline: ask the news", analytics_enabled=False, fill_width=True)
    with page:
        memory = gr.State(Conversation(), time_to_live=_REMEMBERED_SECONDS)
        # Of its messages, the page says only whether it shows any: see `begun`.
        shown = gr.Checkbox(False, visible=False)
        masthead = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_classes="masthead")
        with gr.Row():
            with gr.Column(scale=3, min_width=340):
                chat = _chatbot()
                with gr.Row(elem_classes="follow-ups"):
                    offered = [gr.Button(visible=False, size="sm") for _ in range(_OFFERED)]
                question = _question_box()
                with gr.Row(elem_classes="examples"):
                    suggested = [gr.Button(example, size="sm") for example in examples]
                filters = _filter_form(dateline)
                with gr.Row(elem_classes="tools"):
                    tools = {
                        name: gr.Button(label, size="sm", min_width=90, elem_id=name) for name, label in _TOOLS.items()
                    }
                if feedback:
                    feedback_form(feedback, memory)
                going_out = gr.Markdown(elem_id="outgoing", sanitize_html=True, latex_delimiters=[])
            with gr.Column(scale=2, min_width=320):
                gr.Markdown("<h2>Sources</h2>", elem_classes="sources-title")
                sources = gr.Markdown(
                    _EMPTY_SOURCES, sanitize_html=True, latex_delimiters=[], elem_id="sources", container=False
                )

        def ask(asked: str, showing: bool, known: Conversation, *form: Any) -> Iterator[Outputs]:
            yield from _answered(dateline, links, asked, showing, known, form)

        def again(known: Conversation, *form: Any) -> Iterator[Outputs]:
            asked, before = taken_back(known)
            if asked:
                yield from _answered(dateline, links, asked, False, before, form)
            else:
                yield _nothing_asked()

        @guarded
        def edit(known: Conversation) -> Outputs:
            asked, before = taken_back(known)
            return _outputs(asked, before) if asked else _nothing_asked()

        @guarded
        def opened() -> str:
            return f"<h1>Dateline</h1>{_held(dateline)}"

        outputs = [question, chat, sources, memory, shown, *offered]
        # A question asked while an answer is still being made waits for its end: "once" would drop it.
        settings: dict[str, Any] = {
            "concurrency_limit": _AT_ONCE,
            "show_progress": "hidden",
            "trigger_mode": "always_last",
        }
        askers = [(question.submit, question), *((one.click, one) for one in (*suggested, *offered))]
        running: list[dict[str, Any]] = [
            event(ask, [asking, shown, memory, *filters], outputs, **settings) for event, asking in askers
        ]
        running.append(tools["retry"].click(again, [memory, *filters], outputs, **settings))
        tools["edit"].click(edit, memory, outputs, show_progress="hidden")
        for name, what in _EXPORTS.items():
            tools[name].click(partial(_exported, what), memory, going_out, show_progress="hidden")
        # Only then, lest the answer's next words come after the note that it is stopped.
        question.stop(None, cancels=running).then(_stopped, memory, [chat, memory], show_progress="hidden")
        chat.clear(lambda: _outputs("", Conversation())[1:], None, outputs[1:], show_progress="hidden")
        page.load(opened, None, masthead, show_progress="hidden")
    page.queue(max_size=_WAITING)
    page.state_session_capacity = _REMEMBERED_READERS
    return page


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        label="Conversation",
        elem_id="chat",
        height="62vh",
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        allow_file_downloads=False,
        placeholder="Ask about the news. Every statement comes with the sentence that says so.",
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        elem_id="question",
        placeholder="Ask a question",
        max_length=MAX_QUESTION_CHARACTERS,
        submit_btn="Ask",
        stop_btn="Stop",
        autofocus=True,
    )


def _filter_form(dateline: Dateline) -> list[Any]:
    """The form's components, in the order in which `chosen` takes their values."""
    held = [one.source for one in dateline.status().outlets if one.source][:_MOST_OUTLETS]
    with gr.Accordion("Search only in ...", open=False, elem_id="filters"):
        outlets = gr.CheckboxGroup(held, label="Outlets (none chosen: all)", elem_id="outlets")
        kinds = gr.CheckboxGroup(list(KINDS), label="Kinds of article", elem_id="kinds")
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
        "head": f"<script>{(ASSETS / 'chat.js').read_text(encoding='utf-8')}</script>",
    }


_EMPTY_SOURCES = "<p>The sentences that an answer rests on appear here.</p>"


def _held(dateline: Dateline) -> str:
    return header_html(dateline.status(), dateline.library.horizon(), datetime.now(UTC))


def _answered(
    dateline: Dateline, links: Links, asked: str, showing: bool, known: Conversation, form: Sequence[Any]
) -> Iterator[Outputs]:
    """The page's outputs, again and again while the answer is made.

    Only the first empties the question box: the reader may be typing the next question by then.
    """
    if not asked.strip():
        yield _unchanged()
        return
    known = begun(known, asked, shown=showing)
    making = _Making()
    box: Any = ""
    try:
        limits = chosen(*form)
        for event in dateline.stream(asked, history=known.turns, filters=limits.filters, as_of=limits.as_of):
            if isinstance(event, Answer):
                known = _finished(event, links, known)
                yield _outputs(box, known, offers=_follow_ups(event, known))
                return
            if isinstance(event, Released):
                making.add(event)
            stage = f'<p class="stage">{escaped(event.text)} …</p>' if isinstance(event, Stage) else ""
            content = answer_html(making.text, turn=known.asked, cited=making.citations) + stage
            known = said(known, _body(content, known.asked))
            current = sources_html(asked, making.citations, links, turn=known.asked) if making.citations else ""
            yield _outputs(box, known, current)
            box = gr.skip()
    except DatelineError as error:
        yield _outputs(asked, failed(known, str(error)))
    except Exception as error:  # noqa: BLE001 - the outermost boundary: the reader is told in the chat
        yield _outputs(asked, failed(known, apology(error)))


def _finished(answer: Answer, links: Links, known: Conversation) -> Conversation:
    turn = known.asked
    turns = (*known.turns, Turn("user", answer.question), Turn("assistant", answer.text))
    card = sources_html(answer.question, answer.citations, links, turn=turn, conflicts=answer.conflicts)
    sources = (card, *known.sources)
    return replace(
        said(known, _body(finished_html(answer, turn=turn), turn)),
        turns=turns[-_REMEMBERED_TURNS:],
        sources=sources[:_SHOWN_SOURCES],
        record=(*known.record, recorded(answer))[-_RECORDED:],
        unanswered="",
        making=False,
    )


def _follow_ups(answer: Answer, known: Conversation) -> list[str]:
    answered = {one["question"] for one in known.record}
    return [one for one in follow_ups(answer) if one not in answered]


@guarded
def _stopped(known: Conversation) -> tuple[list[dict[str, str]], Conversation]:
    known = stopped(known)
    return list(known.messages), known


@guarded
def _exported(what: What, known: Conversation) -> str:
    return outgoing(what, known.record, secrets.token_hex(8)) if known.record else ""


def _outputs(box: Any, known: Conversation, current: str = "", *, offers: Sequence[str] = ()) -> Outputs:
    """The page as the conversation has it.

    Args:
        box: Of the question.
        known: The conversation.
        current: Sources of the answer in the making.
        offers: Follow-ups; the buttons of those that are missing are not there.
    """
    panel = "".join((current, *known.sources)) or _EMPTY_SOURCES
    buttons = [gr.update(value=one, visible=bool(one)) for one in [*offers, *[""] * _OFFERED][:_OFFERED]]
    return box, list(known.messages), panel, known, bool(known.messages), *buttons


def _nothing_asked() -> Outputs:
    gr.Info("No question of yours is held here that could be taken up again.")
    return _unchanged()


def _unchanged() -> Outputs:
    return (gr.skip(),) * (5 + _OFFERED)


def _body(content: str, turn: int) -> str:
    return f'<div id="answer-{turn}" tabindex="-1">{content}</div>'
