"""A palette as JSON values, for files and the metadata of layers."""

from typing import Any

from .._checks import check_mapping, refusal
from ..pixels.rgb_profile import RgbProfile
from ..pixels.written_colors import parse_rgba

#: What is read as it was written.
_PARTS = ("shares", "names", "locked", "classes", "title", "levels", "alphas", "display", "written")


def to_values(palette: Any) -> dict[str, Any]:
    """Return all that a palette knows; what only few palettes have stands there only for these."""
    deep = {"levels": palette.levels.tolist()} if palette.is_deep else {}
    seen_through = {"alphas": palette.alphas.tolist()} if palette.has_alpha else {}
    return {
        "title": palette.title,
        "colors": ["#" + bytes(color).hex() for color in palette.colors],
        **deep,
        **seen_through,
        **({} if palette.profile is None else {"profile": palette.profile.to_text()}),
        "shares": [float(share) for share in palette.shares],
        "names": list(palette.names),
        "locked": list(palette.locked),
        "classes": list(palette.classes),
        **{key: list(codes) for key in ("display", "written") if any(codes := getattr(palette, key))},
    }


def read_values(values: Any) -> dict[str, Any]:
    """Return the fields of the palette that `to_values` wrote; ValueError or TypeError for anything else."""
    known = check_mapping("a palette", values)
    if "colors" not in known:
        raise refusal("a palette", "have 'colors'", list(known))
    fields = {key: known[key] for key in _PARTS if key in known}
    if known.get("profile") is not None:
        fields["profile"] = RgbProfile.from_text(known["profile"])
    return {"colors": parse_rgba(known["colors"]), **fields}
