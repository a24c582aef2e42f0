"""Edits of an indexed image in any order, against a model that knows for each pixel to whom it belongs, and no labels.

The model holds entries in a list, and for each pixel the entry itself. What the edits make of labels must come to
the same picture; which of several entries is nearest is asked of float64.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.pixels.intensities import LittleRangeWarning

SHAPE = (2, 5, 6)
#: What two distances of float32 may differ by and still be one.
TIE = 1e-5

colors = st.tuples(*[st.integers(0, 255)] * 3)
places = st.integers(0, 255)
words = st.sampled_from(["", "a", "b", "=1", "nuclei"])


@dataclass(eq=False)
class Entry:
    """What is known of one colour; `levels` are 16 bits a channel."""

    levels: tuple
    name: str = ""
    kind: str = ""
    locked: bool = False

    def show(self, color):
        """Take an 8-bit colour; what is the same but finer stays."""
        exact = 257 * np.array(color)
        if np.abs(exact - self.levels).max() > 128:
            self.levels = tuple(exact.tolist())


@dataclass
class Model:
    entries: list
    owners: np.ndarray  # of entries; None where there is no data
    own: np.ndarray | None = None  # the picture of pixels that keep a part of their own

    def copy(self):
        """Return a model that shares nothing."""
        twins = {id(entry): replace(entry) for entry in self.entries}
        owners = np.array([twins.get(id(owner)) for owner in self.owners.flat], object)
        return Model([twins[id(entry)] for entry in self.entries], owners.reshape(SHAPE), self.own)

    def of(self, entry):
        """Return which pixels an entry has."""
        return np.array([owner is entry for owner in self.owners.flat]).reshape(SHAPE)

    def give(self, mask, entry):
        """Give pixels to an entry."""
        for index in zip(*np.nonzero(mask), strict=True):
            self.owners[index] = entry

    @property
    def labels(self):
        """The labels as they must be."""
        rank = {id(entry): index for index, entry in enumerate(self.entries)}
        return np.array([rank.get(id(owner), 0) for owner in self.owners.flat], np.uint8).reshape(SHAPE)

    @property
    def valid(self):
        """Where there is data."""
        return np.array([owner is not None for owner in self.owners.flat]).reshape(SHAPE)


def read(indexed):
    """Return the model of an indexed image that has just been made."""
    entries = [Entry(tuple(levels)) for levels in indexed.palette.levels.tolist()]
    owners = np.array([entries[label] for label in indexed.labels.flat], object).reshape(SHAPE)
    if indexed.valid is not None:
        owners[~indexed.valid] = None
    return Model(entries, owners, indexed.to_rgb() if indexed.is_recolored else None)


class Edits(RuleBasedStateMachine):
    """An indexed image, its model, and all that was kept on the way."""

    @initialize(
        seed=st.integers(0, 9),
        n_colors=st.sampled_from([1, 2, 6, 20]),
        space=st.sampled_from(["oklab", "srgb", "lab"]),
        depth=st.sampled_from([np.uint8, np.uint16]),
        gaps=st.sampled_from([0.0, 0.4, 1.0]),
        keep=st.sampled_from(["none", "none", "lightness"]),
    )
    def quantize(self, seed, n_colors, space, depth, gaps, keep):
        rng = np.random.default_rng(seed)
        self.image = rng.integers(0, np.iinfo(depth).max, (*SHAPE, 3), depth, endpoint=True)
        mask = rng.random(SHAPE) >= gaps
        if not mask.any():
            mask[0, 0, 0] = True
        keep = "none" if space == "srgb" else keep  # it has no axis of lightness
        choices = {"space": space, "keep": keep, "quantizer": "median_cut"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LittleRangeWarning)  # of few pixels that have data
            self.indexed = cq.quantize(self.image, n_colors, mask=mask, **choices)
        self.model = read(self.indexed)
        self.kept = []

    def entry(self, place):
        """Return the index of any entry."""
        return place % len(self.model.entries)

    def distances(self, mask, palette):
        """Return how far each of some pixels is from each colour, in float64."""
        metric = self.indexed.recipe.metric
        points = metric.coordinates(self.image[mask]).astype(np.float64)
        centers = metric.coordinates(palette.exact).astype(np.float64)
        return np.sqrt(((points[:, None] - centers) ** 2).sum(axis=-1))

    def keep(self, *, same_picture=False):
        """Keep what there is; an undo is nothing else. What pixels keep of their own ends with the picture."""
        frozen = (self.indexed.labels.copy(), self.indexed.palette.to_dict(), self.indexed.to_rgb())
        self.kept.append((self.indexed, self.model.copy(), frozen))
        if not same_picture:
            self.model.own = None

    def refuse(self, edit, *arguments):
        """Check that an edit is refused, in our form; what there is stays, as the invariants see."""
        with pytest.raises((ValueError, IndexError), match=r" must .*, got "):
            edit(*arguments)

    # --- of the entries alone

    @rule(place=places, color=colors)
    def recolor(self, place, color):
        self.keep()
        self.indexed = editing.recolor(self.indexed, {self.entry(place): color})
        self.model.entries[self.entry(place)].show(color)

    @rule(place=places, name=words, kind=words, lock=st.booleans())
    def describe(self, place, name, kind, lock):
        self.keep(same_picture=True)
        index = self.entry(place)
        named = editing.classify(editing.rename(self.indexed, {index: name}), {index: kind})
        self.indexed = editing.lock(named, {index: lock})
        entry = self.model.entries[index]
        entry.name, entry.kind, entry.locked = name, kind, lock

    @rule(first=places, second=places)
    def swap(self, first, second):
        self.keep()
        self.indexed = editing.swap(self.indexed, self.entry(first), self.entry(second))
        one, other = self.model.entries[self.entry(first)], self.model.entries[self.entry(second)]
        one.levels, other.levels = other.levels, one.levels

    @rule(given=st.lists(colors, min_size=1, max_size=4))
    def set_colors(self, given):
        self.keep()
        self.indexed = editing.set_colors(self.indexed, given)
        for entry, color in zip(self.model.entries, given, strict=False):
            entry.show(color)

    @rule(given=st.lists(colors, min_size=1, max_size=4))
    def snap(self, given):
        self.keep()
        self.indexed = editing.snap(self.indexed, given)
        for entry, shown in zip(self.model.entries, self.indexed.palette, strict=True):
            assert entry.locked or shown in given
            if not entry.locked:
                entry.show(shown)

    # --- of their order

    @rule(data=st.data())
    def reorder(self, data):
        self.keep(same_picture=True)
        order = data.draw(st.permutations(range(len(self.model.entries))))
        self.indexed = editing.reorder(self.indexed, order)
        self.model.entries = [self.model.entries[index] for index in order]

    @rule(key=st.sampled_from(editing.SORT_KEYS))
    def sort(self, key):
        self.keep(same_picture=True)
        order = editing.sort_order(self.indexed.palette, key)
        self.indexed = editing.reorder(self.indexed, order)
        self.model.entries = [self.model.entries[index] for index in order]

    # --- of the pixels

    @precondition(lambda self: len(self.model.entries) > 1)
    @rule(chosen=st.lists(places, min_size=2, max_size=4))
    def merge(self, chosen):
        group = list(dict.fromkeys(map(self.entry, chosen)))
        if len(group) < 2:
            self.refuse(editing.merge, self.indexed, group)
            return
        self.keep()
        members = [self.model.entries[index] for index in group]
        self.indexed = editing.merge(self.indexed, group)
        keeper, locked = members[0], [entry for entry in members if entry.locked]
        for entry in members[1:]:
            self.model.give(self.model.of(entry), keeper)
        left = [entry for entry in self.model.entries if entry is keeper or all(entry is not one for one in members)]
        levels = self.indexed.palette.levels[[entry is keeper for entry in left]]
        keeper.levels = locked[0].levels if locked else tuple(levels[0].tolist())
        keeper.name = next((entry.name for entry in members if entry.name), "")
        keeper.kind = next((entry.kind for entry in members if entry.kind), "")
        keeper.locked = bool(locked)
        self.model.entries = left

    @rule(place=places)
    def delete(self, place):
        index = self.entry(place)
        if len(self.model.entries) == 1:
            self.refuse(editing.delete_color, self.indexed, self.image, index)
            return
        self.keep()
        lost = self.model.entries.pop(index)
        mine = self.model.of(lost)
        self.indexed = editing.delete_color(self.indexed, self.image, index)
        self.take_nearest(mine, self.indexed.palette)

    @rule(color=colors)
    def add(self, color):
        if color in self.indexed.palette:
            self.refuse(editing.add_color, self.indexed, self.image, color)
            return
        self.keep()
        self.indexed = editing.add_color(self.indexed, self.image, color)
        new = Entry(tuple(257 * level for level in color))
        self.model.entries.append(new)
        shown = self.model.valid
        far = self.distances(shown, self.indexed.palette)
        gain = far[:, :-1].min(axis=1) - far[:, -1]
        taken = (self.indexed.labels == len(self.model.entries) - 1)[shown]
        assert taken[gain > TIE].all()
        assert not taken[gain < -TIE].any()
        mask = np.zeros(SHAPE, bool)
        mask[shown] = taken
        self.model.give(mask, new)

    @rule(place=places, n_colors=st.integers(2, 3))
    def split(self, place, n_colors):
        index = self.entry(place)
        old = self.model.entries[index]
        mine = self.model.of(old)
        if len(np.unique(self.image[mine], axis=0)) < n_colors:
            self.refuse(editing.split, self.indexed, self.image, index, n_colors)
            return
        self.keep()
        self.indexed = editing.split(self.indexed, self.image, index, n_colors)
        made = self.indexed.palette.levels[index : index + n_colors].tolist()
        parts = [replace(old, levels=tuple(made[0]))]
        parts += [Entry(tuple(levels), kind=old.kind) for levels in made[1:]]
        self.model.entries[index : index + 1] = parts
        self.take_nearest(mine, self.indexed.palette.take(range(index, index + n_colors)), parts)

    def take_nearest(self, mask, palette, entries=None):
        """Check that some pixels went to the nearest of some entries, and let the model follow."""
        entries = self.model.entries if entries is None else entries
        far = self.distances(mask, palette)
        whole = [self.model.entries[label] for label in self.indexed.labels[mask]]
        ranks = [next(i for i, entry in enumerate(entries) if entry is one) for one in whole]
        assert (far[np.arange(len(far)), ranks] <= far.min(axis=1, initial=np.inf) + TIE).all()
        for index, entry in zip(zip(*np.nonzero(mask), strict=True), whole, strict=True):
            self.model.owners[index] = entry

    @rule(place=places, frame=st.integers(0, 1), row=st.integers(0, 4), erase=st.booleans(), stray=st.booleans())
    def paint(self, place, frame, row, erase, stray):
        self.keep()
        index = self.entry(place)
        labels, valid = self.indexed.labels.copy(), self.model.valid
        labels[~valid] = index if stray else 0  # what stands where there is no data does not matter
        labels[frame, row], valid[frame, row] = index, not erase
        self.indexed = editing.painted(self.indexed, labels, None if valid.all() else valid)
        self.model.owners[frame, row] = None if erase else self.model.entries[index]

    @rule(place=places)
    def ask_for_what_is_not_there(self, place):
        count = len(self.model.entries)
        for edit, arguments in (
            (editing.recolor, ({count: (0, 0, 0)},)), (editing.delete_color, (self.image, -1)),
            (editing.swap, (0, count)), (editing.merge, ([0, count],)), (editing.reorder, ([0] * (count + 1),)),
            (editing.split, (self.image, count)),
        ):  # fmt: skip
            self.refuse(edit, self.indexed, *arguments)

    # --- of the past

    @precondition(lambda self: self.kept)
    @rule(place=places)
    def go_back(self, place):
        self.indexed, model, _ = self.kept[place % len(self.kept)]
        self.model = model.copy()

    @rule()
    def drop_unused(self):
        self.keep(same_picture=True)
        used = [entry for entry in self.model.entries if self.model.of(entry).any()] or self.model.entries[:1]
        self.indexed = self.indexed.without_unused()
        self.model.entries = used

    # --- always

    @invariant()
    def labels_and_palette_are_the_picture(self):
        palette = self.indexed.palette
        assert palette.levels.tolist() == [list(entry.levels) for entry in self.model.entries]
        assert palette.names == tuple(entry.name for entry in self.model.entries)
        assert palette.classes == tuple(entry.kind for entry in self.model.entries)
        assert palette.locked == tuple(entry.locked for entry in self.model.entries)
        assert self.indexed.labels.dtype == np.uint8
        np.testing.assert_array_equal(self.indexed.labels, self.model.labels)
        valid = np.ones(SHAPE, bool) if self.indexed.valid is None else self.indexed.valid
        np.testing.assert_array_equal(valid, self.model.valid)
        painted = palette.colors[self.model.labels] * self.model.valid[..., None]
        painted = painted if self.model.own is None else self.model.own
        np.testing.assert_array_equal(self.indexed.to_rgb(), painted)

    @invariant()
    def shares_are_those_of_the_pixels(self):
        valid = self.model.valid
        counts = np.bincount(self.model.labels[valid], minlength=len(self.model.entries))
        np.testing.assert_allclose(self.indexed.palette.shares, counts / max(valid.sum(), 1))

    @invariant()
    def what_was_kept_has_not_changed(self):
        for indexed, _, (labels, palette, picture) in self.kept[-3:]:
            np.testing.assert_array_equal(indexed.labels, labels)
            assert indexed.palette.to_dict() == palette
            np.testing.assert_array_equal(indexed.to_rgb(), picture)


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
