"""The command line ``colorquant``: argparse over the registries, no logic of its own.

Exit status: 0 if everything was done; 2 for an error, told in one line, with every file as it was;
1 if some of many images could not be done (one line each) and the rest was; 130 after Ctrl-C,
143 after SIGTERM, with no file half written. What is printed to a closed stream is dropped.
"""

import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

from ._errors import UsageError, describe, show_warning, tell
from ._parser import COMMANDS, make_parser
from ._streams import Stopped, flush_output, heed_signals, name_output, open_streams
from ._values import show_version

__all__ = ["main"]

#: The file of each command.
_HOMES = {
    "quantize": "_quantize", "list": "_listing", "convert": "_convert", "measure": "_measure", "compare": "_compare",
    "objects": "_objects", "check": "_check", "warmup": "_warmup",
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the program; ``sys.argv[1:]`` by default.
    """
    is_closed = sys.stdout is None
    open_streams()
    warnings.showwarning = show_warning
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with heed_signals():
            status = _run(words, is_closed)
            flush_output()
    except KeyboardInterrupt:
        status = tell("interrupted", 130)
    except Stopped as stopped:
        status = tell("stopped", stopped.status)
    except BrokenPipeError:  # the reader of our output has seen enough
        status = 0
    except MemoryError:
        status = tell("the image must fit into memory, got a MemoryError")
    except (UsageError, ValueError, TypeError, OSError) as error:
        status = tell(describe(error))
    # What was printed before an error is still to be written; that it cannot be is told already, or the smaller error.
    with suppress(OSError):
        flush_output()
    return status


def _run(words: list[str], is_closed: bool) -> int:
    """Do what the command line says; an error in what is printed names the standard output."""
    command = words.pop(0) if words and words[0] in COMMANDS else "quantize"
    try:
        if words == ["--version"]:
            return show_version()
        options = make_parser(command).parse_args(words)
        if is_closed and getattr(options, "output", None) == "-":
            raise UsageError("standard output must be open to take an image, got it closed")
        return _load(command)(options)
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    except OSError as error:
        name_output(error)
        raise


def _load(command: str) -> Callable[[Namespace], int]:
    """Return the function behind a command; only now is loaded what it needs."""
    module = import_module(f".{_HOMES[command]}", __name__)
    run: Callable[[Namespace], int] = module.run
    return run
