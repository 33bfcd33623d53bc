"""Needs torch and onnx, which only the extra `training` installs."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from rag.reading.training.export import export  # noqa: E402
from rag.reading.training.onnx_weights import onnx_weights  # noqa: E402
from tests.rag.reading.training.test_loop import small  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def test_exported_weights_are_read_back_but_for_their_rounding(tmp_path: Path) -> None:
    model = small().eval()
    for weight in model.parameters():  # the exporter writes equal ones once, and no two are equal after training
        torch.nn.init.normal_(weight, std=0.1)
    export(model, tmp_path / "reader.onnx")
    read = onnx_weights(tmp_path / "reader.onnx")
    assert read.keys() == model.state_dict().keys()
    for name, weight in model.state_dict().items():
        assert torch.allclose(read[name], weight, atol=float(weight.abs().max()) / 60), name
    small().load_state_dict(read)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = torch.nn.Sequential(torch.nn.Linear(8, 8))
    torch.onnx.export(other, (torch.ones(1, 8),), str(tmp_path / "other.onnx"), dynamo=False)
    with pytest.raises(RuntimeError):
        small().load_state_dict(onnx_weights(tmp_path / "other.onnx"))
