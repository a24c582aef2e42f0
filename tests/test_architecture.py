"""The house rules that a machine can check: who may import whom, what loads when, what every kernel is."""

import ast
import importlib
import json
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "napari_colorquant"
ROOT = Path(__file__).parents[1] / "src" / PACKAGE
MODULES = {
    ".".join((PACKAGE, *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
ROOMS = ("spaces", "quantizers", "mapping.dithers")

#: The rooms from the one that knows least to those that know most. A room imports from groups before its own
#: only; rooms of one group do not know each other.
ORDER = (
    ("_checks", "_typing"),
    ("_runtime", "registry"),
    ("clustering", "pixels"),
    ("palette", "spaces", "quantizers"),
    ("mapping",),
    ("_recipe_fields",),
    ("recipe",),
    ("indexed",),
    ("io", "quality"),
    ("design",),
    ("pipeline", "editing"),
    ("annotate",),
    ("cli",),
    ("__init__", "__main__", "_plugin"),
)
#: The same for the rooms within a room.
INNER = {
    "annotate": (("tables",), ("patterns", "shapes"), ("report",), ("__init__",)),
    "_plugin": (
        ("layers", "widgets"),
        ("files", "tasks"),
        ("color_view", "legend"),
        ("commands",),
        ("palette_dock",),
        ("quantize_dock",),
        ("__init__", "demo"),
    ),
}

#: Third-party packages that only these rooms may import.
ONLY_IN = {
    "napari": {"_plugin"},
    "npe2": {"_plugin"},
    "qtpy": {"_plugin"},
    "superqt": {"_plugin"},
    "magicgui": {"_plugin"},
    "numba": {"_runtime"},
    "dask": {"pixels"},
    "zarr": {"io"},
    "concurrent": {"_runtime", "_plugin"},
    "multiprocessing": {"_runtime"},
}

#: What must not be loaded by the import of the package, or by looking into its tables and verbs.
HEAVY = ("napari", "npe2", "qtpy", "superqt", "magicgui", "vispy", "sklearn", "dask", "matplotlib")


def _room(module: str) -> str:
    """Return the part of a module's name below the package: the room or the single file."""
    return module.removeprefix(PACKAGE).lstrip(".").partition(".")[0] or "__init__"


def _inner_room(module: str) -> str:
    """Return the same within the room of the core that `module` stands in."""
    return _room(module.replace(f"{PACKAGE}.{_room(module)}", PACKAGE, 1))


def _absolute(node: ast.ImportFrom, module: str) -> str:
    if not node.level:
        return node.module or ""
    is_package = MODULES[module].name == "__init__.py"
    base = module.split(".")[: len(module.split(".")) - node.level + is_package]
    return ".".join([*base, *filter(None, [node.module])])


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _statements(node: ast.AST):
    """Walk everything that runs: not what stands under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if not _is_for_types(child):
            yield child
            yield from _statements(child)


@cache
def imports(module: str) -> frozenset[str]:
    """Return the modules that `module` imports, at its top or in a function; own ones by their full names."""
    found = set()
    for node in _statements(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(node, module)
            for alias in node.names:  # "from .spaces import srgb" may name a module or what is in it
                name = f"{source}.{alias.name}"
                found.add(name if name in MODULES else source)
    return frozenset(found)


def _own(module: str) -> set[str]:
    return {name for name in imports(module) if name in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_relative_imports_lead_somewhere(module):
    strays = {name for name in imports(module) if name.split(".")[0] == PACKAGE and name not in MODULES}
    assert not strays


def test_imports_point_upward_only():
    # An order in which every file stands below all that it imports exists if, and only if, there is no cycle.
    TopologicalSorter({module: _own(module) for module in MODULES}).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_third_party_packages_stay_in_their_rooms(module):
    used = {name.split(".")[0] for name in imports(module)}
    assert not {name for name in used & ONLY_IN.keys() if _room(module) not in ONLY_IN[name]}


@pytest.mark.parametrize("module", MODULES)
def test_threads_are_started_in_one_place(module):
    names = {
        getattr(node, "id", getattr(node, "attr", None))
        for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
    }
    assert not names & {"Thread", "ThreadPoolExecutor", "Timer"} or _room(module) in ("_runtime", "_plugin")


def _forbidden(order: tuple[tuple[str, ...], ...], room: str) -> set[str]:
    """Return the rooms that `room` must not import: those of its own group and of all later ones."""
    place = next(i for i, group in enumerate(order) if room in group)
    return {other for group in order[place:] for other in group} - {room}


@pytest.mark.parametrize("module", MODULES)
def test_rooms_import_from_earlier_rooms_only(module):
    known = {_room(name) for name in _own(module)}
    assert not known & _forbidden(ORDER, _room(module))


@pytest.mark.parametrize(("module", "order"), [(name, INNER[_room(name)]) for name in MODULES if _room(name) in INNER])
def test_rooms_within_a_room_import_from_earlier_ones_only(module, order):
    known = {_inner_room(name) for name in _own(module) if _room(name) == _room(module)}
    assert not known & _forbidden(order, _inner_room(module))


def test_every_room_has_its_place_in_the_order():
    assert {_room(name) for name in MODULES} == {room for group in ORDER for room in group}
    for outer, order in INNER.items():
        rooms = {_inner_room(name) for name in MODULES if _room(name) == outer}
        assert rooms == {room for group in order for room in group}


def _files(room: str) -> set[str]:
    """Return the modules of a room that hold an entry of its table each."""
    return {name for name in MODULES if name.rpartition(".")[0] == f"{PACKAGE}.{room}" and not _is_private(name)}


def _is_private(module: str) -> bool:
    return module.rpartition(".")[2].startswith("_")


def _files(room: str) -> set[str]:
    """Return the modules of a room that hold an entry of its table each."""
    return {name for name in MODULES if name.rpartition(".")[0] == f"{PACKAGE}.{room}" and not _is_private(name)}


def _is_private(module: str) -> bool:
    return module.rpartition(".")[2].startswith("_")


def test_there_are_few_rooms_and_modules_at_the_top():
    tops = {_room(name) for name in MODULES} - {"__init__"}
    rooms = {room for room in tops if (ROOT / room).is_dir()}
    assert len(rooms) <= 15
    assert len(tops - rooms) + 1 <= 9


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_of_a_room_is_in_its_table_of_contents(room):
    assert _files(room) <= imports(f"{PACKAGE}.{room}")


@pytest.mark.parametrize(("room", "table"), [("quantizers", "QUANTIZERS"), ("mapping.dithers", "DITHERS")])
def test_every_file_of_a_room_holds_a_registered_method(room, table):
    registry = getattr(importlib.import_module(f"{PACKAGE}.{room}"), table)
    homes = {method.func.__module__ for method in registry.values()}
    assert homes == _files(room)


def _in_a_fresh_interpreter(code: str):
    """Run `code`, which prints JSON, in a new process; return what it printed."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _loaded_by(statement: str) -> set[str]:
    modules = _in_a_fresh_interpreter(f"import json, sys; {statement}; print(json.dumps(list(sys.modules)))")
    return {name.split(".")[0] for name in modules}


def test_import_of_the_package_loads_nothing_heavy():
    assert not _loaded_by(f"import {PACKAGE}") & {*HEAVY, "numba", "skimage", "scipy", "PIL"}


def test_the_estimator_alone_loads_scikit_learn():
    assert _loaded_by(f"import {PACKAGE} as cq; cq.ColorQuantizer") & set(HEAVY) == {"sklearn"}


def test_verbs_and_tables_load_without_a_window_or_scikit_learn():
    statement = f"import {PACKAGE} as cq; [getattr(cq, name) for name in cq.__all__ if name != 'ColorQuantizer']"
    assert not _loaded_by(statement) & set(HEAVY)


def test_the_command_line_loads_without_a_window():
    assert not _loaded_by(f"import {PACKAGE}.cli") & {*HEAVY, "numba"}


def test_help_and_version_load_no_compiler():
    for word in ("--help", "--version"):
        statement = f"import contextlib, io; from {PACKAGE}.cli import main"
        loaded = _loaded_by(
            f"{statement}\nwith contextlib.redirect_stdout(io.StringIO()): main(['{word}'])\nimport json"
        )
        assert not loaded & {*HEAVY, "numba", "scipy", "skimage"}, word


def _kernels():
    """Return the kernels in each module of the headless core by their names: its own, and those that it imports."""
    from napari_colorquant._runtime.jit import Kernel

    core = [name for name in MODULES if _room(name) not in ("_plugin", "__main__")]
    members = {name: vars(importlib.import_module(name)) for name in core}
    return {
        module: {name: value for name, value in named.items() if isinstance(value, Kernel)}
        for module, named in members.items()
    }


def test_every_kernel_releases_the_gil_and_starts_no_threads():
    named = {(module, name): kernel for module, kernels in _kernels().items() for name, kernel in kernels.items()}
    for where, kernel in named.items():
        options = kernel.compiled.targetoptions
        assert options.get("nogil"), where
        assert options.get("nopython"), where
        assert not options.get("parallel"), where
        assert type(kernel.compiled._cache).__name__ != "NullCache", where


def test_only_kernels_call_inner_kernels():
    found = 0
    for module, kernels in _kernels().items():
        inner = {name for name, kernel in kernels.items() if kernel.is_inner}
        tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
        others = [node for node in tree.body if getattr(node, "name", None) not in kernels]
        used = {name.id for node in others for name in ast.walk(node) if isinstance(name, ast.Name)}
        assert not used & inner, module
        found += len(inner)
    assert found


@pytest.mark.parametrize("module", MODULES)
def test_every_file_says_what_it_is_for(module):
    assert ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))


def test_every_room_has_its_tests():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    tests = Path(__file__).parent
    tested = {path.relative_to(tests).parts[0] for path in tests.glob("*/**/test_*.py")}
    assert tested == rooms


def test_the_top_holds_few_modules_and_rooms():
    assert len(list(ROOT.glob("*.py"))) <= 9
    assert len(list(ROOT.glob("*/__init__.py"))) <= 15
