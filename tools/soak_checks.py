"""What must hold of a result whose palette is open, whatever was done to it: table, swatches, features and layer agree.

Part of `tools/soak.py`.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from napari_colorquant._plugin.layers.layer_values import from_label_values, to_label_values
from napari_colorquant._plugin.layers.provenance import read_palette
from napari_colorquant._plugin.layers.sources import find_palette_layer
from napari_colorquant._plugin.palette_dock.widget import PaletteWidget


def find_faults(widget: PaletteWidget) -> list[str]:
    """Return what does not agree, in words; nothing where it does.

    Takes in first what would be taken in a moment later: a run, what was painted, the features.
    """
    gone = [layer.name for layer in widget._sessions if layer not in widget.viewer.layers]
    if gone:
        return [f"a session is kept of layers that are gone: {gone}"]
    session = widget.session
    if session is None:
        return [] if widget.colors.table.palette_model.palette is None else ["the table shows a palette of no result"]
    session.settle()
    return [*_check_table(widget), *_check_layer(session), *_check_swatches(session), *_check_features(session)]


def _check_table(widget: PaletteWidget) -> Iterator[str]:
    session, model = widget.session, widget.colors.table.palette_model
    assert session is not None
    if model.palette is None or model.palette.to_dict() != session.indexed.palette.to_dict():
        yield "the table shows another palette than the session holds"
    if model.rowCount() != len(session.indexed.palette):
        yield f"the table has {model.rowCount()} rows for {len(session.indexed.palette)} colours"
    if widget.title.text() != session.layer.name and "…" not in widget.title.text():
        yield f"the dock is called {widget.title.text()!r}, its layer {session.layer.name!r}"


def _check_layer(session: Any) -> Iterator[str]:
    layer, indexed = session.layer, session.indexed
    palette = indexed.palette
    if read_palette(layer).to_dict() != palette.to_dict():
        yield "the layer's metadata hold another palette"
    if session.shown._alone is None:
        shown = np.rint(255 * layer.colormap.map(np.arange(1, len(palette) + 1))).astype(np.uint8)
        if not np.array_equal(shown, palette.rgba):
            yield "the layer shows other colours than the palette has"
    if session.is_lazy:
        return
    if not np.array_equal(to_label_values(indexed), layer.data):
        yield "the layer holds other labels than the session"
    if session.has_frames:
        return
    labels, valid = from_label_values(layer.data, len(palette))
    counts = np.bincount(labels.ravel() if valid is None else labels[valid], minlength=len(palette))
    if len(counts) != len(palette):
        yield f"the layer holds {len(counts)} labels, the palette has {len(palette)} colours"
    elif not np.allclose(palette.shares, counts / max(counts.sum(), 1), atol=1e-6):
        yield f"the shares are off by up to {np.abs(palette.shares - counts / max(counts.sum(), 1)).max():.2g}"
    if "count" in layer.features and layer.features["count"].tolist() != counts.tolist():
        yield "the features count other pixels than there are"


def _check_swatches(session: Any) -> Iterator[str]:
    points = find_palette_layer(session.viewer, session.layer)
    if points is None:
        return
    palette = session.indexed.palette
    if len(points.data) != len(palette):
        yield f"there are {len(points.data)} swatches for {len(palette)} colours"
    else:
        shown = np.rint(255 * np.asarray(points.face_color)).astype(np.uint8)
        if rows := np.flatnonzero((shown != palette.rgba).any(axis=1)).tolist():
            yield f"the swatches {rows} are {shown[rows].tolist()}, in the palette {palette.rgba[rows].tolist()}"
    if read_palette(points).to_dict() != palette.to_dict():
        yield "the metadata of the swatches hold another palette"


def _check_features(session: Any) -> Iterator[str]:
    palette = session.indexed.palette
    layers = (("layer", session.layer), ("swatches", find_palette_layer(session.viewer, session.layer)))
    for what, layer in layers:
        if layer is None or not len(layer.features.columns):
            continue
        features = layer.features
        if len(features) != len(palette):
            yield f"the features of the {what} have {len(features)} rows for {len(palette)} colours"
            continue
        for column, words in (("hex", palette.hex), ("name", palette.names), ("class", palette.classes)):
            if column in features and tuple(features[column]) != tuple(words):
                yield f"the features of the {what} have other words under {column!r} than the palette"
            if column not in features and any(words):
                yield f"the features of the {what} have no column {column!r}"
