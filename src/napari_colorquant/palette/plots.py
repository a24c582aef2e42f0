"""Palettes, indexed images, error curves and clouds of colours as figures. Needs matplotlib."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .shown import Picture, Swatches
from .thumbnail import take_thumbnail

#: Pixels of the side of an image in a figure, at most.
SIDE = 1600
#: Colours that a legend names; of more, it would hide the image.
_MOST_IN_LEGEND = 32


def plot_swatches(palette: Swatches, ax: Any = None) -> Any:
    """Draw a row of swatches as wide as their shares, or of one width where these are not known."""
    count = len(palette.hex)
    ax = new_axes((min(10.0, 1.2 + 0.6 * count), 1.6)) if ax is None else ax
    widths = palette.shares if palette.shares.sum() > 0 else np.full(count, 1 / count)
    starts = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    ax.bar(starts, np.ones(count), widths, color=palette.hex, align="edge", edgecolor="0.5", linewidth=0.5)
    texts = [name or code for name, code in zip(palette.names, palette.hex, strict=True)]
    wide = np.flatnonzero(widths > 0.04 * widths.sum())  # of the others, texts would lie on each other
    ax.set_xticks((starts + widths / 2)[wide], [texts[index] for index in wide], rotation=45, ha="right")
    ax.set_xlim(0, float(widths.sum()))
    ax.set_ylim(0, 1)
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.set_title(palette.title)
    return ax


def plot_picture(indexed: Picture, ax: Any = None) -> Any:
    """Draw the first plane of an image with a legend of its palette beside it."""
    from matplotlib.patches import Patch

    plane = take_thumbnail(indexed.labels, indexed.to_rgb(), SIDE, SIDE)
    ax = new_axes((8.0, 6.0 * plane.shape[0] / plane.shape[1])) if ax is None else ax
    ax.imshow(plane, interpolation="nearest")
    ax.set_axis_off()
    palette = indexed.palette
    rows = list(zip(palette.hex, palette.names, palette.shares, strict=True))[:_MOST_IN_LEGEND]
    handles = [
        Patch(facecolor=code, edgecolor="0.5", label=f"{name or code}{f'  {share:.1%}' if share > 0 else ''}")
        for code, name, share in rows
    ]
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize="small")
    return ax


def plot_curve(errors: npt.NDArray[np.float64], measure: str, ax: Any = None) -> Any:
    """Draw what each number of colours leaves of an error; the numbers stand by powers of two."""
    ax = new_axes((5.0, 3.4)) if ax is None else ax
    ax.plot(np.arange(1, len(errors) + 1), errors)
    ax.set_xscale("log", base=2)
    ax.set_xlabel("Number of colours")
    ax.set_ylabel(measure)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.3)
    return ax


def plot_cloud(points: Any, colors: Any, entries: Any, names: Sequence[str], ax: Any = None) -> Any:
    """Draw points, (N, 3), in their colours, (N, 3) uint8, and the entries of a palette as rings among them."""
    ax = new_axes((6.0, 5.0), projection="3d") if ax is None else ax
    # The first axis of most spaces is lightness: upwards, as atlases of colours have it.
    ax.scatter(points[:, 1], points[:, 2], points[:, 0], c=colors / 255, s=2, linewidths=0)
    ax.scatter(entries[:, 1], entries[:, 2], entries[:, 0], c="none", edgecolors="0.3", s=60, depthshade=False)
    first, *others = (*names, "", "")[:3]
    ax.set(xlabel=others[0], ylabel=others[1], zlabel=first)
    return ax


def new_axes(size: tuple[float, float], **projection: Any) -> Any:
    """Return the axes of a new figure of `size` inches, which no window and no notebook shows by itself."""
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="compressed").subplots(subplot_kw=projection or None)
