"""What is shipped: the page of the package index, the recipe of conda, the workflows."""

import importlib.util
import re
from configparser import ConfigParser
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def _config():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def _load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_index_has_no_relative_link():
    text = _load("setup").make_long_description()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 15
    assert all(link.startswith("https://") for link in links)
    version = _config()["metadata"]["version"]
    assert f"/raw/v{version}/docs/first_minute.gif)" in text
    assert f"/blob/v{version}/CONTRIBUTING.md)" in text


def test_the_recipe_of_conda_wants_what_setup_cfg_wants():
    config = _config()
    recipe = yaml.safe_load((ROOT / "packaging/recipe.yaml").read_text(encoding="utf-8"))
    wanted = {line.lower().replace(">=", " >=") for line in config["options"]["install_requires"].strip().splitlines()}
    assert {*recipe["requirements"]["run"][1:]} == wanted
    assert recipe["context"]["version"] == config["metadata"]["version"]
    assert f">={recipe['context']['python_min']}" == config["options"]["python_requires"]


def test_every_action_is_pinned_to_a_commit():
    used = [
        line.partition("uses:")[2].strip()
        for path in (ROOT / ".github/workflows").glob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert used
    assert all(re.fullmatch(r"\./\S+|[\w/-]+@[0-9a-f]{40} # v[\d.]+", action) for action in used), used


def test_the_version_is_one():
    version = _config()["metadata"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == version
