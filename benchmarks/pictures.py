"""Two pictures: error against time for everyone, and one image through every method."""

from pathlib import Path
from typing import Any

import numpy as np

import napari_colorquant as cq

from .measuring import Figure
from .peers import Contender, Image

_OURS, _PEERS = "#d1495b", "#3d5a80"
#: Percent at which the lowest error is drawn.
_FLOOR = 0.1


def draw_front(figures: list[Figure], path: Path) -> None:
    """Draw how far everyone's mean MSE lies above the lowest, against the median time; a panel for each K."""
    from matplotlib.figure import Figure as Canvas

    numbers = sorted({figure.n_colors for figure in figures})
    names = list(dict.fromkeys(figure.contender for figure in figures))
    columns = min(2, len(numbers))
    rows = -(-len(numbers) // columns)
    beside = 4
    below = -(-len(names) // beside)
    # About as wide as a page shows it, the list below, so that its letters are as large as they are meant.
    canvas = Canvas(figsize=(4.2 * columns, 3.6 * rows + 0.19 * below), layout="constrained")
    panels = np.atleast_1d(canvas.subplots(rows, columns)).ravel()
    for panel, n_colors in zip(panels, numbers, strict=False):
        _draw_panel(panel, [figure for figure in figures if figure.n_colors == n_colors], n_colors, names)
    for panel in panels[len(numbers) :]:
        panel.set_visible(False)
    ours = {figure.contender for figure in figures if figure.is_ours}
    handles = [_handle(f"{names.index(name) + 1:>2}  {name}", name in ours) for name in names]
    canvas.legend(
        handles=handles, loc="outside lower center", ncols=beside, fontsize=7.5, frameon=False, handletextpad=0.2
    )
    canvas.savefig(path, dpi=220)


def _handle(text: str, is_ours: bool) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="", label=text, **_look(is_ours))


def _look(is_ours: bool) -> dict[str, Any]:
    return {"color": _OURS if is_ours else _PEERS, "marker": "o" if is_ours else "s", "markersize": 5}


def _draw_panel(panel: Any, figures: list[Figure], n_colors: int, names: list[str]) -> None:
    points = []
    for name in names:
        own = [figure for figure in figures if figure.contender == name]
        milliseconds = float(np.median([figure.milliseconds for figure in own]))
        points.append((milliseconds, float(np.mean([figure.mse for figure in own])), name, own[0].is_ours))
    lowest = min(point[1] for point in points)
    # Percent above the lowest, so that a logarithm keeps the good ones apart; the lowest stands at the floor.
    points = [(time, max(100 * (mse / lowest - 1), _FLOOR), name, is_ours) for time, mse, name, is_ours in points]
    for milliseconds, above, name, is_ours in points:
        panel.plot([milliseconds], [above], linestyle="", zorder=3, **_look(is_ours))
        panel.annotate(
            str(names.index(name) + 1), (milliseconds, above), (4, 3), textcoords="offset points",
            fontsize=7, color=_OURS if is_ours else _PEERS,
        )  # fmt: skip
    panel.plot(*zip(*_pareto(points), strict=True), color=_OURS, lw=1, alpha=0.5, zorder=1)
    panel.set(xscale="log", yscale="log", xlabel="milliseconds, whole job", ylabel="MSE above the lowest, %")
    panel.set_title(f"{n_colors} colours", fontsize=10)
    panel.grid(True, which="major", lw=0.3, alpha=0.6)
    panel.margins(x=0.1, y=0.08)


def _pareto(points: list[tuple[float, float, str, bool]]) -> list[tuple[float, float]]:
    front: list[tuple[float, float]] = []
    for milliseconds, mse, *_ in sorted(points):
        if not front or mse < front[-1][1]:
            front.append((milliseconds, mse))
    return front


def draw_contact_sheet(image: Image, contenders: list[Contender], n_colors: int, path: Path) -> None:
    """Draw `image` through every contender, with its error under it and its palette beside it."""
    from matplotlib.figure import Figure as Canvas

    columns = 4
    rows = -(-(len(contenders) + 1) // columns)
    canvas = Canvas(figsize=(3.6 * columns, 3.1 * rows), layout="constrained")
    panels = canvas.subplots(rows, columns).ravel()
    panels[0].imshow(image)
    panels[0].set_title("original", fontsize=9)
    for panel, contender in zip(panels[1:], contenders, strict=False):
        palette, labels = contender.run(image, n_colors)
        error = cq.distortion(image, palette[labels])
        panel.imshow(palette[labels])
        panel.set_title(f"{contender.name}\nMSE {error.mse:.0f}, dE {error.mean_de2000:.2f}", fontsize=8)
        strip = panel.inset_axes((0, -0.07, 1, 0.06))
        strip.imshow(palette[None, np.unique(labels)], aspect="auto")  # some bring 256 entries, most of them none's
        strip.set_axis_off()
    for panel in panels:
        panel.set_axis_off()
    canvas.savefig(path, dpi=100)
