"""Figures of distortion, added up over pairs of pixels: what an image was, and what became of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Levels
from ..pixels.intensities import STEP, to_16bit
from ..pixels.rgb_profile import RgbProfile
from ..spaces.delta_e import BLOCK, rgb_difference
from .input_levels import InputLevels

#: Differences are counted in steps of 1/256, the last step holding all beyond it.
_STEPS_PER_DE = 256
_STEPS = 160 * _STEPS_PER_DE


@dataclass(frozen=True)
class Distortion:
    """How far an image is from its original, over the pixels where both have data.

    Attributes
    ----------
    mse : float
        Mean squared Euclidean distance in 8-bit sRGB, summed over the three channels (Celebi's
        convention), 0..195075.
    psnr : float
        Peak signal-to-noise ratio in dB: 10 log10(255**2 / (mse / 3)), the mean squared error of a
        channel under the logarithm; infinite for equal images.
    mean_de2000 : float
        Mean CIEDE2000 difference.
    p95_de2000 : float
        The CIEDE2000 difference that 95 % of the pixels do not exceed, to 1/512.
    max_de2000 : float
        The largest CIEDE2000 difference.
    n_pixels : int
        The number of pixels compared.
    is_exact : bool
        True if there is no error, and no two numbers of the original became one colour: neither of more
        bits than a level has, nor beyond the limits of a scale.
    clipped : float
        The share of the pixels that have a number beyond the limits of the scale, 0..1. What was cut off
        there is in none of the errors.
    blurred_de : float or None
        Mean CIEDE2000 difference after the visual blur of S-CIELAB; for dithered images, on request.
    ssim : float or None
        Mean structural similarity, at most 1; on request.
    """

    mse: float
    psnr: float
    mean_de2000: float
    p95_de2000: float
    max_de2000: float
    n_pixels: int
    is_exact: bool = False
    clipped: float = 0.0
    blurred_de: float | None = None
    ssim: float | None = None


def to_psnr(mse: Any) -> Any:
    """Return the PSNR in dB of an MSE summed over the three channels; infinite for 0."""
    with np.errstate(divide="ignore"):
        return 10 * np.log10(3 * 255.0**2 / np.asarray(mse, np.float64))


class DistortionSums:
    """Sums over pairs of pixels: squared error exact, differences in float64, their distribution in steps.

    The sums of two parts add up to those of all their pairs. Each pixel is there as often as there are `grounds`.
    """

    def __init__(self, grounds: int = 1, n_labels: int = 1) -> None:
        self.grounds = grounds
        self.squared_error: int = 0  # in 16-bit steps
        self.de2000: float = 0.0
        self.largest: float = 0.0
        self.steps: npt.NDArray[np.int64] = np.zeros(_STEPS, np.int64)
        self.input: InputLevels = InputLevels.empty(n_labels)

    def add(
        self,
        colors: Levels,
        others: Levels,
        counts: npt.NDArray[np.int64] | None = None,
        profile: RgbProfile | None = None,
    ) -> None:
        """Add pairs of colours of either depth, each counted once or as often as `counts` says.

        They are sRGB, or those of `profile`: the squared error is then that of what sRGB shows of them.
        """
        is_deep = profile is not None or np.uint16 in (colors.dtype, others.dtype)
        if is_deep:
            colors, others = to_16bit(colors), to_16bit(others)
        counts = np.empty(0, np.int64) if counts is None else counts
        differences = np.empty(len(colors), np.float32)

        def task(start: int, stop: int) -> tuple[int, float]:
            block = slice(start, stop)
            pair = colors[block], others[block]
            rgb_difference(*pair, differences[block], profile)
            if profile is not None:
                pair = profile.to_srgb(pair[0]), profile.to_srgb(pair[1])
            sums: tuple[int, float] = _sum_up(*pair, differences[block], counts[block])
            return sums

        sums = map_blocks(task, len(colors), BLOCK)
        self.squared_error += sum(int(error) for error, _ in sums) * (1 if is_deep else STEP**2)
        self.de2000 += sum(total for _, total in sums)
        self.largest = max(self.largest, float(differences.max(initial=0)))
        _count_steps(differences, counts, np.float32(_STEPS_PER_DE), self.steps)

    def __add__(self, other: "DistortionSums") -> "DistortionSums":
        total = DistortionSums(self.grounds, len(self.input.low))
        total.squared_error = self.squared_error + other.squared_error
        total.de2000, total.largest = self.de2000 + other.de2000, max(self.largest, other.largest)
        total.steps = self.steps + other.steps
        total.input = self.input + other.input
        return total

    def result(self) -> Distortion:
        """Return the figures; ValueError if there was no pair."""
        count = int(self.steps.sum())
        if count == 0:
            raise ValueError("the images must have at least one pixel with data in common, got none")
        mse = self.squared_error / (STEP**2 * count)
        step = int(np.searchsorted(np.cumsum(self.steps), np.ceil(0.95 * count)))
        return Distortion(
            mse=mse,
            psnr=float(to_psnr(mse)),
            mean_de2000=self.de2000 / count,
            p95_de2000=min(step / _STEPS_PER_DE, self.largest),
            max_de2000=self.largest,
            n_pixels=count // self.grounds,
            is_exact=mse == 0 and not self.input.are_merged,
            clipped=self.input.clipped * self.grounds / count,
        )


@kernel
def _sum_up(colors, others, differences, counts):  # type: ignore[no-untyped-def]
    weighted = len(counts) > 0
    squared_error, total = np.int64(0), 0.0
    for i in range(len(colors)):
        red = np.int64(colors[i, 0]) - np.int64(others[i, 0])
        green = np.int64(colors[i, 1]) - np.int64(others[i, 1])
        blue = np.int64(colors[i, 2]) - np.int64(others[i, 2])
        count = counts[i] if weighted else np.int64(1)
        squared_error += count * (red * red + green * green + blue * blue)
        total += count * np.float64(differences[i])
    return squared_error, total


@kernel
def _count_steps(differences, counts, steps_per_de, steps):  # type: ignore[no-untyped-def]
    weighted = len(counts) > 0
    for i in range(differences.size):
        step = min(np.int64(differences[i] * steps_per_de + np.float32(0.5)), np.int64(steps.size - 1))
        steps[step] += counts[i] if weighted else np.int64(1)
