"""The images: a folder of them, or the photographs that the dependencies ship."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt


def load_images(folder: Path | None) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Iterate over (name, (H, W, 3) uint8) of every image in `folder`, or of the sample photographs."""
    from PIL import Image

    if folder is None:
        yield from sample_images()
        return
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".tif")]
    if not paths:
        raise SystemExit(f"{folder} must hold PNG, JPEG or TIFF images, found none")
    for path in paths:
        yield path.stem, np.ascontiguousarray(Image.open(path).convert("RGB"))


def sample_images() -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Iterate over photographs of scikit-image and scikit-learn."""
    from skimage import data
    from sklearn.datasets import load_sample_image

    for name in ("astronaut", "chelsea", "coffee", "rocket", "immunohistochemistry"):
        yield name, np.ascontiguousarray(getattr(data, name)()[..., :3])
    for name in ("china.jpg", "flower.jpg"):
        yield Path(name).stem, np.ascontiguousarray(load_sample_image(name))


def large_photograph(height: int = 2560, width: int = 3840) -> npt.NDArray[np.uint8]:
    """Return a photograph of about ten megapixels: samples enlarged, side by side, with a camera's noise."""
    from skimage.transform import resize

    tiles = [image for _, image in sample_images()][:6]
    rng = np.random.default_rng(0)
    parts = [resize(tile, (height // 2, width // 3), order=3) * 255 for tile in tiles]
    whole = np.vstack([np.hstack(parts[:3]), np.hstack(parts[3:])])
    return np.clip(np.rint(whole + rng.normal(0, 2, whole.shape)), 0, 255).astype(np.uint8)
