"""Draws the figures as a bar chart, as plain SVG: how much of its bound each takes up."""

from collections.abc import Sequence
from html import escape

from .figure import Figure

_WIDTH, _ROW, _TOP = 990, 34, 40
_BARS, _BOUND = 300, 600  # where bars begin, and where the bound is
_END = 690  # where the longest bar ends
_STYLE = """
    text { font: 14px system-ui, sans-serif; fill: #222 }
    .value { font-weight: 600 } .small { font-size: 12px; fill: #666 }
    .kept { fill: #2f7d5b } .missed { fill: #b3372f } .bound { stroke: #222; stroke-dasharray: 4 3 }
    @media (prefers-color-scheme: dark) {
      text { fill: #eee } .small { fill: #aaa } .bound { stroke: #eee }
      .kept { fill: #57b98c } .missed { fill: #e2766d }
    }
"""


def draw(figures: Sequence[Figure]) -> str:
    """Return an SVG: for each figure one bar; a bar that stays left of the dashed line keeps its target."""
    height = _TOP + _ROW * len(figures) + 10
    rows = "".join(_row(figure, _TOP + _ROW * number) for number, figure in enumerate(figures))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="Each figure against its target">\n  <style>{_STYLE}  </style>\n'
        f'{rows}  <line class="bound" x1="{_BOUND}" y1="{_TOP - 12}" x2="{_BOUND}" y2="{height - 10}"/>\n'
        f'  <text class="small" x="{_BOUND}" y="{_TOP - 18}" text-anchor="middle">target</text>\n</svg>\n'
    )


def _row(figure: Figure, top: int) -> str:
    length = min(_used(figure) * (_BOUND - _BARS), _END - _BARS)
    state = "kept" if figure.holds else "missed"
    return (
        f'  <text x="{_BARS - 12}" y="{top + 15}" text-anchor="end">{escape(figure.name)}</text>\n'
        f'  <rect class="{state}" x="{_BARS}" y="{top}" width="{length:.0f}" height="20" rx="2"/>\n'
        f'  <text class="value" x="{_END + 12}" y="{top + 15}">{figure.value:.2f} {escape(figure.unit)}</text>\n'
    )


def _used(figure: Figure) -> float:
    """Return the share of the bound that is taken up: at most 1 where the target is kept."""
    return figure.value / figure.most if figure.most is not None else (figure.least or 0) / figure.value
