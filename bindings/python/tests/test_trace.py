"""trm.trace(): the bytes of `trm trace`, read back, drawn, refused."""

from __future__ import annotations

import copy
import json
import locale
import pickle
import re
import subprocess
from html import unescape
from pathlib import Path

import numpy as np
import pytest

import trm
from conftest import LARGE, ROOT, SMALL

HARD = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4.."
MAP = "#######" "#S  #G#" "#   # #" "#   # #" "#     #" "#######" "#######"


@pytest.fixture(scope="module")
def taught() -> trm.Model:
    return trm.Model(ROOT / "models/sudoku-small.trm")


def check_the_same(command, folder: Path, made: trm.Trace, *arguments: object) -> None:
    """All three kinds, to the byte."""
    for ending in ("json", "html", "svg"):
        mine, other = folder / f"python.{ending}", folder / f"command.{ending}"
        command("trace", "-q", *arguments, "-o", other)
        made.save(mine)
        assert mine.read_bytes() == other.read_bytes(), ending


def test_the_command_writes_the_same(command, taught, small, small_path, tmp_path) -> None:
    path = ROOT / "models/sudoku-small.trm"
    check_the_same(command, tmp_path, trm.trace(small, SMALL), small_path, SMALL)
    views = taught.views()[:3]
    several = trm.trace(taught, HARD, runs=3, views=views, policy="vote", steps=6)
    check_the_same(command, tmp_path, several, path, HARD, "--runs=3", "--policy=vote", "--steps=6")
    searched = trm.trace(taught, HARD, search=True, step_budget=40, steps=4, seed=3)
    check_the_same(
        command, tmp_path, searched, path, HARD, "--search", "--step-budget=40", "--steps=4", "--seed=3"
    )
    halved = trm.trace(trm.Model(path, precision="int8"), LARGE, halt=None, steps=3)
    check_the_same(command, tmp_path, halved, path, LARGE, "--precision=int8", "--all-steps", "--steps=3")


def test_the_same_of_maps_graphs_and_jigsaws(command, tmp_path) -> None:
    path, model = ROOT / "models/path.trm", trm.Model(ROOT / "models/path.trm")
    check_the_same(command, tmp_path, trm.trace(model, MAP), path, MAP)
    wide = trm.trace(model, MAP[7:42], shape=(5, 7), steps=2)
    check_the_same(command, tmp_path, wide, path, MAP[7:42], "--grid=5x7", "--steps=2")
    ring = {"edge": [sorted(((n + 8) % 9, (n + 1) % 9)) for n in range(9)]}
    jigsaw = trm.generate("jigsaw", 1, seed=4, givens=40)[0]
    for name, question, brought in (
        ("colouring", "1...2....", {"relations": ring}),
        ("sudoku", jigsaw.question, jigsaw.brought),
    ):
        path = ROOT / f"models/{name}.trm"
        (tmp_path / "one.jsonl").write_text(json.dumps({"question": question, **brought}) + "\n")
        made = trm.trace(trm.Model(path), question, **brought, steps=3)
        assert made.data["relations"], name
        check_the_same(command, tmp_path, made, path, "--file", tmp_path / "one.jsonl", "--steps=3")


def test_numbers_are_those_of_the_solver(taught) -> None:
    seen: list[trm.RunStep] = []
    made, answer = trm.trace(taught, HARD, watcher=seen.append), taught.solve(HARD)
    steps = made.data["runs"][0]["steps"]
    assert made.data["answer"]["text"] == answer.text == steps[-1]["text"]
    assert len(steps) == len(seen) == answer.steps
    for told, step in zip(steps, seen):
        assert np.array_equal(np.array(told["probabilities"], np.float32), step.probabilities)
        assert np.float32(told["halt_probability"]) == np.float32(step.halt_probability)
        assert (told["step"], told["stop"], told["changed"]) == (step.step, step.stop, step.changed)


def test_what_is_saved_is_read(small, tmp_path) -> None:
    made = trm.trace(small, SMALL)
    made.save(tmp_path / "one.json")
    read = trm.Trace.load(tmp_path / "one.json")
    assert read.to_json() == made.to_json() and read.svg == made.svg and read.html == made.html
    for other in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made), trm.Trace(made.to_json())):
        assert other.data == made.data
    steps = len(made.data["runs"][0]["steps"])
    assert repr(made) == f"<trm.Trace: sudoku-4x4.trm, {steps} steps of 1 runs, verified>"


