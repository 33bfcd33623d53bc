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
_CONTROL = re.compile(r"<\|[a-z_]{1,20}\|>(?:assistant\b)?")
"""What frames a message in a chat template and was not taken out by the server."""


class Restart:
    """All that was yielded before was reasoning, too: its end came without a beginning."""


def without_reasoning(deltas: Iterable[str]) -> Iterator[str | Restart]:
    """Yield a stream without its reasoning, as soon as it is sure what each piece is.

    Servers that cut the opening tag off, because the prompt holds it, send reasoning first and then its end: that is
    told by a `Restart`.
    """
    pending, inside = "", False
    for delta in deltas:
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
