"""The errors that a palette can be designed for: what "near" means for each, and what an eye makes of the picture.

A new one is one entry here.
"""

from dataclasses import dataclass, replace

from ..pixels.rgb_profile import RgbProfile
from ._metric import Metric
from ._space import Space
from .difference import DifferenceMetric
from .hue import make_metric
from .hunt_lab import HUNT_LAB
from .sight import FLIP, SSIMULACRA2, Sight
from .xyb import XYB


@dataclass(frozen=True)
class Objective:
    """An error that is made small.

    Attributes
    ----------
    name : str
    title : str
        What people call it.
    summary : str
        What is made small, in a part of a sentence.
    space : Space or None
        In which colours are designed and mapped, whatever space is chosen; None: in the chosen one.
    axis_weights : tuple of float
        Those of `space`.
    sight : Sight or None
        How an eye adds up what lacks in the picture; None: pixels count one by one.
    is_formula : bool
        Whether near is what CIEDE2000 says, which is no distance in any space.
    """

    name: str
    title: str
    summary: str
    space: Space | None = None
    axis_weights: tuple[float, ...] = ()
    sight: Sight | None = None
    is_formula: bool = False

    def make_metric(
        self, space: Space, axis_weights: tuple[float, ...], keep: str, profile: RgbProfile | None, alpha_weight: float
    ) -> Metric:
        """Return what "near" means for it where a recipe has these choices; `keep` goes with "mse" alone."""
        if self.is_formula:
            return DifferenceMetric(space, axis_weights, profile, alpha_weight)
        if self.space is not None:
            return Metric(self.space, self.axis_weights, profile, alpha_weight)
        metric = make_metric(space, axis_weights, keep)
        if profile is None and alpha_weight == 1:
            return metric
        return replace(metric, profile=profile, alpha_weight=alpha_weight)


#: By name.
OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective("mse", "Mean square", "the mean squared distance in the space"),
        Objective("de2000", "CIEDE2000", "the mean colour difference, whatever the space", is_formula=True),
        Objective("flip", "FLIP", "what it sees of the picture as a whole, whatever the space", HUNT_LAB, (), FLIP),
        # The weight of X was found on ten photographs, at 8, 16 and 64 colours.
        Objective(
            "ssimulacra2",
            "SSIMULACRA2",
            "what it sees of structure lost, whatever the space",
            XYB,
            (0.55, 1.0, 1.0),
            SSIMULACRA2,
        ),
    )
}
