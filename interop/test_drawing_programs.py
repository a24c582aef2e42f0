"""Krita, LibreOffice and Scribus find the colours and names of our palettes, where a user puts palettes for them."""

import json
from dataclasses import replace

import pytest

import napari_colorquant as cq

#: Run inside of Krita: what it lists, as {file: [title, [[name, red, green, blue] of each swatch]]}.
_KRITA = """
import json
from pathlib import Path
from krita import Krita, Palette


def swatch(entry):
    # In .aco a zero ends each name, as Adobe wants it, and Krita takes it for a part of the name.
    return [entry.name().rstrip("\\0"), *(round(255 * part) for part in entry.color().componentsOrdered()[:3])]


def __main__(_):
    found = {}
    for resource in Krita.instance().resources("palette").values():
        palette = Palette(resource)
        entries = [swatch(palette.colorSetEntryByIndex(i)) for i in range(palette.numberOfEntries())]
        places = range(palette.columnCount() ** 2)
        groups = {
            group: [swatch(entry) for i in places if (entry := palette.colorSetEntryFromGroup(i, group)).isValid()]
            for group in palette.groupNames()
        }
        found[resource.filename()] = [resource.name(), entries, groups]
    Path("found.json").write_text(json.dumps(found))
"""

#: Run by the Python that has UNO: LibreOffice's standard colours, as {name: 0xrrggbb}.
_OFFICE = """
import json
import subprocess
import time
from pathlib import Path
import uno

office = subprocess.Popen(["soffice", "--headless", "--norestore", "--accept=pipe,name=palettes;urp;"])
context = uno.getComponentContext()
resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
while office.poll() is None:
    try:
        context = resolver.resolve("uno:pipe,name=palettes;urp;StarOffice.ComponentContext")
        break
    except uno.getClass("com.sun.star.connection.NoConnectException"):
        time.sleep(0.2)
create = context.ServiceManager.createInstanceWithContext
table = create("com.sun.star.drawing.ColorTable", context)
Path("found.json").write_text(json.dumps({name: table.getByName(name) for name in table.getElementNames()}))
create("com.sun.star.frame.Desktop", context).terminate()
office.wait()
"""

#: Run inside of Scribus: the colours of a new document, as {name: [red, green, blue]}.
_SCRIBUS = """
import json
from pathlib import Path
import scribus

scribus.newDocument(scribus.PAPER_A4, (10, 10, 10, 10), scribus.PORTRAIT, 1, scribus.UNIT_POINTS, scribus.PAGE_1, 0, 1)
Path("found.json").write_text(json.dumps({name: scribus.getColorAsRGB(name) for name in scribus.getColorNames()}))
scribus.closeDoc()
"""


@pytest.fixture
def look(tmp_path, run, monkeypatch):
    """Run a script inside of a program that has no settings yet and no screen, and return what it found."""
    for name, value in {
        "HOME": tmp_path, "PYTHONPATH": tmp_path, "QT_QPA_PLATFORM": "offscreen",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    for name in ("DISPLAY", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)

    def find(script, *words):
        (tmp_path / "look.py").write_text(script, encoding="utf-8")
        run(*words)
        return json.loads((tmp_path / "found.json").read_text())

    return find


def _rows(palette, names):
    return [[name, *color] for name, color in zip(names, palette, strict=True)]


def _labels(palette):
    """Return the names, where there is none the code: so do programs want it that list colours by their names."""
    return [name or code for name, code in zip(palette.names, palette.hex, strict=True)]


def test_krita_lists_our_palettes_with_their_colours_names_and_groups(tmp_path, look, indexed):
    folder = tmp_path / ".local/share/kritarunner/palettes"
    folder.mkdir(parents=True)
    classes = ["", "", "room", "room", "room", "a b", "a b", "a b"]
    grouped = replace(indexed.palette, classes=classes)
    for kind in ("gpl", "kpl", "aco", "ase", "act"):  # Krita tells palettes apart by title, or file name without suffix
        cq.write_palette(replace(indexed.palette, title=f"our {kind}"), folder / f"{kind}.{kind}")
    for kind in ("riff", "jasc"):
        cq.write_palette(indexed.palette, folder / f"{kind}.pal", format=kind)
    for kind in ("kpl", "ase"):
        cq.write_palette(replace(grouped, title=f"grouped {kind}"), folder / f"grouped_{kind}.{kind}")
    found = look(_KRITA, "kritarunner", "-s", "look")

    assert (found["gpl.gpl"][0], found["kpl.kpl"][0]) == ("our gpl", "our kpl")
    named = _rows(indexed.palette, indexed.palette.names)
    for kind in ("kpl", "aco", "ase"):
        assert found[f"{kind}.{kind}"][1] == named, kind
    assert found["gpl.gpl"][1] == _rows(indexed.palette, [name or "Untitled" for name in indexed.palette.names])
    for file in ("riff.pal", "jasc.pal", "act.act"):  # no names; what is after the colours of an .act is shown, too
        assert [row[1:] for row in found[file][1]][: len(named)] == [list(color) for color in indexed.palette], file
        assert len(found[file][1]) == (len(named) if file != "act.act" else 258)
    for kind in ("kpl", "ase"):
        assert found[f"grouped_{kind}.{kind}"][2] == {"": named[:2], "room": named[2:5], "a b": named[5:]}, kind


def test_libreoffice_has_our_colours_and_names(tmp_path, look, indexed):
    folder = tmp_path / ".config/libreoffice/4/user/config"
    folder.mkdir(parents=True)
    cq.write_palette(indexed.palette, folder / "standard.soc")
    found = look(_OFFICE, "/usr/bin/python3", "look.py")
    codes = [int(code[1:], 16) for code in indexed.palette.hex]
    assert list(found.items()) == list(zip(_labels(indexed.palette), codes, strict=True))


def test_scribus_has_our_colours_and_names(tmp_path, look, indexed):
    folder = tmp_path / ".local/share/scribus"
    folder.mkdir(parents=True)
    cq.write_palette(indexed.palette, folder / "DefaultColors.xml")
    found = look(_SCRIBUS, "scribus", "-g", "-ns", "-py", "look.py")
    ours = dict(zip(_labels(indexed.palette), map(list, indexed.palette), strict=True))
    assert {name: found[name] for name in found if name not in ("Black", "White", "Registration")} == ours  # its own
