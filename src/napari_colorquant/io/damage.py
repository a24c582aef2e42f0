"""Errors of the readers of large files, which each have some of their own, as one kind."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def tell_of_damage(where: str, kind: str, keep: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Let whatever the readers of a `kind` of file raise be a ValueError that names it, but for those to `keep`."""
    try:
        yield
    except (MemoryError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        if isinstance(error, keep):
            raise
        raise ValueError(f"{where} must be a {kind} that can be read: {error}") from error
