"""Profiles on the command line: in which RGB an image is looked at, and in which its result is written."""

import argparse
from dataclasses import replace
from typing import Any

from ..indexed import IndexedImage
from ..io.formats import IMAGE_FORMATS, find_writer, list_suffixes
from ..io.output_profile import find_target_profile, read_profile
from ..recipe import Recipe
from ._errors import UsageError


def find_profile(options: argparse.Namespace, targets: list[str | None]) -> Any:
    """Return what is said of the profile: None, "keep", "srgb", or a profile; an error before any work."""
    if options.output_profile in (None, "keep", "srgb"):
        return options.output_profile
    found = read_profile(options.output_profile)
    for target in targets:
        if target is not None and not _holds_profiles(target):
            suffixes = ", ".join(list_suffixes(written=True, writes_profile=True))
            raise UsageError(f"--profile {options.output_profile} must be written as one of {suffixes}, got {target}")
    return found


def choose_rgb(target: str | None, recipe: Recipe, options: argparse.Namespace) -> str:
    """Return in which RGB an image is looked at: in its own where what is made of it can show more than sRGB."""
    shows_more = target is None or _holds_profiles(target)
    is_plain = recipe.keep == "none" and not options.per_frame
    return "keep" if shows_more and is_plain and options.output_profile != "srgb" else "srgb"


def check_kept(opened: Any, target: str | None, options: argparse.Namespace) -> None:
    """Raise UsageError if the RGB of an image is to be kept, and its output holds no profile."""
    kept = opened.source_profile if options.output_profile == "keep" else None
    if kept is not None and target is not None and not _holds_profiles(target):
        raise UsageError(f"--profile must be srgb for {target}, which holds no profile, got keep for {kept.name}")


def as_chosen(indexed: IndexedImage, opened: Any, profile: Any) -> IndexedImage:
    """Return a result with its palette in the RGB in which a PNG of it is written."""
    target = find_target_profile(profile, indexed, opened, IMAGE_FORMATS["png"])
    return replace(indexed, palette=indexed.palette.in_profile(target))


def _holds_profiles(target: str) -> bool:
    return target == "-" or find_writer(target).writes_profile
