"""The training loop: batches of alike length, checkpoints that a run goes on from, figures on questions held out."""

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer

from rag.reading.inputs import ReaderInput, reader_input
from rag.reading.training.examples import Example
from rag.reading.training.metrics import HeldOutFigures, figures_of
from rag.reading.training.model import SpanReaderModel, loss_of, to_tensor

_logger = logging.getLogger(__name__)

_POOL = 64
"""Batches that are sorted by length together, so that little of a batch is padding."""
_WARM_UP = 0.06
_LARGEST_GRADIENT = 1.0


Drawing = Callable[[int, int], Iterator[Example]]
"""Seed and epoch -> the epoch's examples in the order in which they are learnt."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train.

    Attributes:
        steps: Batches in all.
        batch: Examples in a batch.
        rate: Highest learning rate; it rises over the first steps and falls to 0 in a line.
        seed: Of what is drawn by chance.
        every: Steps between two checkpoints; what was learnt since the last one is lost when a run is ended.
        report: Steps between two lines of figures.
    """

    steps: int
    rate: float
    seed: int
    batch: int = 32
    every: int = 100
    report: int = 700


@dataclass(frozen=True, slots=True)
class TokenizedExample:
    """An example as the model takes it; `start` and `end` are tokens, both 0 where the passage does not answer.

    Attributes:
        holds: See `Example`.
    """

    input: ReaderInput
    start: int
    end: int
    holds: bool | None = None


def train(
    model: SpanReaderModel,
    tokenizer: Tokenizer,
    examples: Drawing,
    held_out: Sequence[Example],
    *,
    plan: Plan,
    checkpoint: Path,
) -> None:
    """Train, going on from the checkpoint if there is one; log figures now and then.

    Args:
        model: Is changed in place.
        tokenizer: Prepared by `rag.reading.inputs.prepare`.
        examples: To learn from.
        held_out: To report figures on.
        plan: How long and how fast.
        checkpoint: File that is written every `plan.every` steps and at the end, whole or not at all.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=plan.rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share_of_rate(step, plan.steps))
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["step"]
    torch.manual_seed(plan.seed + first)
    model.train()
    total, reported, began = 0.0, first, time.monotonic()
    batches = islice(_batches(tokenizer, examples, plan, first), plan.steps - first)
    for step, batch in enumerate(batches, first + 1):
        with _half_precision():
            logits = model(*_inputs(batch))
        loss = loss_of(logits, *_gold(batch))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), _LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % plan.every == 0 or step == plan.steps:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
            _write_whole(checkpoint, {**state, "schedule": schedule.state_dict()})
        if step % plan.report == 0 or step == plan.steps:
            done, seconds = step - reported, time.monotonic() - began
            _logger.info(
                "step %d of %d, loss %.3f, %s, %.1f examples a second",
                step,
                plan.steps,
                total / done,
                evaluate(model, tokenizer, held_out, plan.batch),
                done * plan.batch / seconds,
            )
            total, reported, began = 0.0, step, time.monotonic()


def evaluate(model: SpanReaderModel, tokenizer: Tokenizer, held_out: Sequence[Example], batch: int) -> HeldOutFigures:
    """Return how well the model reads examples that it was not trained on; it trains on after."""
    model.eval()
    scored: list[tuple[float, tuple[int, int], tuple[int, int]]] = []
    claims: list[tuple[float, bool]] = []
    tokenized = [kept for example in held_out if (kept := tokenize(tokenizer, example))]
    with torch.no_grad(), _half_precision():
        for first in range(0, len(tokenized), batch):
            some = tokenized[first : first + batch]
            logits = model(*_inputs(some))
            for row, example in enumerate(some):
                if example.holds is not None:
                    claims.append((logits.entailed[row].item(), example.holds))
                    continue
                span = best_span(logits.start[row].tolist(), logits.end[row].tolist())
                scored.append((logits.answerable[row].item(), span, (example.start, example.end)))
    model.train()
    return figures_of(scored, claims)


def best_span(start: Sequence[float], end: Sequence[float], most: int = 30) -> tuple[int, int]:
    """Return the first and last token of the likeliest answer of at most so many tokens."""
    pairs = (
        (start[first] + end[last], first, last)
        for first in range(1, len(start))
        for last in range(first, min(first + most, len(end)))
    )
    _, first, last = max(pairs)
    return first, last


def tokenize(tokenizer: Tokenizer, example: Example) -> TokenizedExample | None:
    """Return the example as tokens; `None` if its answer was cut off."""
    tokens = reader_input(tokenizer, example.question, example.above, example.passage)
    if not example.span:
        return TokenizedExample(tokens, 0, 0, example.holds)
    start, end = example.span
    inside = [place for place, span in enumerate(tokens.spans) if span and span[1] > start and span[0] < end]
    last = max((span[1] for span in tokens.spans if span), default=0)
    return TokenizedExample(tokens, inside[0], inside[-1]) if inside and last >= end else None


def _batches(tokenizer: Tokenizer, examples: Drawing, plan: Plan, first: int) -> Iterator[list[TokenizedExample]]:
    """Batches for the steps from `first` on; a run that goes on draws an order of its own."""
    draw = torch.Generator().manual_seed(plan.seed + first)
    pool: list[TokenizedExample] = []
    epoch = first
    while True:
        for example in examples(plan.seed, epoch):
            if kept := tokenize(tokenizer, example):
                pool.append(kept)
            if len(pool) == _POOL * plan.batch:
                pool.sort(key=lambda each: len(each.input.ids))
                for place in torch.randperm(_POOL, generator=draw).tolist():
                    yield pool[place * plan.batch : (place + 1) * plan.batch]
                pool = []
        epoch += 1


def _inputs(batch: Sequence[TokenizedExample]) -> tuple[torch.Tensor, ...]:
    return (
        to_tensor([list(each.input.ids) for each in batch]),
        to_tensor([[1] * len(each.input.ids) for each in batch]),
        to_tensor([list(each.input.segments) for each in batch]),
        to_tensor([[int(span is not None) for span in each.input.spans] for each in batch]),
    )


def _gold(batch: Sequence[TokenizedExample]) -> tuple[torch.Tensor, ...]:
    held = [-1 if each.holds is None else int(each.holds) for each in batch]
    return (
        torch.tensor([each.start for each in batch]),
        torch.tensor([each.end for each in batch]),
        torch.tensor(held),
    )


def _half_precision() -> torch.autocast:
    """In bfloat16 where the processor calculates in it; elsewhere it is emulated, a tenth as fast as 32 bits."""
    fast = torch.backends.cpu.get_cpu_capability() == "AVX512"
    return torch.autocast("cpu", torch.bfloat16, enabled=fast)


def _share_of_rate(step: int, steps: int) -> float:
    warm_up = max(1, round(_WARM_UP * steps))
    return min((step + 1) / warm_up, max(0.0, (steps - step) / (steps - warm_up)))


def _write_whole(file: Path, state: dict[str, object]) -> None:
    beside = file.with_suffix(".new")
    torch.save(state, beside)
    os.replace(beside, file)
