"""Training of relational models: where puzzles come from, when they give way, and that runs go on as they were."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import trm  # noqa: E402
import trm.torch  # noqa: E402
from trm.torch.shape import grid, sudoku  # noqa: E402
from trm.torch.train import checkpoint  # noqa: E402
from trm.torch.train.beginning import Beginning, begin  # noqa: E402
from trm.torch.task import Task  # noqa: E402
from trm.torch.train.course import Course, collect  # noqa: E402
from trm.torch.train.maps import FREE, GOAL, START, WALL, WAY, Recipe  # noqa: E402
from trm.torch.train.parts import turn  # noqa: E402
from trm.torch.train.processes import Team  # noqa: E402
from trm.torch.train.puzzles import Puzzles  # noqa: E402
from trm.torch.train.settings import Settings, SettingsError, read_settings  # noqa: E402
from trm.torch.train.sources import read_items, read_sets  # noqa: E402
from trm.torch.train.validation import right_cells  # noqa: E402

ROOT = Path(__file__).resolve().parents[4]
CPU = torch.device("cpu")
TINY = dict(
    block="relational",
    channels=8,
    channel_hidden=8,
    blocks=1,
    cycles=2,
    updates=1,
    maximum_steps=4,
    batch=12,
    steps=8,
    seed=3,
    validation_puzzles=4,
    log_every=2,
    save_every=0.0,
)
PATHS = dict(
    TINY, task="path", grids="5x5,5x7", batches="alternating", cells=100, replacement="right", cycles=1
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sudokus of two sizes, some of them from another source."""
    path: Path = tmp_path_factory.mktemp("data")
    for boxes in ("2x2", "2x3"):
        trm.generate("sudoku", 30, boxes=boxes, seed=6).write(path / f"{boxes}.csv.gz")
    lines = "source,question,answer,rating\n"
    for number, puzzle in enumerate(trm.generate("sudoku", 20, boxes="2x2", seed=7)):
        lines += f"{'hard' if number % 2 else 'easy'}_list,{puzzle.question},{puzzle.answer},0\n"
    (path / "two.csv").write_text(lines)
    return path


def settings_of(folder: Path | None = None, **more: Any) -> Settings:
    own = PATHS if folder is None else dict(TINY, task="sudoku", folder=str(folder), start_noise=1.0)
    data = "" if folder is None else "2x2.csv.gz=1,2x3.csv.gz=2,two.csv:hard=1"
    return Settings(**{**own, "data": data, "output": "unused", **more})


def begun(settings: Settings) -> Beginning:
    settings.check()
    return begin(settings, CPU, Team(CPU))


# --------------------------------------------------------------------------------- sources


def ways(grid_of: Any, start: int) -> tuple[dict[int, int], dict[int, int]]:
    """The distance of each cell that is reached, and how many shortest ways lead there."""
    rows, columns = grid_of.shape
    found, count, waiting = {start: 0}, {start: 1}, deque([start])
    while waiting:
        cell = waiting.popleft()
        row, column = divmod(cell, columns)
        for r, c in ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)):
            near = r * columns + c
            if not (0 <= r < rows and 0 <= c < columns) or grid_of[r, c] == WALL:
                continue
            if near not in found:
                found[near], count[near] = found[cell] + 1, count[cell]
                waiting.append(near)
            elif found[near] == found[cell] + 1:
                count[near] += count[cell]
    return found, count


def first_way(grid_of: Any, start: int, goal: int) -> list[int]:
    """From S always the first of up, left, right, down that comes nearer to G."""
    left, _ = ways(grid_of, goal)
    columns, cell, way = grid_of.shape[1], start, []
    while left[cell] > 1:
        steps = [cell - columns, cell - 1, cell + 1, cell + columns]
        beside = [s for s in steps if s in left and abs(s % columns - cell % columns) <= 1]
        cell = next(step for step in beside if left[step] == left[cell] - 1)
        way.append(cell)
    return way


@pytest.mark.parametrize("open_share", [0.0, 1.0])
@pytest.mark.parametrize("size", [(5, 5), (6, 9), (12, 7)])
def test_grids_that_are_made_up(size: tuple[int, int], open_share: float) -> None:
    kinds = {"unreachable": 0, "several": 0, "single": 0}
    recipe = Recipe(*size, 4, open_share, 0.3)
    for number in range(60):
        question, answer = recipe.make(number)
        again = Recipe(*size, 4, open_share, 0.3).make(number)
        assert (question == again[0]).all() and (answer == again[1]).all()
        start, goal = (int(np.flatnonzero(question == token)[0]) for token in (START, GOAL))
        assert (np.bincount(question, minlength=5)[[START, GOAL, WAY]] == [1, 1, 0]).all()
        way = np.flatnonzero(answer != question)
        assert (question[way] == FREE).all() and (answer[way] == WAY).all()
        found, count = ways(question.reshape(size), start)
        if goal not in found:
            kinds["unreachable"] += 1
            assert len(way) == 0
            continue
        kinds["several" if count[goal] > 1 else "single"] += 1
        assert sorted(way) == sorted(first_way(question.reshape(size), start, goal))
    assert (kinds["unreachable"] > 0) == (kinds["several"] > 0) == (open_share > 0)


