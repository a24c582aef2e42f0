"""One table from one run: ``python -m benchmarks [FOLDER]``, or ``make bench``."""

import argparse
from pathlib import Path

from .alpha import compare_alpha, compare_dithered, compare_sides
from .annotations import compare_annotations
from .eye import compare_by_eye, compare_undithered
from .few import compare_few
from .graphics import compare_graphics
from .images import large_photograph, load_images
from .measuring import Figure, measure_all, our_contenders, warm_up
from .memory import peak_memory
from .peers import Contender, Image, find_peers
from .pictures import draw_contact_sheet, draw_front
from .stages import compare_dithers, compare_mapping
from .tables import summarize, write_csv


def main() -> None:
    args = _parse()
    args.out.mkdir(parents=True, exist_ok=True)
    peers = [peer for peer in find_peers() if not (args.quick and peer.is_slow)]
    ours = our_contenders("srgb", args.methods) + our_contenders("oklab", ["kmeans"])
    contenders = [*peers, *ours]
    warm_up(contenders)
    images = list(load_images(args.folder))
    figures: list[Figure] = []
    for n_colors in args.n_colors:
        for name, image in images:
            print(f"{n_colors} colours, {name}", flush=True)
            figures += measure_all(name, image, contenders, n_colors, args.repeats)
    _report(figures, {}, args.out, "photographs")
    draw_front([figure for figure in figures if "oklab" not in figure.contender], args.out / "front.png")
    draw_contact_sheet(images[0][1], contenders, 16, args.out / "methods.png")
    _compare_stages(args, images[0][1], [16, 64, 256])
    _compare_by_eye(args, images)
    _write(compare_few(images, peers, [16, 64, 256], args.repeats), args.out / "few.md")
    numbers = [8, 16, 64, 256]
    tables = compare_alpha(numbers, args.repeats), compare_sides(numbers, args.repeats), compare_dithered([8, 16, 64])
    _write("\n".join(tables), args.out / "alpha.md")
    _write(compare_annotations(args.repeats), args.out / "annotations.md")
    if args.large:
        _measure_large(args, peers)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images to measure on; the sample photographs by default")
    parser.add_argument("-n", "--n-colors", type=int, nargs="+", default=[4, 16, 64, 256])
    parser.add_argument("-m", "--methods", nargs="+", help="our methods; all by default")
    parser.add_argument("-r", "--repeats", type=int, default=3, help="runs of which the fastest counts")
    parser.add_argument("--quick", action="store_true", help="leave the slow peers out")
    parser.add_argument("--large", action="store_true", help="measure on a ten-megapixel photograph, too")
    parser.add_argument("-o", "--out", type=Path, default=Path("benchmarks/results"), help="where the tables go")
    return parser.parse_args()


def _measure_large(args: argparse.Namespace, peers: list[Contender]) -> None:
    contenders = [peer for peer in peers if not peer.is_slow and "MiniBatch" not in peer.name]  # half a minute each
    contenders += our_contenders("srgb", ["kmeans", "wu", "fast", "best"]) + our_contenders("oklab", ["kmeans"])
    image = large_photograph()
    figures = [
        figure
        for n_colors in (16, 256)
        for figure in measure_all("ten megapixels", image, contenders, n_colors, args.repeats)
    ]
    memory = {(each.name, 256): peak_memory(each, image, 256) for each in contenders}
    _report(figures, memory, args.out, "large")


def _compare_stages(args: argparse.Namespace, image: Image, numbers: list[int]) -> None:
    large = large_photograph()
    parts = [compare_mapping(large, 256, args.repeats), compare_dithers(large, 256, args.repeats)]
    parts += [compare_mapping(image, many, args.repeats) for many in (256, 4096)]
    parts += [compare_dithers(image, n_colors, args.repeats) for n_colors in numbers]
    _write("\n".join(parts), args.out / "stages.md")


def _compare_by_eye(args: argparse.Namespace, images: list[tuple[str, Image]]) -> None:
    numbers = [8, 16, 64, 256]
    _write(compare_undithered(images, numbers) + "\n" + compare_by_eye(images, numbers), args.out / "eye.md")
    _write(compare_graphics(), args.out / "graphics.md")


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
    print(text)


def _report(figures: list[Figure], memory: dict[tuple[str, int], float], out: Path, name: str) -> None:
    write_csv(figures, out / f"{name}.csv")
    text = summarize(figures, memory)
    (out / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
