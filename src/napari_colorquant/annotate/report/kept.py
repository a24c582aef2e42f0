"""What an experiment keeps of each image, so that it goes on where it was stopped."""

import hashlib
import json
from pathlib import Path
from typing import Any

from ..._runtime.atomic import write_file


def state_of(path: Path) -> list[Any]:
    """Return what tells a file from what it was before: its path, size and time of change."""
    try:
        state = path.stat()
    except OSError:
        return [str(path.absolute()), None]
    return [str(path.absolute()), state.st_size, state.st_mtime_ns]


def digest(values: Any) -> str:
    """Return a text that is the same for the same values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def read_part(path: Path) -> dict[str, Any]:
    """Return what was kept; nothing of what is damaged."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_part(path: Path, content: dict[str, Any]) -> None:
    """Keep what was done, in one step."""
    write_file(path, json.dumps(content, default=float).encode(), overwrite=True)
