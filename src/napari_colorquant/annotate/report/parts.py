"""The drawings and tables of a report, as HTML and SVG."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from ..patterns.columns import find_column
from ..tables.table import Row

#: More rows than this are left to the CSV file.
_MOST_ROWS = 500
_WIDTH, _LINE, _NAMES = 720, 30, 150
_TICKS = 5


def format_share(share: float) -> str:
    """Return a share in percent, with as many digits as say something."""
    percent = 100 * share
    return f"{percent:.1f} %" if percent >= 1 or percent == 0 else f"{percent:.2g} %"


def draw_bar(parts: Sequence[tuple[str, str, float]]) -> str:
    """Return a bar of shares, (name, colour, share) each, which tells them where the mouse rests."""
    pieces = "".join(
        f'<span style="background:{color};flex-grow:{share:.6f}" title="{escape(name)}: {format_share(share)}"></span>'
        for name, color, share in parts
        if share > 0
    )
    text = ", ".join(f"{name} {format_share(share)}" for name, _, share in parts if share > 0)
    return f'<div class="bar" role="img" aria-label="{escape(text)}">{pieces}</div>'


def draw_spread(parts: Sequence[tuple[str, str, dict[str, float]]]) -> str:
    """Return a drawing of how shares spread over images: a row of dots for each part, (name, colour, shares)."""
    most = max((share for _, _, shares in parts for share in shares.values()), default=1.0) or 1.0
    step = _nice(most / _TICKS)
    top = step * math.ceil(most / step - 1e-9)
    right, height = _WIDTH - 20, _LINE * len(parts) + 28
    lines = [
        f'<svg class="spread" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Shares in each image">',
    ]
    for tick in range(round(top / step) + 1):
        x = _place(tick * step, top, right)
        lines.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 24}"/>')
        lines.append(f'<text class="tick" x="{x:.1f}" y="{height - 8}">{100 * tick * step:g} %</text>')
    for row, (name, color, shares) in enumerate(parts):
        y = _LINE * row + _LINE / 2
        lines.append(f'<text class="label" x="{_NAMES - 12}" y="{y + 4:.1f}">{escape(_short(name, 20))}</text>')
        for image, share in shares.items():
            x = _place(share, top, right)
            told = f"<title>{escape(image)}: {format_share(share)}</title>"
            lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{color}">{told}</circle>')
        if shares:
            x = _place(float(np.mean(list(shares.values()))), top, right)
            lines.append(f'<line class="mean" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 11:.1f}" y2="{y + 11:.1f}"/>')
    return "".join([*lines, "</svg>"])


def draw_matrix(names: Sequence[str], colors: Sequence[str], matrix: npt.NDArray[Any]) -> str:
    """Return a table of shares, (K, K), whose cells are the fuller the larger they are."""
    heads = "".join(
        f'<th scope="col" title="{escape(name)}"><span class="swatch" style="background:{color}"></span></th>'
        for name, color in zip(names, colors, strict=True)
    )
    rows = []
    for place, (name, color) in enumerate(zip(names, colors, strict=True)):
        cells = "".join(
            f'<td style="--full:{round(100 * float(share))}%" title="{escape(name)} beside {escape(names[other])}">'
            f"{100 * float(share):.1f}</td>"
            for other, share in enumerate(matrix[place])
        )
        head = f'<span class="swatch" style="background:{color}"></span>{escape(_short(name, 24))}'
        rows.append(f'<tr><th scope="row">{head}</th>{cells}</tr>')
    return f'<table class="matrix"><thead><tr><th>in %</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def draw_table(rows: Sequence[Row]) -> str:
    """Return rows as a table; the rest of very many is left to the file."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    heads = "".join(f'<th scope="col">{escape(_title(name))}</th>' for name in columns)
    lines = (
        "<tr>" + "".join(_cell(row.get(name, "")) for name in columns) + "</tr>"
        for row in rows[:_MOST_ROWS]
    )  # fmt: skip
    more = f"<p>{len(rows) - _MOST_ROWS} more rows are in the file.</p>" if len(rows) > _MOST_ROWS else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>{more}"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f'<td class="number">{"–" if math.isnan(value) else f"{value:.4g}"}</td>'
    if isinstance(value, int):
        return f'<td class="number">{value}</td>'
    text = escape(str(value))
    is_color = len(text) == 7 and text[0] == "#"
    return f'<td><span class="swatch" style="background:{text}"></span>{text}</td>' if is_color else f"<td>{text}</td>"


def _title(name: str) -> str:
    return find_column(name).title


def _place(share: float, top: float, right: float) -> float:
    return _NAMES + (right - _NAMES) * share / top


def _nice(step: float) -> float:
    """Return the next larger of 1, 2, 5 times a power of ten, so that ticks are round."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step - 1e-12)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
