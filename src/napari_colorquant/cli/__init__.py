"""The command line ``colorquant``: argparse over the registries, no logic of its own.

Exit status: 0 if everything was done; 2 for an error, told in one line, with every file as it was;
1 if some of many images could not be done (one line each) and the rest was; 130 after Ctrl-C.
"""

import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

from ._errors import UsageError, describe, tell
from ._parser import COMMANDS, make_parser

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the program; ``sys.argv[1:]`` by default.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show is no reason to fail
    warnings.showwarning = _show_warning
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words.pop(0) if words and words[0] in COMMANDS else "quantize"
    try:
        options = make_parser(command).parse_args(words)
        status = _load(command)(options)
        sys.stdout.flush()
        return status
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    except BrokenPipeError:  # the reader of our output has closed it; keep the interpreter from reporting it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return tell("interrupted", 130)
    except MemoryError:
        return tell("the image must fit into memory, got a MemoryError")
    except (UsageError, ValueError, TypeError, OSError) as error:
        return tell(describe(error))


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Tell a warning in one line, with the advice that holds here."""
    text = str(message).replace("scale='range', or scale=(low, high)", "--scale range or --scale LOW,HIGH")
    print(f"colorquant: warning: {' '.join(text.split())}", file=sys.stderr)


def _load(command: str) -> Callable[[Namespace], int]:
    """Return the function behind a command; only now is loaded what it needs."""
    from . import _convert, _listing, _quantize

    return {"quantize": _quantize.run, "list": _listing.run, "convert": _convert.run}[command]
