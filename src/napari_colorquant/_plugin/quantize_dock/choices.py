"""Everything that can be chosen for a run, as one column of controls: a recipe and an image, read off and shown."""

from typing import TYPE_CHECKING, Any

from napari.layers import Image
from napari.utils.theme import get_theme
from qtpy.compat import isalive
from qtpy.QtCore import QSize, Qt, QTimer, Signal
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QFrame, QScrollArea, QVBoxLayout

from ...mapping.dithers import DITHERS
from ...recipe import Recipe
from ..layers.misread import Misreading, find_misreading
from ..widgets.docks import DockedWidget
from ..widgets.forms import GAP, Column, Fold, Form, align_labels, dress
from ..widgets.offer import Offer
from .dither_pictures import dither_icon
from .goal_section import GoalSection
from .goals import Goal
from .image_section import ImageSection
from .method_picker import MethodPicker, SeedSection
from .palette_source import PaletteSource
from .quality_section import CurveSection, QualitySection
from .run_bar import MARGIN
from .scope_section import ScopeSection
from .sections import ResultSection, Section
from .settings import default_recipe

if TYPE_CHECKING:
    from .clean_section import CleanSection
    from .focus_section import FocusSection
    from .rare_sections import RareSections
    from .space_picker import SpacePicker

_WIDTH = 300


