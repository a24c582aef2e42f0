"""Methods as plain functions in a table: name, summary and options are read off the function.

A method's positional-only parameters are its data, its keyword-only parameters the options that a
user may turn. The widget, the command line, the README and the tests all read the same table.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated, Any, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from ._checks import check_choice, check_flag, check_integer, check_number, refusal, shown

#: The groups of methods in lists that are read: what to take, what the literature knows, what to measure against.
GROUPS = ("Recommended", "Classic", "For comparison")


class UnknownNameError(KeyError, ValueError):
    """No entry of that name. A KeyError, so that ``in`` and ``.get`` keep working."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Option:
    """One keyword of a method: all that a widget, a command line or a table needs.

    Attributes
    ----------
    name : str
        The keyword.
    default : bool, int, float or str
        Its default; options are JSON scalars, so that one dict serves every door.
    kind : type
        `bool`, `int`, `float` or `str`.
    limits : dict
        ``min`` and ``max`` (numbers), or ``choices`` (names); empty for a `bool`.
    """

    name: str
    default: Any
    kind: type
    limits: Mapping[str, Any]

    def check(self, value: Any) -> Any:
        """Return `value` as this option's type.

        Raises
        ------
        TypeError, ValueError
            If it is of another type or outside the limits.
        """
        if self.kind is bool:
            return check_flag(self.name, value)
        if self.kind is str:
            return check_choice(self.name, value, self.limits["choices"])
        low, high = self.limits["min"], self.limits["max"]
        if self.kind is float:
            return check_number(self.name, value, low, high)
        is_whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
        return check_integer(self.name, int(value) if is_whole else value, low, high)

    def parse(self, text: str) -> Any:
        """Read `text` as written on a command line and check it."""
        if self.kind is bool:
            if text.lower() not in ("true", "false"):
                raise refusal(self.name, "be true or false", text)
            return text.lower() == "true"
        if self.kind is str:
            return self.check(text)
        try:
            value = self.kind(text)
        except ValueError:
            rule = "be a whole number" if self.kind is int else "be a number"
            raise refusal(self.name, rule, text) from None
        return self.check(value)


def _read_option(parameter: inspect.Parameter, hint: Any) -> Option:
    annotated = get_origin(hint) is Annotated
    kind, *extra = get_args(hint) if annotated else (hint,)
    return Option(parameter.name, parameter.default, kind, extra[0] if extra else {})


@dataclass(frozen=True)
class Method:
    """A plain function in a table; its keyword-only parameters are its options.

    Attributes
    ----------
    func : callable
        The method. Its ``__name__`` is the method's name, the first line of its docstring its summary.
    sequential : bool
        True if it needs whole planes (error diffusion), False if any block will do.
    title : str
        What people call it, for lists that are read; from the name by default.
    group : str
        What it stands with in such a list, one of `GROUPS`.
    """

    func: Callable[..., Any]
    sequential: bool = False
    title: str = ""
    group: str = "Recommended"

    def __post_init__(self) -> None:
        if not self.title:
            words = self.name.replace("_", " ")
            object.__setattr__(self, "title", words[:1].upper() + words[1:])
        check_choice("group", self.group, GROUPS)

    @property
    def name(self) -> str:
        """What the method is called everywhere."""
        return self.func.__name__

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.func) or "").partition("\n")[0]

    @cached_property
    def options(self) -> dict[str, Option]:
        """The options by name, in the order of the signature."""
        hints = get_type_hints(self.func, include_extras=True)
        parameters = inspect.signature(self.func).parameters.values()
        return {p.name: _read_option(p, hints[p.name]) for p in parameters if p.kind is p.KEYWORD_ONLY}

    def check(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options that were given, each checked against its limits."""
        return {name: self.find_option(name).check(value) for name, value in options.items()}

    def find_option(self, name: str) -> Option:
        """Return the option called `name`; TypeError with the nearest name if there is none."""
        if name in self.options:
            return self.options[name]
        near = get_close_matches(str(name), self.options, n=1)
        known = ", ".join(self.options) or "none"
        hint = f"did you mean {near[0]!r}?" if near else f"its options are: {known}"
        raise TypeError(f"an option of {self.name} must be one it has, got {shown(name)}; {hint}")

    def __call__(self, *data: Any, **options: Any) -> Any:
        """Check the options and call the method."""
        return self.func(*data, **self.check(options))


class Named(Protocol):
    """Anything with a name and a one-line summary can stand in a registry."""

    @property
    def name(self) -> str:
        """What it is called everywhere."""

    @property
    def summary(self) -> str:
        """One line about it."""


Entry = TypeVar("Entry", bound=Named, covariant=True)


class Registry(Mapping[str, Entry], Generic[Entry]):
    """An ordered, name-keyed table of one kind of entry.

    Parameters
    ----------
    kind : str
        What the entries are, for messages: "quantizer".
    *entries : Named
        The entries in the order in which lists show them.
    """

    def __init__(self, kind: str, *entries: Entry) -> None:
        self.kind = kind
        self._entries = {entry.name: entry for entry in entries}
        if len(self._entries) < len(entries):
            raise ValueError(f"two {kind}s share a name in {[entry.name for entry in entries]}")

    def __getitem__(self, name: str) -> Entry:
        if isinstance(name, str) and name in self._entries:
            return self._entries[name]
        near = get_close_matches(name, self._entries, n=1) if isinstance(name, str) else ()
        hint = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(self)}"
        raise UnknownNameError(f"{self.kind} must be a known name, got {shown(name)}; {hint}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{self.kind}s: {', '.join(self)}>"


def parse_spec(registry: Registry[Method], spec: str) -> tuple[Method, dict[str, Any]]:
    """Read ``"kmeans:iterations=30,seeding=wu"`` as a method and its options.

    Raises
    ------
    UnknownNameError, TypeError, ValueError
        For an unknown method, an unknown option, or a value outside its limits.
    """
    if not isinstance(spec, str):
        raise refusal(registry.kind, "be a name, or a name with options", spec, TypeError)
    name, _, tail = spec.partition(":")
    method = registry[name]
    options = {}
    for pair in filter(None, tail.split(",")):
        key, equals, text = pair.partition("=")
        if not equals:
            raise ValueError(f"options must be written name=value, got {shown(pair)} in {shown(spec)}")
        options[key] = method.find_option(key).parse(text)
    return method, options
