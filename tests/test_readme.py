"""README says what the registries hold, and its examples run."""

import importlib.util
import re
from pathlib import Path

import numpy as np

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
