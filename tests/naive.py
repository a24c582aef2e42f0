"""Oracles: the definitions as loops, too slow to use and too plain to be wrong."""

import numpy as np


def nearest(colors, palette):
    """Return the index of the nearest palette colour of each colour, the lowest on a tie."""
    labels = []
    for color in colors.astype(np.float64):
        distances = [float(((color - entry) ** 2).sum()) for entry in palette.astype(np.float64)]
        labels.append(distances.index(min(distances)))
    return np.array(labels)


def distortion(colors, weights, palette):
    """Return the weighted sum of the squared distances to the nearest palette colour."""
    total = 0.0
    for color, weight in zip(colors.astype(np.float64), weights, strict=True):
        total += float(weight) * min(float(((color - entry) ** 2).sum()) for entry in palette.astype(np.float64))
    return total


def mean(colors, weights):
    """Return the weighted mean colour."""
    total = sum(float(weight) * color.astype(np.float64) for color, weight in zip(colors, weights, strict=True))
    return total / sum(float(weight) for weight in weights)


def median_cut(colors, weights, n_colors, split_at):
    """Halve the box with the largest product of weight and longest side, `n_colors` - 1 times."""
    boxes = [list(range(len(colors)))]
    while len(boxes) < n_colors:

        def urgency(box):
            inside = colors[box]
            return float((inside.max(axis=0) - inside.min(axis=0)).max()) * sum(float(weights[i]) for i in box)

        box = max(boxes, key=urgency)
        boxes.remove(box)
        axis = int(np.argmax(colors[box].max(axis=0) - colors[box].min(axis=0)))
        if split_at == "mean":
            middle = mean(colors[box], weights[box])[axis]
            left = [i for i in box if colors[i, axis] < middle]
        else:
            half, reached = sum(float(weights[i]) for i in box) / 2, 0.0
            for i in sorted(box, key=lambda i: colors[i, axis]):
                reached += float(weights[i])
                if reached >= half:
                    middle = colors[i, axis]
                    break
            left = [i for i in box if colors[i, axis] <= middle]
            if len(left) == len(box):
                left = [i for i in box if colors[i, axis] < middle]
        boxes += [left, [i for i in box if i not in left]]
    return np.array([mean(colors[box], weights[box]) for box in boxes])


def pnn(colors, weights, n_colors):
    """Merge the two clusters that cost least, looking at every pair every time."""
    clusters = [(float(weight), color.astype(np.float64)) for color, weight in zip(colors, weights, strict=True)]
    while len(clusters) > n_colors:
        cheapest = (np.inf, 0, 0)
        for j in range(len(clusters)):
            for i in range(j):
                (n, a), (m, b) = clusters[i], clusters[j]
                cheapest = min(cheapest, (n * m / (n + m) * float(((a - b) ** 2).sum()), i, j))
        _, i, j = cheapest
        (m, b), (n, a) = clusters.pop(j), clusters.pop(i)
        clusters.append((n + m, (n * a + m * b) / (n + m)))
    return np.array([center for _, center in clusters])


def count(rgb):
    """Return how many pixels have each colour."""
    counts = {}
    for color in rgb.reshape(-1, 3).tolist():
        counts[tuple(color)] = counts.get(tuple(color), 0) + 1
    return counts
