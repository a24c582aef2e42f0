"""Use the plugin at random in a real window, for as long as you like, and see whether it keeps its word.

    xvfb-run -a -s "-screen 0 1600x1200x24 +extension GLX" python tools/soak.py --minutes 30 --seed 1

Opens images of many kinds, quantizes, edits, measures, saves, deletes, closes and reopens, one step after the other
(`soak_user.py`). After each step it compares what shows a palette (`soak_checks.py`). What goes wrong anywhere ends it
with the seed and the last steps (`soak_watch.py`). Every minute it counts what is alive, and every other minute again
with the window emptied; at the end stands a table and whether anything grew. Status 1 if something went wrong or grew.
All kernels are loaded before, as by `colorquant warmup --all`, so that their memory does not count as growth; those
that only the window uses show in the column *loops*.
"""

import argparse
import faulthandler
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

# napari writes its icons there at every start, while another napari reads them.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="colorquant-soak-cache-")

import napari
from napari.settings import get_settings
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication

from napari_colorquant.cli._warmup import list_jobs
from soak_checks import find_faults
from soak_user import DOCKS, User
from soak_watch import TITLES, Counts, Watch, close_notifications, count, count_kinds, judge, name_grown

#: Milliseconds between two steps: none, so that steps follow before anything is settled, or some to many.
PAUSES = (0, 0, 5, 20, 60, 200, 600)
#: Minutes between two looks at what is left of an emptied window.
RESTS_EVERY = 2
#: How long an emptied window rests: napari gives back what a layer took some three seconds after it is gone.
REST_MS = 4000
#: What napari may keep of what dask computes.
CACHE_BYTES = 32 << 20
#: How long the last work may take before it counts as hung.
PATIENCE = 120.0


