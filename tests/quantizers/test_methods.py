"""What every quantizer promises, whatever its method: checked for each entry of the table."""

import inspect
import pkgutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import naive
from napari_colorquant import quantizers
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant.clustering.complete import few_colors
from napari_colorquant.clustering.nearest import nearest_with_distance, three_axes
from napari_colorquant.mapping.dithers import DITHERS
from napari_colorquant.quantizers import QUANTIZERS
from napari_colorquant.registry import parse_spec
from napari_colorquant.spaces import SPACES, Metric

every_quantizer = pytest.mark.parametrize("name", QUANTIZERS)
every_space = pytest.mark.parametrize("space", SPACES)
LEARNERS = ("fast", "online_kmeans")
every_method = pytest.mark.parametrize(
    "method", [*QUANTIZERS.values(), *DITHERS.values()], ids=lambda method: method.name
)


def some_colors(photo, space="srgb", size=400, seed=0):
    """Return distinct colours of a photograph on a space's axes, and weights as if there were many pixels."""
    rng = np.random.default_rng(seed)
    rgb = np.unique(photo.reshape(-1, 3), axis=0)
    rgb = rgb[np.sort(rng.choice(len(rgb), size, replace=False))]
    weights = rng.integers(1, 50, size).astype(np.float32)
    return Metric(SPACES[space]).coordinates(rgb), weights


def assert_is_palette(palette, colors, n_colors):
    """Check what holds for every palette, given distinct or repeated colours."""
    expected = min(n_colors, len(np.unique(colors, axis=0)))
    assert palette.dtype == np.float32
    assert palette.flags.c_contiguous
    assert palette.shape == (expected, colors.shape[1])
    assert len(np.unique(palette, axis=0)) == expected
    assert (palette >= colors.min(axis=0)).all()
    assert (palette <= colors.max(axis=0)).all()


def distortion(colors, weights, palette):
    return float(np.average(nearest_with_distance(colors, palette)[1], weights=weights.astype(np.float64)))


@every_space
@every_quantizer
def test_palette_has_the_colors_asked_for_inside_the_colors_box(name, space, photo):
    colors, weights = some_colors(photo, space, 200)
    assert_is_palette(QUANTIZERS[name](colors, weights, 7), colors, 7)


@pytest.mark.parametrize("n_colors", [1, 2, 16, 255, 256])
@every_quantizer
def test_palette_has_any_number_of_colors(name, n_colors, photo):
    colors, weights = some_colors(photo)
    assert_is_palette(QUANTIZERS[name](colors, weights, n_colors), colors, n_colors)


def assert_are_centers(centers, n_colors):
    """Check what the function of a method promises: what is done around it must not have to mend any centre."""
    assert centers.dtype == np.float32
    assert centers.shape[1] == 3
    assert 1 <= len(centers) <= n_colors
    assert np.isfinite(centers).all()
    assert len(np.unique(centers, axis=0)) == len(centers)


