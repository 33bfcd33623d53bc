"""Write a trained model as one int8 ONNX file.

`python -m rag.reading.training.export --checkpoint FILE --out FILE`
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from rag.reading.onnx_reader import INPUTS, OUTPUTS
from rag.reading.training.model import EMBEDDING_MODEL, SpanReaderModel, initial_model

_OPSET = 17


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m rag.reading.training.export", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--initial", type=Path, help="what the training started from")
    parser.add_argument("--layers", type=int, help="as given to the training")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    model = initial_model(options.initial or EMBEDDING_MODEL, options.layers)
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


if __name__ == "__main__":
    main()
