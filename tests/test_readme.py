"""README and the documentation say what the registries hold, and their examples run."""

import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
import napari_colorquant.annotate
import napari_colorquant.editing
from napari_colorquant.pipeline.choices import DesignChoices

ROOT = Path(__file__).parents[1]
#: Pages that are made when the documentation is built.
MADE = {
    "docs/contributing.md", "docs/changelog.md", "docs/reference/command-line.md", "docs/reference/recipe.md",
    *(f"docs/gallery/{name}.md" for name in ("methods", "spaces", "dithers", "levers")),
}  # fmt: skip
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if str(page.relative_to(ROOT)) not in MADE]


def _load_tool():
    spec = importlib.util.spec_from_file_location("update_lists", ROOT / "tools" / "update_lists.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_the_table_of_methods_is_the_generated_one():
    tool = _load_tool()
    for page, name, made in ((tool.METHODS, "methods", tool.make_methods()), (tool.FILES, "files", tool.make_files())):
        text = page.read_text(encoding="utf-8")
        assert text == tool.replace_part(text, name, made)
    assert "<!-- /benchmarks -->" in tool.BENCHMARKS.read_text(encoding="utf-8")


def test_the_names_that_editors_know_are_those_of_the_tables():
    tool = _load_tool()
    text = tool.CHOICES.read_text(encoding="utf-8")
    assert text == tool.make_choices(text)
    fields = set(cq.Recipe.__dataclass_fields__)
    assert fields - set(DesignChoices.__annotations__) == {"n_colors", "palette"}
    assert set(DesignChoices.__annotations__) <= fields


def test_the_readme_is_short_and_counts_right():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("\n") < 150
    for count, noun in ((len(cq.QUANTIZERS), "ways"), (len(cq.SPACES), "colour spaces"), (len(cq.DITHERS), "dithers")):
        assert f"{count} {noun}" in text


def test_its_three_rows_of_the_benchmarks_are_those_of_the_tables():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tables = _load_tool().BENCHMARKS.read_text(encoding="utf-8").partition("### 256 colours, ten megapixels")[2]
    rows = re.findall(r"^\| \**([\w ,-]+?)\** \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", readme, re.M)
    assert len(rows) == 3
    for name, *figures in rows:
        (line,) = re.findall(rf"^\| \**{name}(?:, srgb)?\** \|.*$", tables.partition("\n**")[0], re.M)
        cells = [cell.strip() for cell in line.split("|")]
        assert [f"{float(cells[2]):.0f}", cells[4], cells[8]] == figures, name


def test_the_lists_of_the_manifest_are_the_generated_ones():
    tool = _load_tool()
    text = tool.MANIFEST.read_text(encoding="utf-8")
    assert text.count("# list of ") == 6
    assert text == tool.make_manifest(text)


def test_the_python_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # they write files
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    assert isinstance(names["image"], np.ndarray)


def test_its_pictures_are_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\]\((docs/[^)]+)\)", text)
    assert len(pictures) >= 2
    for link in pictures:
        assert (ROOT / link).is_file() or link in MADE, link


def test_the_reference_has_every_public_name():
    text = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs/reference").glob("python*.md"))
    told = set(re.findall(r"(?:auto\w+|py:data):: (\S+)", text))
    for door in (cq, cq.annotate, cq.editing):
        assert {f"{door.__name__}.{name}" for name in door.__all__ if name != "__version__"} <= told
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    linked = set(re.findall(r"\{py:obj\}`[^`]*?<(.+?)>`", pages))
    assert {link for link in linked if not link.startswith("napari_colorquant.Recipe.")} <= told


def test_rows_of_tables_have_no_more_cells_than_their_heads(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools")
    reference = importlib.import_module("docs.reference")
    made = {"command line": "\n".join(reference.describe_commands()), "recipe": "\n".join(reference.describe_recipe())}
    texts = {page: page.read_text(encoding="utf-8") for page in (*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md")}
    for page, text in (made | texts).items():
        cells = 0
        for line in re.sub(r"```.*?```", "", text, flags=re.DOTALL).splitlines():
            bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert bars <= (cells or bars), (page, line)
            cells = cells or bars if bars else 0


def test_links_between_the_pages_lead_somewhere():
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                target = (page.parent / link).resolve()
                assert target.is_file() or str(target.relative_to(ROOT)) in MADE, (page.name, link)


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "reliability"], ids=lambda page: page.stem)
def test_the_python_of_the_pages_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(block, names)


_BLOCK = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"napari", "npe2", "qtpy", "superqt", "magicgui", "vispy", "PyQt6", "matplotlib"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""


def _run_without_a_window(code, folder):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{_BLOCK}\n{code}"], cwd=folder, capture_output=True, text=True
    )


def test_what_it_shows_of_python_and_the_terminal_runs_without_napari_and_qt(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    python = "\n".join(re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL))
    made = _run_without_a_window(python, tmp_path)
    assert made.returncode == 0, made.stderr
    Image.fromarray(np.arange(768, dtype=np.uint8).reshape(16, 16, 3)).save(tmp_path / "photo.png")
    line = "from napari_colorquant.cli import main; sys.exit(main(['photo.png', '-n', '5', '-o', 'out.png']))"
    made = _run_without_a_window(line, tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "out.png").is_file()


def test_the_window_says_what_to_install(tmp_path):
    line = "from napari_colorquant._plugin.demo import main; sys.exit(main([]))"
    made = _run_without_a_window(line, tmp_path)
    assert made.returncode == 1
    assert made.stderr.startswith("The window needs napari: pip install 'napari-colorquant[all]'")


def test_a_colormap_says_what_to_install(tmp_path):
    line = "from napari_colorquant.cli import main; sys.exit(main(['photo.png', '--map', 'colormap:viridis:8']))"
    Image.new("RGB", (4, 4)).save(tmp_path / "photo.png")
    made = _run_without_a_window(line, tmp_path)
    assert made.returncode != 0
    assert "pip install 'napari-colorquant[napari]'" in made.stderr
    assert "Traceback" not in made.stderr