class Soak:
    """One run: a step, what must hold, a pause, and again."""

    def __init__(self, minutes: float, seed: int, folder: Path, only: list[str], verbose: bool) -> None:
        self.verbose = verbose
        self.minutes, self.seed = minutes, seed
        self.watch, self.viewer = Watch(), napari.Viewer()
        # napari keeps what dask computes, up to a tenth of the memory: that would hide what we keep.
        napari.utils.resize_dask_cache(CACHE_BYTES)
        self.viewer.window.resize(1500, 1000)
        self.random = random.Random(seed)
        self.user = User(self.viewer, self.random, folder)
        self.actions = {name: each for name, each in User.actions.items() if not only or name in (*only, "wait")}
        self.steps: deque[str] = deque(maxlen=400)
        self.done: Counter[str] = Counter()
        self.n_steps, self.checked = 0, 0
        self.busy: list[Counts] = []
        self.rests: list[Counts] = []
        self.kinds: list[Counter[str]] = []

    def run(self) -> bool:
        """Return whether nothing went wrong and nothing grew."""
        self._script = self._play()
        self.start = time.monotonic()
        QTimer.singleShot(500, self._turn)
        napari.run()
        return self._report()

    def _turn(self) -> None:
        """Go on to the next pause of the script."""
        try:
            pause = next(self._script, None)
        except BaseException:
            self.watch.troubles.append(traceback.format_exc())
            pause = None
        if self.watch.troubles or pause is None:
            # Not viewer.close(): the faults are to be seen as they are.
            QApplication.quit()
            return
        QTimer.singleShot(pause, self._turn)

    def _play(self) -> Iterator[int]:
        next_count = 1.0
        yield from self._begin()
        while (minute := self._minute()) < self.minutes:
            name = self._step()
            yield from self._wait() if name == "wait" else [self.random.choice(PAUSES)]
            self._check()
            if minute >= next_count:
                next_count += 1
                self.busy.append(self._count())
                print(self._line(self.busy[-1]), flush=True)
                if len(self.busy) % RESTS_EVERY == 0:
                    yield from self._rest()
                    yield from self._begin()
        yield from self._rest()

    def _begin(self) -> Iterator[int]:
        """Begin as everyone does, so that there is something to edit."""
        for name in ("open_rgb", "begin", "wait"):
            self._do(name)
            yield from self._wait() if name == "wait" else [200]

    def _step(self) -> str:
        """Do what is possible next, and return its name."""
        while True:
            name = self.random.choices(list(self.actions), list(self.actions.values()))[0]
            if self._do(name):
                return name

    def _do(self, name: str) -> bool:
        self.steps.append(f"{self.n_steps}: {name} …")  # stays so if it never returns
        told = getattr(self.user, name)()
        if told is None:
            self.steps.pop()
            return False
        self.steps[-1] = f"{self.n_steps}: {60 * self._minute():.1f} s: {name} {told}"
        if self.verbose:
            print(self.steps[-1], file=sys.stderr, flush=True)
        self.n_steps += 1
        self.done[name] += 1
        return True

    def _wait(self) -> Iterator[int]:
        """Let all jobs end."""
        end = time.monotonic() + PATIENCE
        while self._count_jobs() and time.monotonic() < end:
            yield 50
        if self._count_jobs():
            self.watch.troubles.append(f"a job did not end within {PATIENCE:.0f} s")
        yield 300

    def _check(self) -> None:
        if (palette := self.user.palette) is not None:
            self.checked += 1
            if faults := find_faults(palette):
                self.watch.troubles.append("after the last step: " + "; ".join(faults))

    def _rest(self) -> Iterator[int]:
        """Empty the window, wait for the threads, and count what is left."""
        self.steps.append("close the docks, delete all layers, wait")
        for name in DOCKS:
            self.user.close(name)
        self.viewer.layers.clear()
        yield from self._wait()
        close_notifications()
        yield REST_MS
        self.rests.append(self._count())
        self.kinds.append(count_kinds())
        print("at rest: " + self._line(self.rests[-1]), flush=True)

    def _minute(self) -> float:
        return (time.monotonic() - self.start) / 60

    def _count(self) -> Counts:
        return count(self.viewer, self._minute(), self.n_steps, self.user.panel_types)

    def _count_jobs(self) -> int:
        return self.user.count_jobs()

    @staticmethod
    def _line(counts: Counts) -> str:
        return "  ".join(f"{title} {value}" for title, value in zip(TITLES, astuple(counts), strict=True))

    def _report(self) -> bool:
        for title, rows in (("in use", self.busy), ("at rest, with an empty window", self.rests)):
            print(f"\n{title}\n\n| {' | '.join(TITLES)} |\n|{'---|' * len(TITLES)}")
            for row in rows:
                print(f"| {' | '.join(map(str, astuple(row)))} |")
        print(f"\n{self.n_steps} steps, {self.checked} comparisons; seed {self.seed}")
        print("done: " + ", ".join(f"{name} {number}" for name, number in sorted(self.done.items())))
        print("told: " + "; ".join(f"{text!r} x {number}" for text, number in sorted(self.watch.told.items())))
        if self.watch.troubles:
            print(f"\nWENT WRONG with --seed {self.seed}. The last steps:\n" + "\n".join(list(self.steps)[-60:]))
            print("\n" + "\n".join(self.watch.troubles[:3]))
            return False
        good, lines = judge(self.rests, most_mb=1.0)
        print(
            "\n" + "\n".join(lines) + f"\nverdict: {'nothing grew, nothing went wrong' if good else 'something grew'}"
        )
        if not good:
            print("\ngrew most at rest: " + "; ".join(name_grown(self.kinds)))
        return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[], metavar="ACTION", help=", ".join(User.actions))
    parser.add_argument("--verbose", action="store_true", help="tell of each step as it is made, for crashes")
    choices = parser.parse_args()
    faulthandler.enable()
    with tempfile.TemporaryDirectory(prefix="colorquant-soak-") as folder:
        get_settings(path=Path(folder) / "settings.yaml")  # the user's own stay as they are
        for job in list_jobs(everything=True):
            job()
        good = Soak(choices.minutes, choices.seed, Path(folder), choices.only, choices.verbose).run()
        sys.stdout.flush()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
