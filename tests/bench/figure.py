"""One measured figure, and how several ways of doing a thing are measured fairly."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

RUNS = 5


@dataclass(frozen=True)
class Figure:
    """A figure and its bound: `most` or `least`, in `unit`. `note` says what it is made of, for people."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def target(self) -> str:
        """The bound as it is printed, such as "<= 3.0"."""
        return f"<= {self.most}" if self.most is not None else f">= {self.least}"

    @property
    def holds(self) -> bool:
        """Tell whether the value is within its bound."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def told(self) -> dict[str, object]:
        """Return it ready for JSON."""
        told = {"name": self.name, "value": round(self.value, 3), "unit": self.unit}
        return told | {"target": self.target, "holds": self.holds}


def medians(ways: Mapping[str, Callable[[], float]], runs: int = RUNS) -> dict[str, float]:
    """Measure each way several times, in turn (a b a b …), so that a busy minute hits all alike; return the medians."""
    measured: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            measured[name].append(way())
    return {name: statistics.median(values) for name, values in measured.items()}
