"""What palettes and indexed images can do to be looked at; each method loads what it needs when it is called."""

from typing import Any, TextIO

from .shown import Picture, Swatches


class PaletteViews:
    """The ways in which a palette is shown, and handed to other programs."""

    def _repr_html_(self: Swatches) -> str:
        from .html import write_swatches

        return write_swatches(self)

    def print(self: Swatches, file: TextIO | None = None) -> None:
        """Print a line for each colour: a block of it where the output is a terminal, its hex code, share and name.

        Parameters
        ----------
        file : text stream, optional
            Where to print; the standard output by default.
        """
        from .terminal import print_swatches

        print_swatches(self, file)

    def plot(self: Swatches, ax: Any = None) -> Any:
        """Draw the colours as swatches with their names and shares. Needs matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        ax : matplotlib.axes.Axes
        """
        from .plots import plot_swatches

        return plot_swatches(self, ax)

    def to_matplotlib(self: Swatches) -> Any:
        """Return the colours as a `matplotlib.colors.ListedColormap`, for labels drawn from -0.5 to K - 0.5.

        Label k has colour k with ``vmin=-0.5, vmax=K - 0.5``: each lies in the middle of its colour, where no
        rounding leads to another.

        Returns
        -------
        colormap : matplotlib.colors.ListedColormap

        See Also
        --------
        napari_colorquant.io.named_palettes.find_palette : takes such colormaps, too.
        """
        from .colormaps import make_matplotlib

        return make_matplotlib(self)

    def to_napari_colormap(self: Swatches) -> Any:
        """Return the colours as a `napari.utils.Colormap` of even steps, for Image layers. Needs napari.

        Returns
        -------
        colormap : napari.utils.Colormap
        """
        from .colormaps import make_napari

        return make_napari(self)

    def to_cmap(self: Swatches) -> Any:
        """Return the colours as a `cmap.Colormap` of even steps. Needs the package cmap.

        Returns
        -------
        colormap : cmap.Colormap
        """
        from .colormaps import make_cmap

        return make_cmap(self)


class IndexedViews:
    """The ways in which an indexed image is shown."""

    def _repr_html_(self: Picture) -> str:
        from .html import write_picture

        return write_picture(self)

    def print(self: Picture, file: TextIO | None = None, *, columns: int = 64) -> None:
        """Print the image small, in half blocks, where the output is a terminal, and its palette.

        Parameters
        ----------
        file : text stream, optional
            Where to print; the standard output by default.
        columns : int
            The width of the image in characters, 8 to 400.
        """
        from .terminal import print_picture

        print_picture(self, file, columns)

    def plot(self: Picture, ax: Any = None) -> Any:
        """Draw the image (of a stack its first plane) with a legend of its palette. Needs matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        ax : matplotlib.axes.Axes
        """
        from .plots import plot_picture

        return plot_picture(self, ax)
