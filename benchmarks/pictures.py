"""Two pictures: error against time for everyone, and one image through every method."""

from pathlib import Path

import numpy as np

import napari_colorquant as cq

from .measuring import Figure
from .peers import Contender, Image

_OURS, _PEERS = "#d1495b", "#5b6c7d"


def draw_front(figures: list[Figure], path: Path) -> None:
    """Draw the mean MSE against the median time of every contender, one panel for each number of colours."""
    from matplotlib.figure import Figure as Canvas

    numbers = sorted({figure.n_colors for figure in figures})
    columns = min(2, len(numbers))
    canvas = Canvas(figsize=(6.4 * columns, 4.6 * -(-len(numbers) // columns)), layout="constrained")
    panels = np.atleast_1d(canvas.subplots(-(-len(numbers) // columns), columns)).ravel()
    for panel, n_colors in zip(panels, numbers, strict=False):
        _draw_panel(panel, [figure for figure in figures if figure.n_colors == n_colors], n_colors)
    for panel in panels[len(numbers) :]:
        panel.set_visible(False)
    canvas.savefig(path, dpi=110)


def _draw_panel(panel, figures: list[Figure], n_colors: int) -> None:  # type: ignore[no-untyped-def]
    points = []
    for name in dict.fromkeys(figure.contender for figure in figures):
        own = [figure for figure in figures if figure.contender == name]
        milliseconds = float(np.median([figure.milliseconds for figure in own]))
        points.append((milliseconds, float(np.mean([figure.mse for figure in own])), name, own[0].is_ours))
    for milliseconds, mse, name, is_ours in points:
        color = _OURS if is_ours else _PEERS
        panel.scatter(milliseconds, mse, s=28, color=color, marker="o" if is_ours else "s", zorder=3)
        panel.annotate(name.removesuffix(", srgb"), (milliseconds, mse), (4, 4), textcoords="offset points",
                       fontsize=7, color=color)  # fmt: skip
    front = _pareto(points)
    panel.plot(*zip(*front, strict=True), color=_OURS, lw=1, alpha=0.5, zorder=1)
    panel.set(xscale="log", yscale="log", xlabel="milliseconds, whole job", ylabel="MSE", title=f"{n_colors} colours")
    panel.grid(True, which="both", lw=0.3, alpha=0.5)
    panel.margins(x=0.12, y=0.08)


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
        strip.imshow(palette[None], aspect="auto")
        strip.set_axis_off()
    for panel in panels:
        panel.set_axis_off()
    canvas.savefig(path, dpi=100)
