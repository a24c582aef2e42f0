"""What a design looks at beside the counted colours: the picture itself, where a recipe asks for it."""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..pixels.source import Source
from ..recipe import Recipe
from .eye_planes import EyePlane, is_joint, take_planes
from .picture_squares import Square, are_seen, take_squares


@dataclass(frozen=True, eq=False)
class Looks:
    """Parts of a picture.

    Attributes
    ----------
    planes : sequence of EyePlane
        On which the palette is refined together with its dots; none: it is not.
    squares : sequence of Square
        In which is seen what an eye makes of the palette; none: it is not.
    """

    planes: Sequence[EyePlane] = ()
    squares: Sequence[Square] = ()

    def __bool__(self) -> bool:
        return bool(self.planes or self.squares)


#: Of a design by the counted colours alone.
NONE = Looks()


def look_at(sources: Source | Iterable[Source], recipe: Recipe) -> Looks:
    """Return what the recipe's dither and objective ask for of the picture, or of several together; mostly nothing."""
    if not is_joint(recipe) and not are_seen(recipe):
        return NONE  # without a look at the images, which may be read only then
    each: list[Source] = [sources] if hasattr(sources, "fold") else list(sources)  # type: ignore[list-item]
    return Looks(take_planes(each, recipe), take_squares(each, recipe))