def test_a_notebook_shows_the_page(small) -> None:
    made = trm.trace(small, SMALL)
    shown = made._repr_html_()
    assert shown.startswith("<iframe ") and shown.endswith("</iframe>") and shown.count("<") == 2
    assert unescape(re.search('srcdoc="([^"]*)"', shown)[1]) == made.html


def test_a_puzzle_without_an_answer(taught) -> None:
    wrong = HARD[:4] + "44" + HARD[6:]
    made = trm.trace(taught, wrong, require_verified=True, steps=2)
    assert "text" not in made.data["answer"] and made.data["answer"]["run"] is None
    assert made.data["answer"]["verdict"] == "refuted" and made.svg.startswith("<svg")


def test_what_is_no_trace(small, tmp_path) -> None:
    good = trm.trace(small, SMALL).to_json()
    later = json.dumps({**json.loads(good), "version": 2})
    with pytest.raises(trm.VersionError, match="expected a trace of version 1, found one of version 2"):
        trm.Trace(later)
    for text, sentence in (
        ("", "expected a trace, which is JSON"),
        ("[]", "expected a trace of trm"),
        (good[:-5], f"a whole trace, found one that ends after {len(good) - 5} bytes"),
        (good.replace('"positions": 16', '"positions": 17'), "question: expected 17 characters"),
        (
            good.replace('"steps": [{', '"steps": [7, {'),
            re.escape("runs[0].steps[0].step: expected a whole number"),
        ),
        (good.encode("utf-16"), "expected a trace, which is JSON"),
    ):
        with pytest.raises(trm.FormatError, match=sentence):
            trm.Trace(text)
    (tmp_path / "later.json").write_text(later)
    with pytest.raises(trm.VersionError, match="later.json: expected a trace of version 1"):
        trm.Trace.load(tmp_path / "later.json")
    with pytest.raises(trm.FileError, match="absent.json: No such file"):
        trm.Trace.load(tmp_path / "absent.json")


def test_where_nothing_can_be_written(small, tmp_path) -> None:
    made = trm.trace(small, SMALL)
    with pytest.raises(trm.FileError, match=r"absent[/\\]x.svg: No such file"):
        made.save(tmp_path / "absent/x.svg")
    with pytest.raises(trm.ArgumentError, match="ends in .json, .html or .svg, found .*x.png"):
        made.save(tmp_path / "x.png")
    assert not list(tmp_path.iterdir())


def test_questions_that_cannot_be_traced(small) -> None:
    with pytest.raises(trm.ArgumentError, match="expected one puzzle, found 2 puzzles"):
        trm.trace(small, [SMALL, SMALL])
    with pytest.raises(trm.PuzzleError, match="character 1"):
        trm.trace(small, "x" + SMALL[1:])
    with pytest.raises(TypeError, match="unexpected keyword argument 'batch'"):
        trm.trace(small, SMALL, batch=3)
    small.close()
    with pytest.raises(trm.ArgumentError, match="closed"):
        trm.trace(small, SMALL)


def test_what_a_watcher_raises_ends_it(small) -> None:
    def watch(step: trm.RunStep) -> None:
        raise KeyError(step.step)

    with pytest.raises(KeyError, match="1"):
        trm.trace(small, SMALL, watcher=watch)


def test_a_locale_with_commas(small, tmp_path, monkeypatch) -> None:
    line = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")]
    made, before = trm.trace(small, SMALL), locale.setlocale(locale.LC_NUMERIC)
    text, picture = made.to_json(), made.svg
    monkeypatch.setenv("LOCPATH", str(tmp_path))
    try:
        subprocess.run(line, check=True, capture_output=True)
        locale.setlocale(locale.LC_NUMERIC, "de_DE.UTF-8")
    except (OSError, subprocess.CalledProcessError, locale.Error):
        pytest.skip("no locale with commas can be made")
    try:
        assert (made.to_json(), made.svg, trm.Trace(text).svg) == (text, picture, picture)
        assert locale.localeconv()["decimal_point"] == ","
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)


def test_pictures_with_matplotlib(small, tmp_path) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    made, answer = trm.trace(small, SMALL, halt=None, steps=5), small.solve(SMALL)
    figure = made.plot(columns=3)
    drawn = [axis for axis in figure.axes if axis.get_title()]
    assert len(drawn) == 5 and [text.get_text() for text in drawn[-1].texts] == list(answer.text)
    figure = answer.plot()
    assert [text.get_text() for text in figure.axes[0].texts] == list(answer.text)
    figure.savefig(tmp_path / "answer.png")
