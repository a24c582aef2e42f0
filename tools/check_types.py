"""End with an error if too little of the public interface has known types, as pyright counts them.

``pyright --verifytypes napari_colorquant --ignoreexternal --outputjson | python tools/check_types.py``

Rooms whose name begins with an underscore are not public: napari finds what it needs of `_plugin` by the manifest.
"""

import json
import sys

LEAST = 0.95


def main() -> None:
    """Read pyright's report from standard input."""
    completeness = json.load(sys.stdin)["typeCompleteness"]
    unknown = [
        symbol["name"] for symbol in completeness["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]
    ]
    score = completeness["completenessScore"]
    print(f"{score:.1%} of the public symbols have known types; without: {', '.join(unknown) or 'none'}")
    if score < LEAST:
        raise SystemExit(f"at least {LEAST:.0%} must have one")


if __name__ == "__main__":
    main()
