"""Plots of a run as inline SVG: no script, no network; every figure is in a title and in the tables too."""

from collections.abc import Mapping, Sequence
from html import escape

from evals.metrics.bootstrap import Estimate

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 420, 220, 44, 30, 12
_COLOURS = ("var(--one)", "var(--two)", "var(--three)")
_BARS = 20


def line_plot(title: str, curves: Mapping[str, Sequence[tuple[float, float]]], *, across: str) -> str:
    """Curves of points `(x, y)`; y from 0 to 1."""
    xs = [x for points in curves.values() for x, _ in points]
    low, high = min(xs), max(xs)
    parts = [_axes(low, high, across)]
    for row, ((name, points), colour) in enumerate(zip(curves.items(), _COLOURS, strict=False)):
        placed = " ".join(f"{_x(x, low, high):.1f},{_y(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{placed}" fill="none" stroke="{colour}" stroke-width="2"/>')
        label = f"{escape(name)}, last {points[-1][1]:.2f}"
        parts.append(f'<rect x="{_LEFT + 12}" y="{_HEIGHT - 24 - 16 * row}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{_LEFT + 28}" y="{_HEIGHT - 15 - 16 * row}">{label}</text>')
    return _figure(title, "".join(parts))


def histogram(title: str, values: Sequence[float], *, across: str) -> str:
    """How often the values fall into twenty equal ranges."""
    low, high = min(values), max(values)
    width = (high - low) / _BARS or 1.0
    counts = [0] * _BARS
    for value in values:
        counts[min(_BARS - 1, int((value - low) / width))] += 1
    step = (_WIDTH - _LEFT) / _BARS
    bars = "".join(
        f'<rect x="{_LEFT + i * step:.1f}" y="{_y(count / max(counts)):.1f}" width="{step - 1:.1f}" '
        f'height="{_y(0) - _y(count / max(counts)):.1f}" fill="var(--one)"><title>{low + i * width:.0f} to '
        f"{low + (i + 1) * width:.0f}: {count}</title></rect>"
        for i, count in enumerate(counts)
    )
    return _figure(title, _axes(low, high, across, up=str(max(counts))) + bars)


def bars(title: str, groups: Mapping[str, Estimate]) -> str:
    """One bar a group with its interval, from 0 to 1."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)} <small>({one.n})</small></th><td><svg viewBox="0 0 200 16" width="200" '
        f'height="16" role="img" aria-label="{one.value:.2f}"><rect width="{200 * one.value:.1f}" height="16" '
        f'fill="var(--one)"/><line x1="{200 * max(one.low, 0):.1f}" x2="{200 * min(one.high, 1):.1f}" y1="8" y2="8" '
        f'stroke="var(--ink)" stroke-width="2"/></svg></td><td>{one.value:.2f}</td></tr>'
        for name, one in groups.items()
    )
    return f"<figure><figcaption>{escape(title)}</figcaption><table>{rows}</table></figure>"


def _figure(title: str, drawn: str) -> str:
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {_WIDTH + 10} {_HEIGHT + _BOTTOM}" '
        f'role="img" aria-label="{escape(title)}">{drawn}</svg></figure>'
    )


def _axes(low: float, high: float, across: str, up: str = "1") -> str:
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{_y(0)}" y2="{_y(0)}" stroke="var(--quiet)"/>'
        f'<line x1="{_LEFT}" x2="{_LEFT}" y1="{_y(0)}" y2="{_y(1)}" stroke="var(--quiet)"/>'
        f'<text x="{_LEFT - 6}" y="{_y(0)}" text-anchor="end">0</text>'
        f'<text x="{_LEFT - 6}" y="{_y(1) + 8}" text-anchor="end">{escape(up)}</text>'
        f'<text x="{_LEFT}" y="{_HEIGHT + 18}">{low:.3g}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT + 18}" text-anchor="end">{high:.3g}</text>'
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT + 18}" text-anchor="middle">{escape(across)}</text>'
    )


def _x(value: float, low: float, high: float) -> float:
    return _LEFT + (value - low) / ((high - low) or 1.0) * (_WIDTH - _LEFT)


def _y(share: float) -> float:
    return _HEIGHT - share * (_HEIGHT - _TOP)
