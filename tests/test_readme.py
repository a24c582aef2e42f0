"""README says what the registries hold, and its examples run."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]


def _load_tool():
    spec = importlib.util.spec_from_file_location("update_lists", ROOT / "tools" / "update_lists.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_the_table_of_methods_is_the_generated_one():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tool = _load_tool()
    assert text == tool.replace_part(text, "methods", tool.make_methods())
    assert text == tool.replace_part(text, "files", tool.make_files())


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
    assert len(pictures) >= 4
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture


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
    line = "from napari_colorquant.plugin.demo import main; sys.exit(main([]))"
    made = _run_without_a_window(line, tmp_path)
    assert made.returncode == 1
    assert made.stderr.startswith("The window needs napari: pip install 'napari-colorquant[all]'")
