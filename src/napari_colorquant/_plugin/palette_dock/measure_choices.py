"""What is measured: which table, of colours or classes, and within which regions."""

from typing import Any

from magicgui.widgets import CheckBox, ComboBox, SpinBox
from napari.layers import Labels, Layer, Shapes
from qtpy.compat import isalive

from ...annotate.tables.table import choose_by
from ..layers.derived import SHAPES
from ..layers.provenance import read_metadata
from ..widgets.forms import Form, align_labels
from .session import ResultSession
from .tables import AREAS, Choices, Table, list_tables

_WHOLE = "image"


class MeasureChoices(Form):
    """The rows above the table.

    What a user has chosen stays; until then, classes are measured where there are some, and the regions of a layer
    if it is clear which are meant.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose Labels and Shapes layers are offered as regions.
    """

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._session: ResultSession | None = None
        self._by_hand = self._within_by_hand = False
        self.what: ComboBox = ComboBox(choices=lambda _: list_tables(self._viewer, self._session))
        self.n_colors = SpinBox(value=3, min=1, max=16)
        self.by: ComboBox = ComboBox(choices=[("Each colour", "color"), ("Each class", "class")])
        self.within: ComboBox = ComboBox(choices=self._list_regions)
        self.per_frame = CheckBox(text="Each frame apart")
        self.count_components = CheckBox(text="Count connected parts", value=True)
        self._build()
        events = viewer.layers.events
        for event in (events.inserted, events.removed, events.reordered, events.renamed):
            event.connect(self._on_layers_changed)

    @property
    def table(self) -> Table:
        """The table that is chosen."""
        chosen: Table = AREAS if self.what.value is None else self.what.value
        return chosen

    @property
    def regions(self) -> Layer | None:
        """The layer of the regions, or None for the whole image."""
        return None if self.within.value == _WHOLE else self.within.value

    def chosen(self) -> Choices:
        """Return what is chosen, as far as the table takes it."""
        return Choices(
            by=self.by.value,
            within=self.regions if "within" in self.table.takes else None,
            per_frame=bool(self.per_frame.value),
            count_components=bool(self.count_components.value),
            n_colors=int(self.n_colors.value),
        )

    def work_on(self, session: ResultSession | None) -> None:
        """Offer what there is to be measured of another result."""
        self._session = session
        self._by_hand = self._within_by_hand = False
        self._follow_classes()
        self._list_again()

    def follow(self) -> None:
        """Choose what the result and the layers suggest now, where a user has not chosen."""
        self._follow_classes()
        self._follow_regions()

    def _follow_classes(self) -> None:
        if self._session is not None and not self._by_hand:
            with self.by.changed.blocked():
                self.by.value = choose_by(self._session.indexed.palette)

    def _follow_regions(self) -> None:
        """Measure within the regions that are there, if it is clear which are meant: those of one layer that fits."""
        listed = [layer for _, layer in self._list_regions(None)[1:] if read_metadata(layer) is None]
        fitting = [layer for layer in listed if self._fits(layer)]  # outlines of the result itself are not meant
        if not self._within_by_hand and self._session is not None:
            with self.within.changed.blocked():
                self.within.value = fitting[0] if len(fitting) == 1 else _WHOLE

    def _fits(self, layer: Layer) -> bool:
        if isinstance(layer, Shapes):
            return bool(layer.nshapes > 0)
        shape = () if self._session is None else self._session.indexed.shape
        fits: bool = layer.data.shape in (shape, shape[-2:])
        return fits and not layer.multiscale

    def _build(self) -> None:
        self.by.changed.connect(self._on_by_chosen)
        self.what.changed.connect(lambda _: self._show_choices())
        self.within.changed.connect(self._on_within_chosen)
        self.add_row(
            "Table", self.what, "Areas and shares; which colours lie beside which, along how long a boundary; the\n"
            "pattern in a few numbers; patches; the colours of objects of a Labels layer; or another result.",
        )  # fmt: skip
        self.add_row("Of", self.by, "What a row of the table stands for.")
        self.add_row("Within", self.within, "The whole image, or each region of a Labels or Shapes layer.")
        self.add_row("Colours", self.n_colors, "Of each object.")
        for box, tooltip in (
            (self.per_frame, "A row for each frame of the stack."),
            (self.count_components, "How many parts each colour or class falls into; takes longest."),
        ):
            box.tooltip = tooltip
            self.add_wide(box)
        align_labels([self])

    def _on_by_chosen(self, _: str) -> None:
        self._by_hand = True

    def _on_within_chosen(self, _: Any) -> None:
        self._within_by_hand = True

    def _list_regions(self, _: Any) -> list[tuple[str, Any]]:
        fitting = [
            layer for layer in reversed(self._viewer.layers)
            if isinstance(layer, (Labels, Shapes)) and _is_region(layer)
        ]  # fmt: skip
        return [("The whole image", _WHOLE), *((layer.name, layer) for layer in fitting)]

    def _on_layers_changed(self) -> None:
        if isalive(self):
            self._list_again()

    def _list_again(self) -> None:
        """List the layers that are there; what was chosen stays chosen, and a comparison by its name."""
        before = self.what.value
        title = "" if before is None else before.title
        with self.what.changed.blocked():
            self.what.reset_choices()
            known = {table.title: table for table in self.what.choices if table is not None}
            self.what.value = known.get(title, AREAS)
        with self.within.changed.blocked():
            self.within.reset_choices()
        self._show_choices()

    def _show_choices(self) -> None:
        """Show the rows that matter to the table."""
        takes = self.table.takes
        for name, control in (("by", self.by), ("within", self.within), ("n_colors", self.n_colors)):
            self.set_row_visible(control, name in takes)
        session = self._session  # of one with a palette per frame, frames are always apart
        is_stack = session is not None and len(session.indexed.shape) > 2 and not session.has_frames
        self.per_frame.visible = is_stack and "per_frame" in takes
        self.count_components.visible = "count_components" in takes


def _is_region(layer: Layer) -> bool:
    """Return True for layers of others, and for outlines of ours: a result within itself says nothing."""
    found = read_metadata(layer)
    return found is None or found["role"] == SHAPES
