"""Room 2: the methods of palette design. A new one is its file and one entry here."""

from ..registry import Method, Registry

__all__ = ["QUANTIZERS"]

QUANTIZERS: Registry[Method] = Registry("quantizer")
