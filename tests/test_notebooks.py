"""The notebooks of the documentation run from top to bottom, and hold nothing of the machine that ran them."""

import json
from pathlib import Path

import matplotlib as mpl
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs" / "notebooks").glob("*.ipynb"))


@pytest.fixture(autouse=True)
def _without_windows():
    import matplotlib.pyplot as plt

    with mpl.rc_context():
        plt.switch_backend("agg")
        yield
        plt.close("all")


def test_there_is_one_for_each_job():
    jobs = ["areas_of_stained_tissue", "cells_in_two_channels", "colour_patterns_of_a_butterfly"]
    assert [path.stem for path in NOTEBOOKS] == jobs


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    exec(compile(code, path.name, "exec"), {"__name__": path.stem})
    assert not list(tmp_path.iterdir())  # it leaves nothing behind


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_does(path):
    content = json.loads(path.read_text("utf-8"))
    assert content["nbformat"] == 4
    assert "".join(content["cells"][0]["source"]).startswith("# ")
    kinds = [output["output_type"] for cell in content["cells"] for output in cell.get("outputs", [])]
    assert "display_data" in kinds
    assert "stream" in kinds
    assert "error" not in kinds
    assert "/site-packages/" not in path.read_text("utf-8")
