"""The text for the package index: README.md with absolute links, for there a relative one leads nowhere.

All else stands in setup.cfg, the place of the repository among it.
"""

import re
from configparser import ConfigParser
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent


def make_long_description() -> str:
    """Return README.md with its links and pictures at the repository, as they are at the tag of this version."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    urls = dict(line.split(" = ", 1) for line in config["metadata"]["project_urls"].strip().splitlines())
    place = f"{urls['Source']}/{{}}/v{config['metadata']['version']}/"
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"(!\[[^\]]*\]\()(?!https?:|#)", rf"\g<1>{place.format('raw')}", text)
    return re.sub(r"(?<!!)(\[[^\]]*\]\()(?!https?:|#)", rf"\g<1>{place.format('blob')}", text)


if __name__ == "__main__":
    setup(long_description=make_long_description(), long_description_content_type="text/markdown")
