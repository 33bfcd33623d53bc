"""Read weights out of an int8 ONNX file: of this reader, to go on from it, or of another BERT, to start from it."""

from pathlib import Path

import onnx
import torch
from onnx.numpy_helper import to_array
from torch import Tensor

_QUANTIZED = "_quantized"


def onnx_weights(file: Path) -> dict[str, Tensor]:
    """Return the weights by their names in torch, in 32 bits; each is off by its rounding.

    Raises:
        ValueError: A weight belongs to no layer: the file was not written by onnxruntime's dynamic quantisation.
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
            raise ValueError(f"{file}: {name} belongs to no layer; give a file that onnxruntime quantised.")
    return {name: value for name, value in state.items() if not name.endswith(("_scale", "_zero_point"))}
