"""`ufm figures` and what the figures show: every number from a derivation, a run or the kept evidence, and legible without colour."""

import csv
import re
import xml.etree.ElementTree as xml

import numpy as np
import pytest

from proofs.cli import main
from proofs.report import figures, studies, style
from theory.data import counts
from theory.exact import InvalidInput

QUICK = ("leak", "networks")  # a figure with runs and one with kept evidence, each in a second or two


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("figures") / "new"
    assert main(["figures", str(made), "--only", ",".join(QUICK), "--format", "svg,pdf,png"]) == 0
    return made


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_figure_comes_in_every_format_and_both_widths_with_its_data(folder):
    expected = {f"{name}{width}.{form}" for name in QUICK for width in ("", "-column") for form in ("svg", "pdf", "png")}
    expected |= {f"{name}.csv" for name in QUICK} | {f"{name}-transparent.svg" for name in QUICK}
    assert {path.name for path in folder.iterdir()} == expected
    assert (folder / "leak.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "leak.png").read_bytes().startswith(b"\x89PNG")
    widths = [float(xml.parse(folder / f"leak{width}.svg").getroot().get("width").removesuffix("pt")) / 72 for width in ("", "-column")]
    assert widths == pytest.approx([style.FULL, style.COLUMN])


def test_the_same_figure_gives_the_same_bytes(folder, tmp_path):
    assert main(["figures", str(tmp_path), "--only", "networks", "--format", "svg,pdf"]) == 0
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_the_ground_is_white_or_none(folder):
    def ground(name):
        return re.search(r'patch_1">.*?style="([^"]*)"', (folder / name).read_text(encoding="utf-8"), re.DOTALL)[1]

    assert ground("leak.svg") == ground("leak-column.svg") == "fill: #ffffff"
    assert ground("leak-transparent.svg") == "fill: none"
    text = (folder / "leak-transparent.svg").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in text
    assert text.count("currentColor") > 20


def test_the_data_of_the_leak_are_those_of_the_run(folder):
    """At its peak the share of the logits outside the ansatz is that of a run read here sample by sample."""
    import ufm
    from theory.data import labels

    found = [row for row in rows(folder / "leak.csv") if row["series"] == "γ = 1/2"]
    assert {row["made"] for row in found} == {"run"}
    at = max(found, key=lambda row: float(row[list(row)[4]]))
    time, share = (float(at[list(at)[k]]) for k in (3, 4))
    step = counts.step(4, 100)
    run = ufm.simulate(ufm.Experiment(step, tuple(n**-0.5 for n in step.per_class), ufm.losses.loss_named("squared"), 8.0))
    U, _, Vt = np.linalg.svd(np.array(labels.centred_labels(step), dtype=float), full_matrices=False)
    L = run.logits(8.0 * time)  # at γ = 1/2 the slowest escape rate is 1
    inside = U[:, :3].T @ L @ Vt[:3].T
    # Within a tied singular value the form allows any basis, and here each block is a multiple of the identity.
    assert share == pytest.approx(np.sqrt(1 - np.sum(np.diag(inside) ** 2) / np.sum(L**2)), rel=1e-4)


def test_the_data_of_the_networks_are_the_kept_evidence(folder):
    found = rows(folder / "networks.csv")
    assert len(found) == 14
    assert {row["made"] for row in found} == {"measured"}
    assert all(float(row["low"]) < float(row["weight exponent of equal learning times"]) < float(row["high"]) for row in found)


def test_windows_are_what_the_claims_say():
    study = studies.windows(4, "1/2", "1/2", "raw", "weights", ratios=(10, 100), deltas=(8.0, 24.0))
    assert study.told["bound"] == pytest.approx(np.sqrt(2) - 1)
    (bare,) = study.of("no weights", "effective")
    assert np.array(bare.y) == pytest.approx(np.sqrt(bare.x) - 1, abs=1e-9)
    (effective,), (escape,) = study.of("weights", "effective"), study.of("weights", "escape")
    assert effective.y[0] == pytest.approx(0, abs=1e-12)
    assert max(effective.y) < study.told["bound"]
    assert max(escape.y) < 1e-9
    assert np.diff(effective.x).min() < 0.2, "a smooth curve needs points between whole ratios"
    assert np.all(np.diff(effective.y) > -1e-12)
    early, late = study.of("weights", "run")
    assert all(0 < b < a / 2 for a, b in zip(early.y, late.y, strict=True)), "the runs tend to the escape rates"


def test_classes_cross_below_one_half_and_nearer_as_the_start_shrinks():
    study = studies.class_times(ratio=20, deltas=(6.0, 12.0))
    early, late = study.told["crossings"].values()
    assert 0.4 < early < late < 0.5


def test_phases_meet_where_the_runs_say():
    """Between the lines of the figure the middle mode is the last of a full run, and beyond them it is not."""
    import ufm

    study = studies.phases(deltas=(6.0,), wedge=6.0)
    lower, upper = study.of("", "T_mid = T_min")[0], study.of("", "T_mid = T_maj")[0]
    place = 4
    ratio = round(lower.x[place])
    step = counts.step(4, ratio)
    for gamma, last in ((lower.y[place] - 0.03, 2), ((lower.y[place] + upper.y[place]) / 2, 1), (upper.y[place] + 0.03, 0)):
        weights = tuple(float(n) ** -gamma for n in step.per_class)
        times = ufm.measure.mode_learning_times(ufm.simulate(ufm.Experiment(step, weights, ufm.losses.loss_named("squared"), 6.0)))
        assert int(np.argmax(times)) == last


def test_a_loss_is_flat_at_its_exponent_and_not_at_the_ends_of_its_band():
    study = studies.bands(ratios=(10,))
    for one in study.series:
        if study.told["exact"][one.name] is not None:
            assert one.x[0] == pytest.approx(0.5, abs=2e-3)
            assert one.y[0] < 1e-2
            assert one.low[0] < 0.5 < one.high[0]
    assert study.told["exact"]["vs"] is None


def test_pictures_of_a_page_share_no_identifier_and_have_a_name():
    pictures = list(figures.gallery(["networks", "network-times"]))
    found = [set(re.findall(r'\bid="([^"]+)"', picture.svg)) for picture in pictures]
    assert found[0]
    assert not found[0] & found[1]
    for picture, ids in zip(pictures, found, strict=True):
        used = re.findall(r'(?:href="#|url\(#)([^")]+)', picture.svg)
        assert used
        assert set(used) <= ids, "every reference leads to something in the same figure"
        assert picture.svg.startswith("<svg ")
        assert f'aria-label="{picture.title}"' in picture.svg
        assert style.INK not in picture.svg
        assert "currentColor" in picture.svg
        assert len(picture.caption) > 80


def test_no_two_looks_differ_by_colour_alone():
    looks = [style.look(k) for k in range(len(style.COLOURS))]
    for some in (looks, list(style.LOOKS.values())):
        for part in ("colour", "line", "mark"):
            assert len({str(getattr(look, part)) for look in some}) == len(some), part


@pytest.mark.parametrize(
    ("arguments", "told"), [(["--only", "windows"], "did you mean 'window'"), (["--format", "jpg"], "give some of svg, pdf, png")]
)
def test_an_unknown_figure_or_format_is_one_line(arguments, told, tmp_path, capsys):
    assert main(["figures", str(tmp_path), *arguments]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_drawn(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["figures", str(tmp_path / "file" / "inside")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_figures_are_named_once():
    names = [kind.id for kind in figures.KINDS]
    assert len(set(names)) == len(names) >= 10
    with pytest.raises(InvalidInput):
        figures.named(["nothing"])
