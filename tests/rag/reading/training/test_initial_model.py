"""Needs torch and onnx, which only the extra `training` installs."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: E402
from transformers import BertConfig, BertModel  # noqa: E402

from rag.reading.training.model import initial_model  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


class CrossEncoder(torch.nn.Module):
    """A released one in small: a BERT and what scores a passage."""

    def __init__(self) -> None:
        super().__init__()
        config = BertConfig(
            vocab_size=50, hidden_size=64, num_hidden_layers=3, num_attention_heads=2, intermediate_size=96
        )
        self.bert = BertModel(config)
        self.classifier = torch.nn.Linear(64, 1)

    def forward(self, ids: torch.Tensor, attention: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
        """Return the score."""
        read = self.bert(input_ids=ids, attention_mask=attention, token_type_ids=segments)
        return self.classifier(read.pooler_output)


def test_training_starts_from_the_lowest_layers_of_a_released_cross_encoder(tmp_path: Path) -> None:
    released = CrossEncoder().eval()
    for weight in released.parameters():  # the exporter writes equal ones once, and no two are equal after training
        torch.nn.init.normal_(weight, std=0.1)
    tokens = torch.ones((1, 8), dtype=torch.long)
    whole, file = tmp_path / "whole.onnx", tmp_path / "released.onnx"
    torch.onnx.export(released, (tokens, tokens, tokens), str(whole), dynamo=False)
    quantize_dynamic(whole, file, weight_type=QuantType.QInt8)
    model = initial_model(file, layers=2)
    assert model.encoder.config.num_hidden_layers == 2
    assert model.encoder.config.num_attention_heads == 2
    state = released.bert.state_dict()
    for name, weight in model.encoder.state_dict().items():
        assert torch.allclose(weight, state[name], atol=float(state[name].abs().max()) / 60), name