class ChoicesPanel(DockedWidget):
    """The sections of the panel, from top to bottom, which scroll where they do not fit.

    Parameters
    ----------
    viewer : napari.Viewer
        The viewer whose layers are offered.

    Attributes
    ----------
    changed : Signal
        A choice is another.
    """

    changed = Signal()

    def __init__(self, viewer: Any) -> None:
        super().__init__(viewer)
        self._recipe = default_recipe()
        self._rare: RareSections | None = None
        self._is_designed = True
        self._make_sections()
        self._build()
        self._connect_sections()
        self.set_recipe(self._recipe)
        self.image.choose_default()
        self.palette_source.take(self.viewer.layers.selection.active)  # dropped before there was a panel
        self.viewer.events.theme.connect(self._on_theme_changed)

    @property
    def layer(self) -> Image | None:
        """The image layer that is chosen; TypeError if it is set to a layer that is no image."""
        return self.image.layer

    @layer.setter
    def layer(self, layer: Image) -> None:
        self.image.layer = layer

    @property
    def sections(self) -> list[Section]:
        """What the panel consists of by now, from top to bottom; what is not there yet chooses as its recipe does."""
        rare = () if self._rare is None else tuple(self._rare)
        return [*self._upper, *rare, self.dither, self.seed, self.result]

    @property
    def space(self) -> "SpacePicker":
        """What near means."""
        return self._make_rare().space

    @property
    def quantizer(self) -> MethodPicker:
        """How colours are chosen."""
        return self._make_rare().quantizer

    @property
    def focus(self) -> "FocusSection":
        """What a design must not lose."""
        return self._make_rare().focus

    @property
    def clean(self) -> "CleanSection":
        """How labels are cleaned."""
        return self._make_rare().clean

    def recipe(self) -> Recipe:
        """Return what the panel shows as a recipe; ValueError if the choices do not go together."""
        choices: dict[str, Any] = {}
        for section in self.sections:
            choices |= section.read()
        return self._recipe.replace(**choices)

    def set_recipe(self, recipe: Recipe) -> None:
        """Show a recipe; choices that have no control are kept for the next run."""
        self._recipe = recipe
        for section in self.sections:
            section.show_recipe(recipe)

    def inputs(self, layer: Image) -> dict[str, Any]:
        """Return keywords of `pipeline.run` beside image and recipe; TypeError or ValueError if they do not fit."""
        inputs: dict[str, Any] = {}
        for section in self.sections:
            inputs |= section.inputs(layer)
        return inputs

    def sizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return the size at which the controls are comfortable; the panel works when it is narrower."""
        return QSize(_WIDTH, super().sizeHint().height())

    def showEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Align the labels, now that their font is known."""
        super().showEvent(event)
        self._align_labels()

    def _align_labels(self) -> None:
        align_labels(form for section in self.sections for form in section.forms())

    def _make_sections(self) -> None:
        viewer = self.viewer
        self.image = ImageSection(viewer)
        self.misread = Offer()
        self.goal = GoalSection()
        self.palette_source = PaletteSource(viewer)
        self.scope = ScopeSection(viewer)
        self.colors = QualitySection()
        self.curve = CurveSection(self.colors, lambda: self.layer, self.recipe)
        self.dither = MethodPicker(
            DITHERS, "dither", "Dither", "Whether neighbouring pixels make up for each other's error.", dither_icon
        )
        self.seed = SeedSection()
        self.result = ResultSection()
        self._upper: tuple[Section, ...] = (
            self.image, self.goal, self.palette_source, self.scope, self.colors, self.curve,
        )  # fmt: skip

    def _make_rare(self) -> "RareSections":
        """Make what stands under Advanced and is large, unless it is there, and let it show the recipe."""
        if self._rare is not None:
            return self._rare
        from .rare_sections import RareSections  # a panel opens without it

        rare = RareSections(self.viewer, lambda: self.layer)
        for section in rare:
            section.show_recipe(self._recipe)
            section.changed.connect(self._emit_changed)
        rare.space.changed.connect(self.curve.refresh)
        rare.show_design(self._is_designed)
        self._rare = rare
        self._rare_form.add_wide(rare)
        rare.show()  # with the fold, and not after it
        self._align_labels()
        self._on_theme_changed()
        return rare

    def _connect_sections(self) -> None:
        self.palette_source.designs.connect(self._show_design)
        self.goal.chosen.connect(self._take_goal)
        self.misread.accepted.connect(self._mend_image)
        self.image.changed.connect(self.curve.refresh)
        self.image.changed.connect(self._on_image_changed)
        self._on_image_changed()
        for each in self.sections:
            each.changed.connect(self._emit_changed)

    def _build(self) -> None:
        panel = Column()
        rows = QVBoxLayout(panel)
        rows.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        rows.setSpacing(GAP)
        self.advanced = Fold("Advanced")
        rows.addWidget(self.image.form)
        rows.addWidget(self.misread)
        for section in (self.goal, self.colors, self.curve, self.palette_source, self.dither):
            rows.addWidget(section.form)
        rows.addWidget(self.advanced)
        self.advanced.toggled.connect(self._show_opened)
        self.advanced.form.add_note(self.goal.words)
        self._rare_form = Form()
        for form in (self.image.levels_form, self.scope.form, self._rare_form, self.seed.form, self.result.form):
            self.advanced.form.add_wide(form)
        rows.addStretch(1)
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidget(panel)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _show_opened(self, is_open: bool) -> None:
        """Scroll to what has been opened, once it has its place: below the fold, it would look as if nothing had."""
        if is_open:
            self._make_rare()
            QTimer.singleShot(0, self._scroll_to_advanced)

    def _scroll_to_advanced(self) -> None:
        if not isalive(self):
            return
        bar, view = self.scroll_area.verticalScrollBar(), self.scroll_area.viewport()
        place = self.advanced.geometry()
        if bar is not None and view is not None:
            bar.setValue(max(bar.value(), min(place.top(), place.bottom() + 1 - view.height())))

    def _emit_changed(self) -> None:
        if isalive(self):
            self._follow_goal()
            self.changed.emit()

    def _take_goal(self, goal: Goal) -> None:
        try:
            recipe = goal.apply(self.recipe())
        except (TypeError, ValueError):  # a word that is no colour: the run will tell
            recipe = goal.apply(self._recipe)
        for section in (self.colors, self.space, self.quantizer, self.dither):
            section.show_recipe(recipe)
        self.focus.show_protection(recipe)
        if goal.blends:
            self.image.blend_channels()
        self._show_misreading()

    def _find_misreading(self) -> Misreading | None:
        return find_misreading(self.layer, has_channels=self.goal.has_channels)

    def _show_misreading(self) -> None:
        found = self._find_misreading()
        self.misread.show_offer(*(("", "") if found is None else (found.text, found.action)))

    def _mend_image(self) -> None:
        if (found := self._find_misreading()) is not None:
            found.mend(self.viewer)
            if self.goal.has_channels:
                self.image.blend_channels()

    def _follow_goal(self) -> None:
        try:
            self.goal.show_recipe(self.recipe())
        except (TypeError, ValueError):
            return

    def _show_design(self, is_designed: bool) -> None:
        # With a palette that is given there is nothing to design.
        self._is_designed = is_designed
        for section in (self.colors, self.curve):
            section.form.setVisible(is_designed)
        self.scope.show_design(is_designed)
        if self._rare is not None:
            self._rare.show_design(is_designed)

    def _on_image_changed(self) -> None:
        if isalive(self):
            self.scope.follow_layer(self.layer)
            self._show_misreading()

    def _on_theme_changed(self, _: Any = None) -> None:
        if isalive(self):
            theme = get_theme(self.viewer.theme)
            dress(self, theme)
            self.curve.plot.set_colors(QColor(theme.text.as_hex()), QColor(theme.current.as_hex()))
