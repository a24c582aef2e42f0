"""Octree: merge leaves of one node, the least populated first (Gervautz and Purgathofer 1988)."""

import heapq
from typing import Annotated

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.bins import fill_bins
from ..clustering.grid import bounding_box

#: The tree stops at the level that has this many leaves for a palette colour: deeper ones merge at once.
_LEAVES = 8
#: But no more leaves than these, unless there are more palette colours than half of them.
_MANY = 1 << 13
#: Each level of the tree halves the cubes along so many axes.
_AXES = 3

Codes = npt.NDArray[np.int64]
#: Weight, then the weighted sum on each axis, of the colours in a leaf.
Leaf = tuple[float, ...]
#: Level below the root, path from the root.
Node = tuple[int, int]


def octree(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    depth: Annotated[int, {"min": 2, "max": 12}] = 8,
    merge: Annotated[str, {"choices": ("deepest", "lightest", "nearest")}] = "nearest",
) -> Colors:
    """Sort the colours into a tree of cubes, then merge leaves of the same cube until few are left.

    Parameters
    ----------
    depth : int
        Most levels of the tree below its root, each halving the cubes.
    merge : {"deepest", "lightest", "nearest"}
        Which leaves are merged next: all of the deepest node, of those the least populated (the
        paper); all of the least populated node; or two leaves of one node, those that cost least,
        which leaves the lowest squared error.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The mean of each leaf that is left.

    References
    ----------
    .. [1] Gervautz M., Purgathofer W. A simple method for color quantization: octree quantization.
       New Trends in Computer Graphics, Springer 1988, 219-231. doi:10.1007/978-3-642-83492-9_20
    """
    bins = fill_bins(colors, weights, bits=6, least=4 * n_colors)
    codes, depth = _grow(_octree_codes(bins.means, depth), depth, max(2 * n_colors, min(_LEAVES * n_colors, _MANY)))
    paths, index = np.unique(codes, return_inverse=True)
    shares = bins.weights.astype(np.float64)
    sums = np.column_stack([np.bincount(index, shares * column) for column in (np.ones(len(index)), *bins.means.T)])
    tree = _Tree(merge)
    for path, row in zip(paths.tolist(), sums.tolist(), strict=True):
        tree.add((depth, path), tuple(row))
    table = np.array(tree.reduce(n_colors))
    means: Colors = (table[:, 1:] / table[:, :1]).astype(np.float32)
    return means


def _octree_codes(colors: Colors, depth: int) -> Codes:
    """Return the path from the root to each colour: three bits a level, the first level uppermost."""
    low, high = bounding_box(colors)
    steps = (colors - low) * (2.0**depth / max(float((high - low).max()), 1e-30))
    cells = np.minimum(steps.astype(np.int64), 2**depth - 1)
    codes = np.zeros(len(colors), np.int64)
    for level in range(depth - 1, -1, -1):
        for column in cells.T:
            codes = codes << 1 | (column >> level & 1)
    return codes


def _grow(codes: Codes, depth: int, enough: int) -> tuple[Codes, int]:
    """Cut the paths where the tree first has `enough` leaves."""
    for level in range(1, depth):
        shallow = codes >> _AXES * (depth - level)
        if len(np.unique(shallow)) >= enough:
            return shallow, level
    return codes, depth


class _Tree:
    """The nodes that still have leaves to merge, the next one on top of a heap."""

    def __init__(self, merge: str) -> None:
        self.merge = merge
        self.leaves: dict[Node, list[Leaf]] = {}
        self.branches: dict[Node, int] = {}  # children that are no leaf yet
        self.count = 0

    def add(self, node: Node, leaf: Leaf) -> None:
        """Hang a leaf at its place below the root."""
        self.count += 1
        level, path = node
        parent = (level - 1, path >> _AXES)
        known = parent in self.leaves
        self.leaves.setdefault(parent, []).append(leaf)
        while not known and parent[0] > 0:
            parent = (parent[0] - 1, parent[1] >> _AXES)
            known = parent in self.leaves
            self.leaves.setdefault(parent, [])
            self.branches[parent] = self.branches.get(parent, 0) + 1

    def reduce(self, n_colors: int) -> list[Leaf]:
        """Merge leaves until `n_colors` are left and return those."""
        heap: list[tuple[float, float, Node]] = []
        latest: dict[Node, tuple[float, float, Node] | None] = {}
        for node in sorted(self.leaves, reverse=True):  # the deepest first
            if node in self.leaves:
                self._lift(node)
        ready = list(self.leaves)
        start = max(self.count - n_colors, 1)
        while self.count > n_colors:
            checkpoint(1 - (self.count - n_colors) / start)
            for node in ready:
                latest[node] = entry = self._rate(node)
                if entry:
                    heapq.heappush(heap, entry)
            while (top := heapq.heappop(heap)) is not latest[top[2]]:
                pass  # the node has changed since
            ready = [self._merge(top[2], self.count - n_colors)]
        return [leaf for leaves in self.leaves.values() for leaf in leaves]

    def _rate(self, node: Node) -> tuple[float, float, Node] | None:
        """Return the node with its urgency, smallest first, or None if there is nothing to merge yet."""
        leaves = self.leaves[node]
        if self.merge == "nearest":
            return (_nearest_pair(leaves)[0], 0.0, node) if len(leaves) > 1 else None
        if self.branches.get(node) or not leaves:
            return None
        weight = sum(leaf[0] for leaf in leaves)
        return (-float(node[0]), weight, node) if self.merge == "deepest" else (weight, -float(node[0]), node)

    def _merge(self, node: Node, excess: int) -> Node:
        """Merge leaves of the node, no more than to be rid of `excess`; return the node that holds the sum."""
        leaves = self.leaves[node]
        if self.merge == "nearest":
            _, i, j = _nearest_pair(leaves)
            merged = [leaves[i], leaves[j]]
        else:
            merged = sorted(leaves)[: excess + 1]
        rest = [leaf for leaf in leaves if leaf not in merged]
        self.leaves[node] = [*rest, tuple(map(sum, zip(*merged, strict=True)))]
        self.count -= len(merged) - 1
        return self._lift(node)

    def _lift(self, node: Node) -> Node:
        """Let an only leaf take the place of its node, as far up as it stays alone; return where it ends."""
        while len(self.leaves[node]) == 1 and not self.branches.get(node) and node[0] > 0:
            parent = (node[0] - 1, node[1] >> _AXES)
            self.leaves[parent] += self.leaves.pop(node)
            self.branches[parent] -= 1
            node = parent
        return node


def _nearest_pair(leaves: list[Leaf]) -> tuple[float, int, int]:
    """Return what it costs to merge the two leaves that cost least, and which they are."""
    means = [[part / leaf[0] for part in leaf] for leaf in leaves]
    best = (float("inf"), 0, 0)
    for j, (mine, leaf) in enumerate(zip(means, leaves, strict=True)):
        for i in range(j):
            share = leaf[0] * leaves[i][0] / (leaf[0] + leaves[i][0])
            cost = share * sum((a - b) * (a - b) for a, b in zip(mine, means[i], strict=True))
            best = min(best, (cost, i, j))
    return best