@pytest.mark.parametrize("space", ["oklab", "srgb", "gray", "hsv", "hed"])
@every_quantizer
def test_centers_of_the_method_itself_are_finite_and_distinct(name, space, photo):
    for colors, weights in (some_colors(photo, space, 200), some_colors(photo // 32 * 32, space, 100)):
        for n_colors in (1, 7, 90, 190):
            if few_colors(colors, n_colors) is None:
                assert_are_centers(QUANTIZERS[name].func(three_axes(colors), weights, n_colors), n_colors)


@pytest.mark.parametrize("n_colors", [2, 31, 256])
@every_quantizer
def test_centers_of_hard_colors_are_finite_and_distinct(name, n_colors, rng):
    # Ten knots of colours that differ in the last bits only, one of them heavier than all else together.
    knots = rng.random((10, 1, 3))
    colors = np.unique((knots + rng.normal(0, 1e-6, (10, 40, 3))).astype(np.float32).reshape(-1, 3), axis=0)
    weights = np.ones(len(colors), np.float32)
    weights[7] = 1e6
    assert_are_centers(QUANTIZERS[name].func(colors, weights, n_colors), n_colors)


@pytest.mark.parametrize("axes", [[0], [1, 2], [0, 1, 2]])
@every_quantizer
def test_one_to_three_axes_will_do(name, axes, photo):
    colors, weights = some_colors(photo)
    colors = np.ascontiguousarray(colors[:, axes])  # on one axis many coincide
    assert_is_palette(QUANTIZERS[name](colors, weights, 9), colors, 9)


@every_quantizer
def test_same_input_gives_the_same_bits(name, photo):
    colors, weights = some_colors(photo)
    first, second = (QUANTIZERS[name](colors.copy(), weights.copy(), 12) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@every_quantizer
def test_input_is_left_alone(name, photo):
    colors, weights = some_colors(photo)
    for array in (colors, weights):
        array.flags.writeable = False
    QUANTIZERS[name](colors, weights, 12)


@every_quantizer
def test_palette_is_the_callers_own(name, photo):
    colors, weights = some_colors(photo, size=50)
    for n_colors in (8, 64):
        palette = QUANTIZERS[name](colors, weights, n_colors)
        assert palette.flags.writeable
        assert not np.shares_memory(palette, colors)


@every_quantizer
def test_distortion_is_far_below_that_of_one_color(name, photo):
    colors, weights = some_colors(photo)
    alone = distortion(colors, weights, naive.mean(colors, weights).astype(np.float32)[np.newaxis])
    assert distortion(colors, weights, QUANTIZERS[name](colors, weights, 4)) < alone
    assert distortion(colors, weights, QUANTIZERS[name](colors, weights, 32)) < alone / 8


# Those without a seed look at all pixels, but for the two that learn from pixels in a fixed, mixed order.
@pytest.mark.parametrize("name", [n for n in QUANTIZERS if "seed" not in QUANTIZERS[n].options and n not in LEARNERS])
def test_weight_2_is_the_color_twice(name, photo):
    colors, weights = some_colors(photo)
    twice = np.concatenate([colors, colors[::3]])
    shares = np.concatenate([weights, weights[::3]])
    weights[::3] *= 2
    once, doubled = (QUANTIZERS[name](*data, 12) for data in ((colors, weights), (twice, shares)))
    np.testing.assert_allclose(sorted(once.tolist()), sorted(doubled.tolist()), atol=2e-6)


@every_quantizer
def test_listener_can_end_the_work(name, photo):
    colors, weights = some_colors(photo)
    heard = []

    def listen(done, text):
        heard.append(done)
        raise Cancelled

    with pytest.raises(Cancelled), watch(listen):
        QUANTIZERS[name](colors, weights, 12)
    assert len(heard) == 1  # nothing caught it on the way and went on


@every_quantizer
def test_progress_stays_in_0_to_1(name, photo):
    heard = []
    with watch(lambda done, text: heard.append(0.0 if done is None else done)):  # None only asks whether to go on
        QUANTIZERS[name](*some_colors(photo), 12)
    assert heard
    assert min(heard) >= 0
    assert max(heard) <= 1


@st.composite
def awkward_colors(draw):
    """Draw colours of any kind that breaks methods: few, repeated, collinear, one, two, unevenly weighted."""
    space = draw(st.sampled_from(sorted(SPACES)))
    kind = draw(st.sampled_from(["any", "repeated", "collinear", "constant", "two", "gray"]))
    seed = draw(st.integers(0, 2**16))
    size = draw(st.integers(1, 60))
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (size, 3))
    if kind == "repeated":
        rgb = rgb[rng.integers(0, max(size // 4, 1), size)]
    elif kind == "collinear":
        rgb = np.array([10, 20, 30]) + np.arange(size)[:, np.newaxis] * np.array([3, 2, 1])
    elif kind == "constant":
        rgb = np.repeat(rgb[:1], size, axis=0)
    elif kind == "two":
        rgb = rgb[rng.integers(0, min(size, 2), size)]
    elif kind == "gray":
        rgb = np.repeat(rgb[:, :1], 3, axis=1)
    weights = 10.0 ** rng.uniform(0, draw(st.sampled_from([0, 2, 6])), size)
    n_colors = draw(st.integers(1, 40))
    colors = Metric(SPACES[space]).coordinates(rgb.astype(np.uint8))
    return np.ascontiguousarray(colors), weights.astype(np.float32), n_colors


@every_quantizer
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=awkward_colors())
def test_no_colors_are_too_awkward(name, data):
    colors, weights, n_colors = data
    palette = QUANTIZERS[name](colors, weights, n_colors)
    assert_is_palette(palette, colors, n_colors)
    if len(palette) == len(np.unique(colors, axis=0)):
        assert distortion(colors, weights, palette) == 0  # enough entries: every colour is kept as it is


def test_every_file_of_the_room_is_in_the_table():
    names = {module.name for module in pkgutil.iter_modules(quantizers.__path__) if not module.name.startswith("_")}
    listed = {method.func.__module__.rpartition(".")[2] for method in QUANTIZERS.values()}
    assert names == listed


@every_method
def test_every_option_has_a_default_and_limits(method):
    for option in method.options.values():
        assert option.kind in (bool, int, float, str)
        assert option.default is not inspect.Parameter.empty
        assert option.check(option.default) == option.default
        if option.kind is str:
            assert option.default in option.limits["choices"]
        elif option.kind is not bool:
            assert option.limits["min"] <= option.default <= option.limits["max"]


@pytest.mark.parametrize("registry", [QUANTIZERS, DITHERS], ids=lambda registry: registry.kind)
def test_every_option_can_be_written_and_read(registry):
    for name, method in registry.items():
        for option in method.options.values():
            limits = option.limits
            values = (False, True) if option.kind is bool else limits.get("choices") or (limits["min"], limits["max"])
            for value in values:
                text = str(value).lower() if option.kind is bool else str(value)
                assert parse_spec(registry, f"{name}:{option.name}={text}") == (method, {option.name: value})


@every_method
def test_every_method_is_documented(method):
    lines = [line.strip() for line in (inspect.getdoc(method.func) or "").splitlines()]
    assert method.summary.endswith(".")
    assert 10 < len(method.summary) <= 110
    assert ("Parameters" in lines) == bool(method.options or method.name in DITHERS)
    # What all quantizers take and give stands once, in their contract.
    assert ("Returns" in lines) or method.name in QUANTIZERS
    assert not {"colors", "weights", "n_colors"} & {line.partition(" :")[0] for line in lines}
    for heading in {"Parameters", "Returns"} & set(lines):
        assert set(lines[lines.index(heading) + 1]) == {"-"}
    for option in method.options:
        assert any(line.startswith(f"{option} :") for line in lines), option


@every_quantizer
def test_every_quantizer_names_its_paper_or_is_made_of_others(name):
    text = inspect.getdoc(QUANTIZERS[name].func) or ""
    assert "References\n----------\n.. [1]" in text or name in ("best", "fast")


@every_quantizer
def test_data_are_positional_and_options_are_keywords(name):
    parameters = list(inspect.signature(QUANTIZERS[name].func).parameters.values())
    assert [p.name for p in parameters if p.kind is p.POSITIONAL_ONLY] == ["colors", "weights", "n_colors"]
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters[3:])


@every_quantizer
def test_extreme_options_keep_the_promise(name, photo):
    colors, weights = some_colors(photo, size=120)
    method = QUANTIZERS[name]
    for option in method.options.values():
        for value in option.limits.get("choices", ()) or (option.limits["min"],):
            assert_is_palette(method(colors, weights, 5, **{option.name: value}), colors, 5)
