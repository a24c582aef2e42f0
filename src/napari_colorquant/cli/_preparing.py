"""What is told while loops are compiled, as they are on their first use on a machine: once, for seconds."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .._runtime.jit import tell_compiling

#: Loops that an ordinary photograph takes with nothing chosen, about: the length of the bar.
LOOPS = 47
#: Where this variable says "silent", nothing is told: for scripts that hold what is printed against a text.
VARIABLE = "COLORQUANT_PREPARING"


@contextmanager
def tell_preparing(quiet: bool, loops: int = LOOPS) -> Iterator[None]:
    """Tell on the standard error, as soon as a loop is compiled within, that this is done once; then show a bar.

    Parameters
    ----------
    quiet : bool
        Whether to tell nothing.
    loops : int
        The length of the bar, which only a terminal shows; it goes on if there are more.
    """
    if quiet or os.environ.get(VARIABLE) == "silent":
        yield
        return
    preparing = _Preparing(loops)
    try:
        with tell_compiling(preparing.tell):
            yield
    finally:
        preparing.close()


class _Preparing:
    def __init__(self, loops: int) -> None:
        self._loops = loops
        self._bar: Any = None

    def tell(self, _: str) -> None:
        """Begin with a line and a bar, or go on."""
        if self._bar is None:
            self._bar = self._begin()
        self._bar.update()

    def _begin(self) -> Any:
        from tqdm import tqdm

        with suppress(OSError):  # nobody listens
            tqdm.write("colorquant: preparing, once on this machine ...", file=sys.stderr)
        shape = "{desc} |{bar}| {elapsed}"
        return tqdm(total=self._loops, desc="Preparing", leave=False, disable=None, bar_format=shape)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
