"""Films: dithered frame by frame, with what stands still held, so that its dots do not boil.

A dither that carries errors from pixel to pixel answers a change in one corner with other dots all over
the plane. So it is told which pixels had the same colour in the frame before, and keeps their labels.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks, thread_count
from .._typing import RGB8, Labels, Valid
from ..pixels.arrays import scan_arrays
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..registry import Method
from .dithers import Plane

#: The index of a frame along the leading axes; the first of them is time.
Frame: TypeAlias = tuple[int, ...]
#: What a frame looks like: its colours, (H, W, 3) uint8, and where it has data, (H, W) bool, or None.
Look: TypeAlias = tuple[RGB8, Valid | None]

#: A frame of which less stands still is a new scene, or all noise: it is dithered alone.
_LEAST_STILL = 1 / 8
#: Of a packed frame: red, green, blue, the two bytes of the exact label, whether there is data.
_FRAME_CHANNELS = 6


def is_steady(method: Method, options: dict[str, Any]) -> bool:
    """Return whether a dither asks what the frame before looked like."""
    return method.sequential and bool(options.get("steady", True))


def dither_frames(
    look: Callable[[Frame], Look],
    dither: Callable[[Plane], Labels],
    labels: Labels,
    dithered: Labels,
    *,
    steady: bool,
) -> None:
    """Dither a stack in memory frame by frame.

    Parameters
    ----------
    look : callable
        Returns what a frame looks like.
    dither : callable
        Returns the labels of a plane; called on several threads at once.
    labels : ndarray of shape (..., H, W), uint8
        The exact nearest palette colour of each pixel.
    dithered : ndarray of shape (..., H, W), uint8
        Where the labels are written.
    steady : bool
        Whether a frame keeps labels of the one before it along the first axis.
    """
    frames = list(_in_time(labels.shape[:-2]))
    # In batches, so that progress is told between them.
    batch = 4 * thread_count()
    for first in range(0, len(frames), batch):
        some = frames[first : first + batch]
        scenes = _cut_into_scenes(some, _find_still_parts(look, some) if steady else [None] * len(some))

        def run(start: int, stop: int, scenes: Any = scenes) -> None:
            for frame, still in scenes[start]:
                rgb, valid = look(frame)
                held = None if still is None else hold(still, dithered[_before(frame)])
                dithered[frame] = dither(Plane(rgb, labels[frame], valid, held=held))

        map_blocks(run, len(scenes), 1)
        checkpoint((first + len(some)) / len(frames))


def pack_frame(rgb: RGB8, labels: Labels, valid: Valid | None) -> npt.NDArray[np.uint8]:
    """Return what the dither of a frame needs to know as one array, (..., H, W, 6) uint8."""
    shown = np.ones(labels.shape, np.uint8) if valid is None else valid
    parts = [rgb, (labels & 255)[..., None], (labels.astype(np.uint16) >> 8)[..., None], shown[..., None]]
    return np.concatenate(parts, axis=-1, dtype=np.uint8, casting="unsafe")


def dither_film(
    source: Source,
    pack: Callable[[Pixels], npt.NDArray[np.uint8]],
    dither: Callable[[Plane], Labels],
    dtype: npt.DTypeLike,
) -> Any:
    """Do what `dither_frames` does to a lazy stack, in chunks of whole planes of one frame.

    Parameters
    ----------
    source : Source
        (T, ..., H, W), lazy.
    pack : callable
        Returns the packed frames of a chunk, see `pack_frame`.
    dither : callable
        Returns the labels of a plane; like `pack`, it may travel to another machine.
    dtype : dtype
        That of the labels.

    Returns
    -------
    labels : dask array of shape (T, ..., H, W), `dtype`
        To look at one frame, those before it are dithered, too.
    """
    frames = source.map(pack, np.uint8, channels=_FRAME_CHANNELS, whole_planes=True)
    return scan_arrays(partial(_dither_next, dither=dither, dtype=dtype), frames, dtype)


def find_still(now: Look, before: Look) -> Valid | None:
    """Return where two frames have data and are of the same colour, (H, W) bool; None where that is little."""
    still: Valid = (now[0] == before[0]).all(axis=-1)
    for _, valid in (now, before):
        if valid is not None:
            still &= valid
    return still if np.count_nonzero(still) >= max(1.0, _LEAST_STILL * still.size) else None


def hold(still: Valid, before: Labels) -> npt.NDArray[np.int32]:
    """Return the labels that a frame keeps of the one before, and -1 where it keeps none; see `Plane.held`."""
    return np.where(still, before, np.int32(-1))


def _dither_next(
    frame: npt.NDArray[np.uint8],
    before: npt.NDArray[np.uint8] | None,
    made: Labels | None,
    *,
    dither: Callable[[Plane], Labels],
    dtype: npt.DTypeLike,
) -> Labels:
    look = _unpack(frame)
    still = None if before is None else find_still(look, _unpack(before))
    held = None if still is None or made is None else hold(still, made.reshape(still.shape))
    rgb, valid = look
    exact = (frame[..., 3] + frame[..., 4].astype(np.uint16) * 256).astype(dtype).reshape(rgb.shape[:2])
    labels = dither(Plane(rgb, exact, valid, held=held))
    if valid is not None:
        labels[~valid] = 0
    return labels.reshape(frame.shape[:-1])


def _unpack(frame: npt.NDArray[np.uint8]) -> Look:
    plane = frame.reshape(frame.shape[-3:])
    valid = plane[..., 5] > 0
    return np.ascontiguousarray(plane[..., :3]), None if valid.all() else valid


def _in_time(leading: tuple[int, ...]) -> Iterator[Frame]:
    """Return the frames of a stack so that each follows the one before it along the first axis."""
    if not leading:
        return iter([()])
    return ((time, *rest) for rest in np.ndindex(leading[1:]) for time in range(leading[0]))


def _before(frame: Frame) -> Frame:
    return (frame[0] - 1, *frame[1:])


def _find_still_parts(look: Callable[[Frame], Look], frames: list[Frame]) -> list[Valid | None]:
    def find(start: int, stop: int) -> Valid | None:
        frame = frames[start]
        return find_still(look(frame), look(_before(frame))) if frame and frame[0] else None

    return map_blocks(find, len(frames), 1)


def _cut_into_scenes(frames: list[Frame], still: list[Valid | None]) -> list[list[tuple[Frame, Valid | None]]]:
    """Return runs of frames in which each keeps something of the one before; runs do not wait for each other."""
    scenes: list[list[tuple[Frame, Valid | None]]] = []
    for frame, part in zip(frames, still, strict=True):
        if part is None or not scenes:
            scenes.append([])
        scenes[-1].append((frame, part))
    return scenes
