"""Text that is meant to make a regular expression slow, made from the expression itself."""

import re
from collections.abc import Callable, Iterator
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from time import process_time
from typing import Any

_LENGTHS = (250, 2_000, 16_000)
_FAST_SECONDS = 0.02
"""What a pattern that looks at each of the most characters a few times needs, and a quadratic one exceeds."""
_FAR_TOO_LONG_SECONDS = 3.0
_LONGER = 8
_MOST_GROWTH = 24
"""Times as long for eight times the text: a linear pattern takes 8 times as long, a quadratic one 64 times."""
_OF_CATEGORY = {"DIGIT": "7", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "a", "NOT_SPACE": "a", "NOT_WORD": "-"}
_MOST_PIECES = 40
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


def grows_too_fast(work: Callable[[str], object], piece: str, prefix: str = "", suffix: str = "\0!") -> bool:
    """Whether the time for a text of many pieces grows faster than the text."""

    def seconds(length: int) -> float:
        text = prefix + piece * (length // len(piece)) + suffix
        start = process_time()
        work(text)
        return process_time() - start

    for length in _LENGTHS:
        took = seconds(length)
        if took > _FAR_TOO_LONG_SECONDS:
            return True
        if took > _FAST_SECONDS:
            # Other processes may empty the caches, so the least of several tries counts.
            short, long = (min(seconds(one) for _ in range(3)) for one in (length // _LONGER, length))
            return long > max(_MOST_GROWTH * short, _FAST_SECONDS)
    return False


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """Beginnings, and pieces to repeat: each part of a pattern alone and in pairs, after what may stand before it."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    tree = parser.parse(text, flags & ~re.DEBUG)
    pieces = list(dict.fromkeys(one for one in _pieces(tree) if one))
    letters = list(dict.fromkeys(one[0] for one in pieces))[:12]
    pairs = [a + b for a in letters[:8] for b in letters[:8] if a != b]
    whole = _shortest(tree)
    beginnings = list(dict.fromkeys(["", whole[: len(whole) // 2], *_beginnings(tree)]))[:8]
    for piece in dict.fromkeys([*" \na7", *pieces[:_MOST_PIECES], *letters, whole or " "]):
        for beginning in beginnings:
            yield beginning, piece
    for piece in pairs:
        yield "", piece


def _beginnings(tree: Any) -> Iterator[str]:
    """What matches up to each of a pattern's repeats."""
    before = ""
    for op, value in tree:
        if op in _REPEATS:
            yield before
        elif op is ops.SUBPATTERN:
            yield from (before + inner for inner in _beginnings(value[-1]))
        elif op is ops.BRANCH:
            yield from (before + inner for branch in value[1] for inner in _beginnings(branch))
        before += _one(op, value)


def _pieces(tree: Any) -> Iterator[str]:
    """What each part of a pattern matches at its shortest, but at least once."""
    run = ""
    for op, value in tree:
        if op is ops.LITERAL:
            run += chr(value)
            continue
        yield run
        run = ""
        yield from _members(value) if op is ops.IN else (_one(op, value),)
        for inner in _inner(op, value):
            yield _shortest(inner)
            yield from _pieces(inner)
    yield run


def _inner(op: Any, value: Any) -> list[Any]:
    """The patterns within one part of a pattern."""
    if op in _REPEATS:
        return [value[2]]
    if op is ops.SUBPATTERN:
        return [value[-1]]
    if op is ops.BRANCH:
        return list(value[1])
    if op in (ops.ASSERT, ops.ASSERT_NOT):
        return [value[1]]
    return [value] if op is ops.ATOMIC_GROUP else []


def _shortest(tree: Any) -> str:
    return "".join(_one(op, value) for op, value in tree)


def _one(op: Any, value: Any) -> str:
    """The shortest text for one part, but at least one of what is repeated."""
    if op in (ops.ASSERT, ops.ASSERT_NOT):
        return ""
    if inner := _inner(op, value):
        return _shortest(inner[0]) * (max(1, min(value[0], 50)) if op in _REPEATS else 1)
    if op is ops.CATEGORY:
        return _OF_CATEGORY[str(value).removeprefix("CATEGORY_")]
    if op is ops.IN:
        return next(_members(value), "a")
    return {ops.LITERAL: lambda: chr(value), ops.NOT_LITERAL: lambda: "b", ops.ANY: lambda: "a"}.get(op, str)()


def _members(value: Any) -> Iterator[str]:
    if value[0][0] is ops.NEGATE:
        excluded = {chr(of) for op, of in value if op is ops.LITERAL}
        yield next(one for one in "a <\n7-\"'" if one not in excluded)
        return
    for op, of in value[:6]:
        yield chr(of[0]) if op is ops.RANGE else _one(op, of)
