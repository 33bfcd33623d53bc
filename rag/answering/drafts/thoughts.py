"""Taking out what a model wrote for itself: `<think>` blocks and their like. Pure."""

import re
from collections.abc import Iterable, Iterator

_NAME = r"(?:think|thinking|thought|thoughts|reason|reasoning|reflection|scratchpad|analysis)"
_OPENING = re.compile(
    rf"[<\[◁]{_NAME}[>\]▷]|(?:<\|start\|>\w{{0,12}})?<\|channel\|>(?:analysis|commentary)<\|message\|>|<\|{_NAME}\|>",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"[<\[◁]/{_NAME}[>\]▷]|<\|/{_NAME}\|>|(?:<\|start\|>\w{{0,12}})?<\|channel\|>final<\|message\|>", re.IGNORECASE
)
_EITHER = re.compile(f"{_OPENING.pattern}|{_CLOSING.pattern}", re.IGNORECASE)
_UNFINISHED = re.compile(r"(?:<\|start\|>\w{0,12})?(?:<\|channel\|>\w{0,20})?(?:[<\[◁][^<>\[\]◁▷\s]{0,30})?\Z")
_END = re.compile(r"<\|(?:im_end|eot_id|eom_id|endoftext|end_of_text|return)\|>|<end_of_turn>|</s>|<eos>")
"""Ends a reply, whatever a model goes on to write; a server that does not know it lets it through."""
_LONGEST_SIGN = 20
_CONTROL = re.compile(r"<\|[a-z_]{1,20}\|>(?:assistant\b)?")
"""What frames a message in a chat template and was not taken out by the server."""


class Restart:
    """All that was yielded before was reasoning, too: its end came without a beginning."""


def reply_without_reasoning(reply: str) -> str:
    """Return a whole reply up to its end and without its reasoning."""
    kept = ""
    for piece in without_reasoning([reply]):
        kept = kept + piece if isinstance(piece, str) else ""
    return kept.strip()


def without_reasoning(deltas: Iterable[str]) -> Iterator[str | Restart]:
    """Yield a stream up to its end and without its reasoning, as soon as it is sure what each piece is.

    Servers that cut the opening tag off, because the prompt holds it, send reasoning first and then its end: that is
    told by a `Restart`.
    """
    pending, inside = "", False
    for delta in _until_end(deltas):
        pending += delta
        while tag := (_CLOSING if inside else _EITHER).search(pending):
            if not inside:
                yield _CONTROL.sub("", pending[: tag.start()])
            if _CLOSING.fullmatch(tag.group()):
                if not inside:
                    yield Restart()
                inside = False
            else:
                inside = True
            pending = pending[tag.end() :]
        unfinished = _UNFINISHED.search(pending)
        if not inside and unfinished and (kept := unfinished.start()):
            yield _CONTROL.sub("", pending[:kept])
            pending = pending[kept:]
    if not inside and pending:
        yield _CONTROL.sub("", pending)


def _until_end(deltas: Iterable[str]) -> Iterator[str]:
    """The stream up to the sign that ends a reply, once anything was written."""
    pending, is_begun = "", False
    for delta in deltas:
        pending += delta
        end = _END.search(pending)
        while end and not (is_begun or pending[: end.start()].strip()):
            pending = pending[end.end() :]
            end = _END.search(pending)
        if end:
            yield pending[: end.start()]
            return
        kept = max(pending.rfind("<"), 0) if "<" in pending[-_LONGEST_SIGN:] else len(pending)
        is_begun = is_begun or bool(pending[:kept].strip())
        if kept:
            yield pending[:kept]
        pending = pending[kept:]
    if pending:
        yield pending
