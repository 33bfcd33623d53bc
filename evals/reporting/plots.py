"""Where the lines and bars of a plot go; `templates/plots.html` draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_COLOURS = ("var(--one)", "var(--two)", "var(--three)")
_BARS = 20


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's axes, in the units of its SVG.

    Attributes:
        low: Value at the left end of the horizontal axis.
        high: Value at its right end.
        across: What the horizontal axis shows.
        highest_label: At the upper end of the vertical axis.
    """

    low: float
    high: float
    across: str
    highest_label: str = "1"
    width: int = 420
    height: int = 220
    left: int = 44
    top: int = 12

    def x(self, value: float) -> float:
        """Where a value lies on the horizontal axis."""
        return self.left + (value - self.low) / ((self.high - self.low) or 1.0) * (self.width - self.left)

    def y(self, share: float) -> float:
        """Where a share of the highest value, from 0 to 1, lies on the vertical axis."""
        return self.height - share * (self.height - self.top)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot; `points` as SVG's `polyline` takes them, `last` the value at its right end."""

    name: str
    points: str
    colour: str
    last: float


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Curves in one frame."""

    title: str
    frame: Frame
    curves: Sequence[Curve]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars in one frame."""

    title: str
    frame: Frame
    bars: Sequence[Bar]


def line_plot(title: str, curves: Mapping[str, Sequence[tuple[float, float]]], *, across: str) -> LinePlot:
    """Curves of points `(x, y)`; y from 0 to 1."""
    xs = [x for points in curves.values() for x, _ in points]
    frame = Frame(min(xs), max(xs), across)
    drawn = [
        Curve(name, " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in points), colour, last=points[-1][1])
        for (name, points), colour in zip(curves.items(), _COLOURS, strict=False)
    ]
    return LinePlot(title, frame, drawn)


def histogram(title: str, values: Sequence[float], *, across: str) -> Histogram:
    """How often the values fall into twenty equal ranges."""
    low, high = min(values), max(values)
    width = (high - low) / _BARS or 1.0
    counts = [0] * _BARS
    for value in values:
        counts[min(_BARS - 1, int((value - low) / width))] += 1
    highest = max(counts)
    frame = Frame(low, high, across, highest_label=str(highest))
    step = (frame.width - frame.left) / _BARS
    drawn = [
        Bar(
            x=frame.left + i * step,
            y=frame.y(count / highest),
            width=step - 1,
            height=frame.y(0) - frame.y(count / highest),
            label=f"{low + i * width:.0f} to {low + (i + 1) * width:.0f}: {count}",
        )
        for i, count in enumerate(counts)
    ]
    return Histogram(title, frame, drawn)