def test_any_shortest_way_is_right() -> None:
    """Not only the one that was made up; nothing that is shorter, longer or beside it."""
    settings, others = Settings(**dict(PATHS, open_maps=1.0, unreachable=0.3, validation_puzzles=40)), 0
    for exam in collect(settings, CPU).exams:
        size = exam.shape.rows, exam.shape.columns
        for row, (question, answer) in enumerate(zip(exam.puzzles.questions, exam.puzzles.answers)):
            turned = question.numpy()[::-1].reshape(size)  # the first way of a map upside down is its last
            start, goal = (int(np.flatnonzero(turned.ravel() == token)[0]) for token in (START, GOAL))
            other, reached = question.clone(), goal in ways(turned, start)[0]
            for cell in first_way(turned, start, goal) if reached else []:
                other[len(question) - 1 - cell] = WAY
            others += not torch.equal(other, answer)
            wrong, free = other.clone(), (other == (WAY if (other == WAY).any() else FREE)).nonzero()[0]
            wrong[free] = FREE if wrong[free] == WAY else WAY
            walled = torch.where(other == WAY, WALL, other) if reached else torch.full_like(other, FREE)
            said = torch.stack([answer, other, wrong, walled]).long()
            right, cells = exam.right(torch.full((4,), row), said)
            assert right.tolist() == [True, True, False, False] and (cells[:2] == 1).all()
            task, puzzles = Task("path", grid="{}x{}".format(*size)), exam.puzzles
            shifted = Puzzles(puzzles.questions + 1, puzzles.answers + 1)  # behind a token without a character
            same = right_cells(task, shifted, torch.full((4,), row), said + 1)
            assert same.prod(1).tolist() == [1, 1, 0, 0]
    assert others > 10


def test_files_of_several_sizes(folder: Path) -> None:
    hard, easy = read_items("two.csv:hard=3,two.csv:!hard", str(folder))
    assert (hard.share, easy.share) == (3, 1)
    sets = [read_sets(item, "sudoku")[sudoku(2, 2)] for item in (hard, easy)]
    assert [len(one) for one in sets] == [10, 10]
    assert not (sets[0].questions == sets[1].questions).all(1).any()
    assert sets[0].answers.min() == 1 and sets[0].answers.max() == 4 and sets[0].questions.min() == 0
    lessons = begun(settings_of(folder)).trainer.slots.parts
    assert {(part.shape, part.count) for part in lessons} == {(sudoku(2, 2), 6), (sudoku(2, 3), 6)}


def test_files_that_are_refused(folder: Path, tmp_path: Path) -> None:
    head = "source,question,answer,rating\n"
    for content, sentence in (
        ("", "found an empty file"),
        (head, "has no puzzle from anywhere"),
        (head + "x,....,1234\n", "line 2: expected 4 columns"),
        (head + f"x,{'.' * 15},{'1' * 15},0\n", "a puzzle of 15 cells is no square"),
        (head + f"x,{'5' + '.' * 15},{'1' * 16},0\n", "line 2: cell 1 is no cell of sudoku"),
        (head + f"x,{'.2' + '.' * 14},{'1' * 16},0\n", "line 2: cell 2 is no cell of sudoku"),
    ):
        (tmp_path / "p.csv").write_text(content)
        with pytest.raises(SettingsError, match=sentence):
            begun(settings_of(tmp_path, data="p.csv"))
    for more, sentence in (
        (dict(data="a=b=c"), "expected FILE"),
        (dict(data="two.csv:none"), "has no puzzle from none"),
        (dict(data=""), "--data is missing"),
        (dict(grids="5x5"), "only paths are made up"),
        (dict(task="own"), "--alphabet is missing: only sudoku and path are known"),
        (dict(channel_hidden=0), "--channel-hidden is missing"),
        (dict(states=2), "a relational model has one"),
        (dict(wrong_givens=2.0), "--wrong-givens: expected 0 to 1"),
        (dict(start=str(ROOT / "models/sudoku-4x4.trm")), "expected a relational model"),
    ):
        with pytest.raises(SettingsError, match=sentence):
            begun(settings_of(folder, **more))
    with pytest.raises(SettingsError, match="expected sizes such as 8x8,10x12"):
        begun(settings_of(grids="5"))


