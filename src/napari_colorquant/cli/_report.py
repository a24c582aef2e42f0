"""What a run tells of its result: the palette, the error, what was decided on the way."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from .._runtime.progress import stage
from ..indexed import IndexedFrames, IndexedImage
from ..palette import Palette
from ..pipeline.mapped import describe_mapping
from ..pipeline.smoothing import smoothing_cost
from ..quality.distortion import distortion
from ..spaces.stains import STAINS
from ._progress import show_stages

#: What became of an image.
Result: TypeAlias = IndexedImage | IndexedFrames


def count_colors(indexed: Result) -> str:
    """Return how many colours there are, in words."""
    if isinstance(indexed, IndexedFrames):
        return f"{len(indexed.palettes[0])} colours for each of {len(indexed.palettes)} frames"
    return f"{len(indexed.palette)} colours"


def describe_colors(indexed: Result) -> Iterator[str]:
    """Iterate over lines: what `describe_palette` tells, or the colours of each frame in a line."""
    if isinstance(indexed, IndexedImage):
        yield from describe_palette(indexed.palette)
    else:
        for number, palette in enumerate(indexed.palettes):
            yield f"frame {number}: {' '.join(palette.hex)}"


def describe_palette(palette: Palette) -> Iterator[str]:
    """Iterate over lines: each colour with its share and name."""
    shares_known = palette.shares.any()  # not those of a large image that was mapped onto a palette as it was
    for code, share, name in zip(palette.hex, palette.shares, palette.names, strict=True):
        yield (f"{code}  {100 * share:6.2f} %  {name}" if shares_known else f"{code}  {name}").rstrip()


def describe_result(image: Any, indexed: Result, *, report: bool, quiet: bool) -> Iterator[str]:
    """Iterate over what else there is to say of a result; with `report`, how far it is from the image."""
    if indexed.recolored is not None:
        yield f"pixels keep their {indexed.recipe.keep}: in true colour it has more than {count_colors(indexed)}"
    if report and not is_blank(indexed):
        with show_stages(quiet) as part, part(0.0, 1.0), stage("Measuring the error", 0.0, 1.0):
            if isinstance(indexed, IndexedImage):
                found = distortion(image, indexed)
            else:
                found = distortion(image, indexed.to_rgb(), mask=indexed.valid, scale=indexed.recipe.scale)
        psnr = "infinite" if np.isinf(found.psnr) else f"{found.psnr:.2f} dB"
        yield (
            f"MSE {found.mse:.2f}  PSNR {psnr}  dE2000 mean {found.mean_de2000:.3f}, "
            f"95 % {found.p95_de2000:.3f}, max {found.max_de2000:.2f}"
            + (f"  clipped {100 * found.clipped:.2g} %" if found.clipped else "")
        )
        palette = indexed.palette if isinstance(indexed, IndexedImage) else indexed.palettes[0]
        if (told := describe_mapping(indexed.recipe, palette)) and not found.is_exact:
            yield f"labels: {told}"
        if indexed.recipe.space == STAINS.name:
            yield f"stains: {indexed.recipe.to_dict()['stains']}"
        if isinstance(indexed, IndexedImage) and indexed.recipe.smoothness:
            cost = smoothing_cost(image, indexed)
            yield (
                f"smoothness moved {cost.changed} pixels ({100 * cost.share:.2f} %) to another colour than without "
                f"it: dE2000 mean {cost.before.mean_de2000:.3f} to {cost.after.mean_de2000:.3f}"
            )


def is_blank(indexed: Result) -> bool:
    """Return True if no pixel has data; of a lazy image nothing is known."""
    return indexed.valid is not None and not indexed.is_lazy and not np.any(indexed.valid)
