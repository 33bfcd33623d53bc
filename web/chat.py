"""The chat page: plain Gradio Blocks. Gradio is imported here and nowhere else."""

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
from web.remembering import Conversation, Message, says, stopped, taken_back
from web.rendering import answer_html, escaped, finished_html, header_html, sources_html

ASSETS = Path(__file__).parent / "assets"
_REMEMBERED_TURNS = 12
_SHOWN_SOURCES = 6
_AT_ONCE = 8
_WAITING = 64
_RECORDED = 50
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
"""Question box, messages, sources, memory, and a button for each follow-up."""


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
        memory = gr.State(Conversation())
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

        def ask(asked: str, messages: list[Message], known: Conversation, *form: Any) -> Iterator[Outputs]:
            yield from _answered(dateline, links, asked, messages, known, form)

        def again(messages: list[Message], known: Conversation, *form: Any) -> Iterator[Outputs]:
            asked, messages, known = taken_back(messages, known)
            yield from _answered(dateline, links, asked, messages, known, form)

        def edit(messages: list[Message], known: Conversation) -> Outputs:
            asked, messages, known = taken_back(messages, known)
            return asked, messages, _panel(known.sources), known, *_offers([])

        outputs = [question, chat, sources, memory, *offered]
        # A question asked while an answer is still being made waits for its end: "once" would drop it.
        settings: dict[str, Any] = {
            "concurrency_limit": _AT_ONCE,
            "show_progress": "hidden",
            "trigger_mode": "always_last",
        }
        askers = [(question.submit, question), *((one.click, one) for one in (*suggested, *offered))]
        running: list[dict[str, Any]] = [
            event(ask, [asking, chat, memory, *filters], outputs, **settings) for event, asking in askers
        ]
        running.append(tools["retry"].click(again, [chat, memory, *filters], outputs, **settings))
        tools["edit"].click(edit, [chat, memory], outputs, show_progress="hidden")
        for name, what in _EXPORTS.items():
            tools[name].click(partial(_exported, what), memory, [going_out, memory], show_progress="hidden")
        question.stop(stopped, [chat, memory], [chat, memory], cancels=running, show_progress="hidden")
        chat.clear(lambda: (_EMPTY_SOURCES, Conversation(), *_offers([])), None, outputs[2:], show_progress="hidden")
        page.load(lambda: f"<h1>Dateline</h1>{_held(dateline)}", None, masthead, show_progress="hidden")
    page.queue(max_size=_WAITING)
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
    dateline: Dateline, links: Links, asked: str, messages: list[Message], known: Conversation, form: Sequence[Any]
) -> Iterator[Outputs]:
    """The page's outputs, again and again while the answer is made.

    Only the first empties the question box: the reader may be typing the next question by then.
    """
    if not asked.strip():
        yield (gr.skip(),) * (4 + _OFFERED)
        return
    # A page that outlived a restart of the server still shows answers that its memory has lost.
    turn = max(known.asked, sum(message["role"] == "user" for message in messages)) + 1
    known = replace(known, unanswered=asked, making=True)
    box: Any = ""
    before = [*messages, {"role": "user", "content": escaped(asked)}]
    making = _Making()
    try:
        limits = chosen(*form)
        for event in dateline.stream(asked, history=known.turns, filters=limits.filters, as_of=limits.as_of):
            if isinstance(event, Answer):
                yield box, *_finished(event, links, before, known, turn)
                return
            if isinstance(event, Released):
                making.add(event)
            shown = f'<p class="stage">{escaped(event.text)} …</p>' if isinstance(event, Stage) else ""
            content = _body(answer_html(making.text, turn=turn, cited=making.citations) + shown, turn)
            current = sources_html(asked, making.citations, links, turn=turn) if making.citations else ""
            yield box, [*before, says(content)], _panel((current, *known.sources)), known, *_offers([])
            box = gr.skip()
    except DatelineError as error:
        said = says(f'<p class="note">{escaped(str(error))}</p>')
        yield asked, [*before, said], _panel(known.sources), replace(known, making=False), *_offers([])


def _finished(answer: Answer, links: Links, before: list[Message], known: Conversation, turn: int) -> Outputs:
    turns = (*known.turns, Turn("user", answer.question), Turn("assistant", answer.text))
    card = sources_html(answer.question, answer.citations, links, turn=turn, conflicts=answer.conflicts)
    sources = (card, *known.sources)
    memory = replace(
        known,
        turns=turns[-_REMEMBERED_TURNS:],
        sources=sources[:_SHOWN_SOURCES],
        record=(*known.record, recorded(answer))[-_RECORDED:],
        asked=turn,
        unanswered="",
        making=False,
    )
    messages = [*before, says(_body(finished_html(answer, turn=turn), turn))]
    answered = {one["question"] for one in memory.record}
    offers = [one for one in follow_ups(answer) if one not in answered]
    return messages, _panel(memory.sources), memory, *_offers(offers)


def _exported(what: What, known: Conversation) -> tuple[str, Conversation]:
    if not known.record:
        return "", known
    return outgoing(what, known.record, known.sent + 1), replace(known, sent=known.sent + 1)


def _offers(questions: Sequence[str]) -> list[Any]:
    """The buttons of the follow-ups; those without a question are not there."""
    padded = [*questions, *[""] * _OFFERED][:_OFFERED]
    return [gr.update(value=one, visible=bool(one)) for one in padded]


def _body(content: str, turn: int) -> str:
    return f'<div id="answer-{turn}" tabindex="-1">{content}</div>'


def _panel(sources: Sequence[str]) -> str:
    return "".join(sources) or _EMPTY_SOURCES