def test_turns() -> None:
    """All eight of a square, four of another grid; each keeps neighbours."""
    cells = torch.arange(9).expand(8, -1)
    turned = turn(cells, grid(3, 3), torch.arange(8))
    assert len({tuple(row) for row in turned.tolist()}) == 8
    for row in turned.view(8, 3, 3):
        beside = (row[:, 1:] - row[:, :-1]).abs().unique().tolist()
        assert beside in ([1], [3])
    wide = turn(torch.arange(6).expand(4, -1), grid(2, 3), torch.tensor([0, 2, 4, 6]))
    assert wide.tolist() == [[0, 1, 2, 3, 4, 5], [3, 4, 5, 0, 1, 2], [2, 1, 0, 5, 4, 3], [5, 4, 3, 2, 1, 0]]


# --------------------------------------------------------------------------------- slots and steps


def test_right_answers_give_way() -> None:
    part = begun(settings_of(replacement_share=1.0, stagger=False)).trainer.slots.parts[0]
    part.fill(0, 0)
    exact = torch.arange(part.count) == 2
    sure = torch.full((part.count,), 9.0)
    assert part.advance(part.state, sure, exact).tolist() == exact.tolist()
    for step in (1, 2):
        part.fill(step, 0)
        part.advance(part.state, sure, ~exact & exact)
    part.fill(3, 0)
    assert part.advance(part.state, sure, ~exact & exact).tolist() == (~exact).tolist()  # four steps


def test_signals_give_way(folder: Path) -> None:
    part = begun(settings_of(folder, exploration=0.0, stagger=False)).trainer.slots.parts[0]
    part.fill(0, 0)
    before, state = part.questions.tokens.clone(), part.state
    halt = torch.where(torch.arange(part.count) == 1, 1.0, -1.0)
    assert part.advance(state, halt, halt > 5).tolist() == (halt > 0).tolist()
    part.fill(1, 1)
    changed = (part.questions.tokens != before).any(1) | (part.state.z != state.z).flatten(1).any(1)
    assert changed.tolist() == (halt > 0).tolist()
    assert (part.state.z[1] - part.model.z0).std().item() == pytest.approx(1, rel=0.2)


def test_slots_begin_at_different_steps(folder: Path) -> None:
    part = begun(settings_of(folder, batch=200)).trainer.slots.parts[0]
    part.fill(0, 0)
    assert set(part.steps.tolist()) == {0, 1, 2, 3}


def test_wrong_givens_are_never_right(folder: Path) -> None:
    part = begun(settings_of(folder, wrong_givens=1.0)).trainer.slots.parts[0]
    asked: list[Any] = []
    draw = part.source.draw
    part.source.draw = lambda *given: asked.append(draw(*given)) or asked[-1]
    part.turns = torch.tensor([0])
    part.fill(0, 0)
    changed = part.questions.tokens != asked[0][0]
    assert (changed.sum(1) == 1).all() and part.spoilt.all()
    assert (asked[0][0][changed] > 0).all() and (part.questions.tokens[changed] > 0).all()
    trainer = begun(settings_of(folder, wrong_givens=1.0)).trainer
    trainer.advance()
    sums = trainer.take_tallies()
    assert sums["exact"] == sums["counted"] == sums["answer_loss"] == 0 and sums["halt_loss"] > 0


def test_alternating_parts_come_in_turn() -> None:
    trainer = begun(settings_of(rounds=9)).trainer
    course: Course = trainer.slots
    count = len(course.parts)
    assert count == 8 and {part.shape for part in course.parts} == {grid(5, 5), grid(5, 7)}
    seen = [course.at(step)[0] for step in range(2 * count)]
    assert {part.number for part, use in seen[:count]} == set(range(count))
    assert [use for _, use in seen] == [0] * count + [1] * count


@pytest.mark.parametrize("paths", [False, True])
def test_it_learns(paths: bool, folder: Path) -> None:
    more = dict(channels=16, channel_hidden=16, learning_rate=5e-3, steps=60, cycles=1, updates=2)
    trainer = begun(settings_of(None if paths else folder, **more)).trainer
    losses = []
    for _ in range(4):
        for _ in range(15):
            trainer.advance()
        sums = trainer.take_tallies()
        losses.append(sums["answer_loss"] / sums["puzzles"])
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.parametrize("paths", [False, True])
def test_a_resumed_run_is_the_same(paths: bool, folder: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "checkpoint")
    settings = settings_of(None if paths else folder, average_ramp=True)
    whole, resumed = begun(settings).trainer, begun(settings).trainer
    for _ in range(3):
        whole.advance()
    checkpoint.save(whole, path, 1)
    checkpoint.resume(resumed, path, 1)
    for trainer in (whole, resumed):
        for _ in range(3):
            trainer.advance()
    for name, parameter in whole.model.named_parameters():
        assert torch.equal(parameter, resumed.model.get_parameter(name)), name
    for name, average in whole.averages.items():
        assert torch.equal(average, resumed.averages[name]), name


