"""``python -m napari_colorquant`` is the command line ``colorquant``."""

import sys

from .cli import main

sys.exit(main())
