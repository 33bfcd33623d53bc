"""The chat page: plain Gradio Blocks. Gradio is imported here and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import Blocks

from rag.asking import MAX_QUESTION_CHARACTERS, Dateline
from rag.domain import Answer, Citation, Released, Stage, Turn
from rag.errors import DatelineError
from web.rendering import answer_html, escaped, finished_html, header_html, sources_html

ASSETS = Path(__file__).parent / "assets"
_REMEMBERED_TURNS = 12
_SHOWN_SOURCES = 6
_AT_ONCE = 8
_WAITING = 64

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the page remembers: turns for the next question, and the sources shown, newest first."""

    turns: tuple[Turn, ...] = ()
    sources: tuple[str, ...] = ()
    asked: int = 0


@dataclass(slots=True)
class _Making:
    """An answer in the making."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)

    def add(self, released: Released) -> None:
        self.text += released.text
        self.citations.extend(released.citations)


def chat_page(dateline: Dateline, examples: Sequence[str]) -> Blocks:
    """The page; mount it with `page_settings`.

    Args:
        dateline: Answers.
        examples: Questions that a first-time reader can click.
    """
    page: Blocks = Blocks(title="Dateline: ask the news", analytics_enabled=False, fill_width=True)
    with page:
        memory = gr.State(Conversation())
        masthead = gr.Markdown(sanitize_html=True, latex_delimiters=[], elem_classes="masthead")
        with gr.Row():
            with gr.Column(scale=3, min_width=340):
                chat = gr.Chatbot(
                    label="Conversation",
                    elem_id="chat",
                    height="62vh",
                    sanitize_html=True,
                    allow_tags=False,
                    latex_delimiters=[],
                    buttons=["copy"],
                    feedback_options=None,
                    allow_file_downloads=False,
                    placeholder="Ask about the news. Every statement comes with the sentence that says so.",
                )
                question = gr.Textbox(
                    label="Your question",
                    elem_id="question",
                    placeholder="Ask a question",
                    max_length=MAX_QUESTION_CHARACTERS,
                    submit_btn="Ask",
                    stop_btn="Stop",
                    autofocus=True,
                )
                with gr.Row(elem_classes="examples"):
                    buttons = [gr.Button(example, size="sm") for example in examples]
            with gr.Column(scale=2, min_width=320):
                gr.Markdown("<h2>Sources</h2>", elem_classes="sources-title")
                sources = gr.Markdown(
                    _EMPTY_SOURCES, sanitize_html=True, latex_delimiters=[], elem_id="sources", container=False
                )

        def ask(asked: str, messages: list[Message], known: Conversation) -> Iterator[tuple[Any, ...]]:
            yield from _answered(dateline, asked, messages, known)

        outputs = [question, chat, sources, memory]
        running: list[dict[str, Any]] = [
            event(ask, [asking, chat, memory], outputs, concurrency_limit=_AT_ONCE, show_progress="hidden")
            for event, asking in [(question.submit, question), *((button.click, button) for button in buttons)]
        ]
        question.stop(None, cancels=running)
        chat.clear(lambda: (Conversation(), _EMPTY_SOURCES), None, [memory, sources], show_progress="hidden")
        page.load(lambda: f"<h1>Dateline</h1>{_held(dateline)}", None, masthead, show_progress="hidden")
    page.queue(max_size=_WAITING)
    return page


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
    dateline: Dateline, asked: str, messages: list[Message], known: Conversation
) -> Iterator[tuple[Any, ...]]:
    """Question box, messages, sources and memory, again and again while the answer is made."""
    turn = known.asked + 1
    before = [*messages, {"role": "user", "content": escaped(asked)}]
    making = _Making()
    try:
        for event in dateline.stream(asked, history=known.turns):
            if isinstance(event, Answer):
                yield _finished(event, before, known, turn)
                return
            if isinstance(event, Released):
                making.add(event)
            shown = f'<p class="stage">{escaped(event.text)} …</p>' if isinstance(event, Stage) else ""
            content = _body(answer_html(making.text, turn=turn, known=_markers(making)) + shown, turn)
            current = sources_html(asked, making.citations, turn=turn) if making.citations else ""
            yield "", [*before, _says(content)], _panel((current, *known.sources)), known
    except DatelineError as error:
        yield asked, [*before, _says(f'<p class="note">{escaped(str(error))}</p>')], _panel(known.sources), known


def _finished(answer: Answer, before: list[Message], known: Conversation, turn: int) -> tuple[Any, ...]:
    turns = (*known.turns, Turn("user", answer.question), Turn("assistant", answer.text))
    sources = (sources_html(answer.question, answer.citations, turn=turn), *known.sources)
    memory = Conversation(turns[-_REMEMBERED_TURNS:], sources[:_SHOWN_SOURCES], turn)
    return "", [*before, _says(_body(finished_html(answer, turn=turn), turn))], _panel(memory.sources), memory


def _body(content: str, turn: int) -> str:
    return f'<div id="answer-{turn}" tabindex="-1">{content}</div>'


def _says(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _panel(sources: Sequence[str]) -> str:
    return "".join(sources) or _EMPTY_SOURCES


def _markers(making: _Making) -> list[int]:
    return [citation.marker for citation in making.citations]