def test_a_run_that_starts_from_weights(folder: Path, tmp_path: Path) -> None:
    """They are there, and the model answers what it learns from beside what it knew."""
    first = begun(settings_of(folder)).trainer.model
    first.configuration.most_rows = first.configuration.most_columns = 9
    first.configuration.halt_threshold = 0.9
    first.metadata |= {"provenance.calibration": "of these weights", "task.selectors": "vote"}
    trm.torch.save_checkpoint(first, tmp_path / "first.safetensors")
    started = begun(settings_of(folder, start=str(tmp_path / "first.safetensors"), seed=5, cell_weight=0.0))
    model = started.trainer.model
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, model.state_dict()[name])
    c = model.configuration
    assert (c.least_rows, c.most_rows, c.least_fields, c.most_fields, c.cell_confidence) == (4, 9, 4, 6, 0)
    assert c.halt_threshold == 0 and not {"provenance.calibration", "task.selectors"} & set(model.metadata)
    assert model.metadata["task.sizes"] == "4x4 6x6" and model.metadata["task.alphabet"] == b".123456"
    with pytest.raises(SettingsError, match="cannot learn puzzles of 1"):
        begun(settings_of(start=str(tmp_path / "first.safetensors")))


def test_random_weights() -> None:
    model = begun(settings_of(channels=32, channel_hidden=32)).trainer.model
    for name, deviation in (
        ("blocks.0.w0", (5 * 32) ** -0.5),
        ("blocks.0.node.3", (5 * 32) ** -0.5),
        ("blocks.0.down", 32**-0.5),
        ("embed", 32**-0.5),
        ("head.w", 32**-0.5),
    ):
        assert model.get_parameter(name).std().item() == pytest.approx(deviation, rel=0.2), name
    assert model.halt.b.item() == 5 and not model.halt.w.any() and not model.head.b.any()


# --------------------------------------------------------------------------------- the commands


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    line = [sys.executable, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, env=environment, timeout=600, cwd=cwd)


SMALL = [
    "--device=cpu",
    "--steps=2",
    "--blocks=1",
    "--updates=1",
    "--validation-puzzles=2",
    "--warm-up=0",
    "--quiet",
]


@pytest.mark.parametrize("command", ["train-sudoku", "train-path"])
def test_one_command_trains_from_a_checkout(command: str, folder: Path, tmp_path: Path) -> None:
    """Every flag of its configuration, but for what takes long; the second call goes on with the run."""
    sudoku_data = ["--data=2x2.csv.gz=1,2x3.csv.gz=2", "--batch=4"]
    path_data = ["--data=", "--grids=5x5,6x7", "--cells=60"]
    more = [*SMALL, f"--folder={folder}", *(sudoku_data if command == "train-sudoku" else path_data)]
    for output in ("m.trm", "m.safetensors"):
        done = run(ROOT / "models" / command, *more, f"--output={output}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    again = run(ROOT / "models" / command, *more, "--output=m.trm", "--minutes=0.01", cwd=tmp_path)
    assert (
        again.returncode == 0 and '"resumed": "yes"' in (tmp_path / "m.trm.jsonl").read_text()
    ), again.stderr
    one = trm.torch.from_trm(tmp_path / "m.trm")
    two = trm.torch.load_checkpoint(tmp_path / "m.safetensors")
    assert one.metadata["task.name"] == command[6:]
    for name, tensor in one.state_dict().items():
        torch.testing.assert_close(tensor, two.state_dict()[name], rtol=0, atol=1e-2)
    started = run(ROOT / "models" / command, *more, "--start=m.safetensors", "--output=n.trm", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    missing = run(ROOT / "models" / command, *more, "--output=o.trm", "--device=cuda:7", cwd=tmp_path)
    if not torch.cuda.is_available():
        assert missing.returncode == 1 and "--device: cuda:7 is not there" in missing.stderr


def test_configurations_can_be_read() -> None:
    for name in ("sudoku", "sudoku-small", "path"):
        assert read_settings([str(ROOT / f"models/{name}.conf")]).block == "relational"
