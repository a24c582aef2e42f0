"""The bar of an image that takes long: its stages, on the terminal."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from .._runtime.progress import watch

#: Seconds that an image may take before its bar appears: none flickers for small ones.
DELAY = 1.0
#: Seconds between two pictures of it.
INTERVAL = 0.1

#: From the part of the whole, 0..1, that the enclosed work is.
Part = Callable[[float, float], AbstractContextManager[None]]


@contextmanager
def show_stages(quiet: bool) -> Iterator[Part]:
    """Show the enclosed work as a bar on the standard error, if that is a terminal, until the work is done.

    Parameters
    ----------
    quiet : bool
        Whether there is to be no bar.

    Yields
    ------
    part : callable
        ``with part(0.0, 0.5):`` lets the stages of the enclosed work fill the first half of the bar.
    """
    from tqdm import tqdm

    with tqdm(
        total=1.0,
        delay=DELAY,
        mininterval=INTERVAL,
        miniters=0,
        leave=False,
        disable=True if quiet else None,
        bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}",
    ) as bar:

        @contextmanager
        def part(start: float, stop: float) -> Iterator[None]:
            def listen(done: float | None, text: str) -> None:
                bar.set_description_str(text, refresh=False)
                # A stage that starts over is no step back: what was done is done.
                bar.update(0.0 if done is None else max(0.0, start + (stop - start) * done - bar.n))

            with watch(listen):
                yield

        yield part
