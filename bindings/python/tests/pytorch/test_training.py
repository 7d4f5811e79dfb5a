"""Training: what is drawn, what is learnt, and that a run goes on as if it had not been interrupted."""

from __future__ import annotations

import functools
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest

torch = pytest.importorskip("torch")
np = pytest.importorskip("numpy")

import trm  # noqa: E402
import trm.torch  # noqa: E402
from trm.torch.train import checkpoint, schedule  # noqa: E402
from trm.torch.train.lesson import take_step  # noqa: E402
from trm.torch.train.losses import answer_loss  # noqa: E402
from trm.torch.train.making import make_model, make_task, split  # noqa: E402
from trm.torch.train.optimiser import orthogonal  # noqa: E402
from trm.torch.train.processes import Team  # noqa: E402
from trm.torch.train.puzzles import Puzzles, read_puzzles  # noqa: E402
from trm.torch.train.settings import Settings, SettingsError, read_settings  # noqa: E402
from trm.torch.train.slots import Slots  # noqa: E402
from trm.torch.train.symmetry import Symmetries  # noqa: E402
from trm.torch.train.trainer import Trainer  # noqa: E402

ROOT = Path(__file__).resolve().parents[4]
CPU = torch.device("cpu")
TINY = dict(channels=16, token_hidden=16, channel_hidden=16, cycles=2, updates=1, maximum_steps=3, seed=3)
RUN = dict(
    TINY, task="sudoku", boxes="2x2", batch=8, steps=12, validation_puzzles=8, log_every=2, save_every=0.0
)


def settings_of(**more: Any) -> Settings:
    return Settings(**{**RUN, "output": "unused", "data": "unused", **more})


def puzzles_of(task: trm.torch.Task, count: int = 40, **more: Any) -> Puzzles:
    made = trm.generate(task.name, count, seed=2, **more)
    pairs = [(task.encode(puzzle.question), task.encode(puzzle.answer)) for puzzle in made]
    return Puzzles(*(torch.stack(side).byte() for side in zip(*pairs)))


def trainer_of(**more: Any) -> Trainer:
    settings = settings_of(**more)
    task = make_task(settings)
    return Trainer(make_model(settings, task, CPU), task, puzzles_of(task, boxes="2x2"), settings, Team(CPU))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("data") / "puzzles.csv.gz"
    trm.generate("sudoku", 60, boxes="2x2", seed=6).write(path)
    return str(path)


def test_random_weights() -> None:
    model, same, other = (
        make_model(settings_of(seed=seed), make_task(settings_of()), CPU) for seed in (1, 1, 2)
    )
    matrix = model.get_parameter("L_level.layers.0.mlp.gate_up_proj.weight").detach()  # 32 x 16
    assert matrix.std().item() == pytest.approx(1 / 4, rel=0.15)
    assert matrix.abs().max() <= 2 / 0.87962566 / 4
    assert model.H_init.std().item() == pytest.approx(1, rel=0.6)
    assert model.q_head.bias.tolist() == [-5, -5] and not model.q_head.weight.any()
    assert torch.equal(matrix, same.get_parameter("L_level.layers.0.mlp.gate_up_proj.weight"))
    assert not torch.equal(matrix, other.get_parameter("L_level.layers.0.mlp.gate_up_proj.weight"))


# --------------------------------------------------------------------------------- symmetries


def is_solved(grid: Any, box_rows: int, box_columns: int) -> bool:
    size = box_rows * box_columns
    units = [*grid, *zip(*grid)]
    for row, column in itertools.product(range(0, size, box_rows), range(0, size, box_columns)):
        units.append([grid[row + i][column + j] for i in range(box_rows) for j in range(box_columns)])
    return all(sorted(unit) == list(range(2, size + 2)) for unit in units)


@pytest.mark.parametrize("boxes", ["2x2", "2x3"])
def test_symmetries_of_sudoku(boxes: str) -> None:
    task = trm.torch.Task("sudoku", boxes=boxes)
    puzzles = puzzles_of(task, 60, boxes=boxes)
    symmetries = Symmetries(task, torch.Generator().manual_seed(1))
    questions, answers = symmetries.apply(puzzles.questions.long(), puzzles.answers.long())
    assert ((questions == 1) | (questions == answers)).all()
    assert (answers != puzzles.answers).any(1).double().mean() > 0.9
    for grid in answers.view(-1, task.rows, task.columns).tolist():
        assert is_solved(grid, task.box_rows, task.box_columns)


def test_every_symmetry_is_drawn() -> None:
    task = trm.torch.Task("path", grid="2x2")
    cells = torch.arange(4).expand(400, -1)
    drawn, _ = Symmetries(task, torch.Generator().manual_seed(1)).apply(cells, cells)
    assert len({tuple(row) for row in drawn.tolist()}) == 8
    task = trm.torch.Task("path", grid="1x4")
    drawn, _ = Symmetries(task, torch.Generator().manual_seed(1)).apply(cells, cells)
    assert {tuple(row) for row in drawn.tolist()} == {(0, 1, 2, 3), (3, 2, 1, 0)}


# --------------------------------------------------------------------------------- losses and steps


@pytest.mark.parametrize("likelihood", ["softmax", "stablemax"])
def test_smoothed_loss(likelihood: str) -> None:
    logits = torch.tensor([[[0.5, -1.0, 2.0]]])
    masses = logits.exp() if likelihood == "softmax" else torch.tensor([[[1.5, 0.5, 3.0]]])
    logs = (masses / masses.sum()).log()[0, 0]
    expected = -0.8 * logs[1] - 0.2 * logs.mean()
    loss = answer_loss(logits, torch.tensor([[1]]), likelihood, 0.2)
    assert loss.item() == pytest.approx(expected.item(), abs=1e-6)
    assert answer_loss(logits, torch.tensor([[-100]]), likelihood, 0.2).item() == 0


@pytest.mark.parametrize("shape", [(24, 8), (8, 24), (16, 16)])
def test_directions_of_muon(shape: tuple[int, int]) -> None:
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape, generator=torch.Generator().manual_seed(1))))
    values = values / max(1, shape[0] / shape[1]) ** 0.5
    assert 0.5 < values.min() and values.max() < 1.3


def test_schedules() -> None:
    settings = settings_of(steps=10, warm_up=2, curriculum=True)
    configuration = trm.torch.Configuration(cycles=3, updates=6)
    assert [schedule.rate(settings, step) for step in (0, 1, 2, 6)] == pytest.approx([0.5, 1, 1, 0.5])
    depths = [schedule.depth(settings, configuration, step) for step in (0, 2, 3, 5, 6, 9)]
    assert depths == [(1, 2), (1, 2), (2, 4), (2, 4), (3, 6), (3, 6)]
    assert schedule.depth(settings_of(steps=10), configuration, 0) == (3, 6)


def test_halted_puzzles_give_way_to_others() -> None:
    trainer = trainer_of(exploration=0.0)
    slots: Slots = trainer.slots
    slots.fill(0)
    before, halt = slots.tokens.clone(), torch.full((8,), -1.0)
    halt[2] = 1.0
    kept = slots.state.y + 1
    assert slots.advance(slots.state._replace(y=kept), halt).tolist() == [i == 2 for i in range(8)]
    slots.fill(1)
    assert (slots.tokens != before).any(1).tolist() == [i == 2 for i in range(8)]
    assert slots.steps.tolist() == [0 if i == 2 else 1 for i in range(8)]
    assert torch.equal(slots.state.y[0], kept[0])
    assert torch.equal(slots.state.y[2], trainer.model.begin(1).y)
    slots.advance(slots.state, torch.full((8,), -1.0))
    assert slots.advance(slots.state, torch.full((8,), -1.0)).tolist() == [
        i != 2 for i in range(8)
    ]  # three steps


def test_explorers_go_on() -> None:
    slots = trainer_of(exploration=1.0).slots
    slots.fill(0)
    assert not slots.advance(slots.state, torch.ones(8)).any()


def test_the_best_of_several_states_learns() -> None:
    trainer = trainer_of(states=3)
    trainer.slots.fill(0)
    depth = (2, 1)
    output, state = take_step(trainer.model, trainer.slots, depth, trainer.settings)
    losses, thoughts = [], []
    for k in range(3):
        alone = trainer.slots.state
        x = trainer.model.embed(trainer.slots.tokens)
        begin = type(alone)(alone.y[:, k], alone.z[:, k])
        with torch.no_grad():
            said = trainer.model.heads(trainer.model.learn(x, trainer.model.think(x, begin, 1, 1), 1))
        losses.append(answer_loss(said.logits, trainer.slots.labels, "softmax", 0.0))
        thoughts.append(said.state.z)
    best = answer_loss(output.logits, trainer.slots.labels, "softmax", 0.0)
    torch.testing.assert_close(best, torch.stack(losses).min(0).values)
    assert len(set(torch.stack(losses).argmin(0).tolist())) > 1
    torch.testing.assert_close(state.z, torch.stack(thoughts, 1))
    torch.testing.assert_close(state.y, output.state.y[:, None].expand_as(state.y))


def test_a_small_model_learns() -> None:
    trainer = trainer_of(
        channels=32, token_hidden=32, channel_hidden=64, batch=32, steps=60, learning_rate=5e-3
    )
    tallies = []
    for _ in range(6):
        for _ in range(10):
            trainer.advance()
        tallies.append(trainer.take_tallies())
    cells = [sums["right"] / sums["counted"] for sums in tallies]
    assert tallies[-1]["answer_loss"] < 0.6 * tallies[0]["answer_loss"]
    assert cells[-1] > cells[0] + 0.2


# --------------------------------------------------------------------------------- checkpoints


@pytest.mark.parametrize(
    "more", [{}, {"states": 2, "average_begin": 3}, {"optimiser": "adam-atan2"}], ids=str
)
def test_a_resumed_run_is_the_same(more: dict[str, Any], tmp_path: Path) -> None:
    path = str(tmp_path / "checkpoint")
    whole, resumed = trainer_of(**more), trainer_of(**more)
    for _ in range(5):
        whole.advance()
    checkpoint.save(whole, path, 1)
    checkpoint.resume(resumed, path, 1)
    for trainer in (whole, resumed):
        for _ in range(4):
            trainer.advance()
    for name, parameter in whole.model.named_parameters():
        assert torch.equal(parameter, resumed.model.get_parameter(name)), name
    for name, average in whole.averages.items():
        assert torch.equal(average, resumed.averages[name]), name


def test_checkpoints_are_small(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    trainer = trainer_of(channels=128, channel_hidden=256)
    checkpoint.save(trainer, str(path), 1)
    numbers = sum(p.numel() for p in trainer.model.parameters())
    assert 8 * numbers < path.stat().st_size < 8.5 * numbers  # 60 MB would be 12 bytes each for five million


def test_checkpoints_of_other_runs(tmp_path: Path) -> None:
    path = str(tmp_path / "checkpoint")
    checkpoint.save(trainer_of(), path, 1)
    with pytest.raises(ValueError, match="the run has seed 3, not 4"):
        checkpoint.resume(trainer_of(seed=4), path, 1)
    with pytest.raises(ValueError, match="the run learns from other puzzles"):
        checkpoint.resume(trainer_of(), path, 2)
    trm.convert(Path(__file__).resolve().parents[4] / "models/sudoku-4x4.trm", tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="no checkpoint of this command"):
        checkpoint.resume(trainer_of(), str(tmp_path / "model.safetensors"), 1)


# --------------------------------------------------------------------------------- the command


def line(data: str, output: Path, *more: str) -> list[str]:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in RUN.items()]
    return [
        sys.executable,
        "-m",
        "trm.torch.train",
        *options,
        f"--data={data}",
        f"--output={output}",
        "--device=cpu",
        "--quiet",
        *more,
    ]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(arguments, capture_output=True, text=True, env=environment, timeout=600)


def events(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(f"{output}.jsonl").read_text().splitlines()]


def test_a_run(data: str, tmp_path: Path, command: Callable[..., str]) -> None:
    output = tmp_path / "model.trm"
    done = run(line(data, output))
    assert (done.returncode, done.stderr) == (0, "")
    with trm.Model(output) as model:
        assert model.info.task == "sudoku"
        assert len(model.solve("41........323..4").text) == 16
    kinds = [event["event"] for event in events(output)]
    assert kinds[0] == "begin" and kinds[-2:] == ["validation", "end"] and kinds.count("step") == 6
    command("plot", f"{output}.jsonl", tmp_path / "curves.svg")
    assert "<svg" in (tmp_path / "curves.svg").read_text()
    again = run(line(data, output))
    assert again.returncode == 1 and "--resume goes on with that run, --restart begins anew" in again.stderr


@functools.cache
def connecting() -> dict[str, str]:
    """What Debian 13's torch has to be told: it asks for libuv and is built without."""
    try:
        torch.distributed.TCPStore("127.0.0.1", 0, 1, True, use_libuv=True)
    except RuntimeError:
        return {"USE_LIBUV": "0"}
    except TypeError:  # of a torch that has not heard of it
        pass
    return {}


def start_by_hand(arguments: list[str]) -> None:
    """Two processes with the variables that torchrun sets."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {**os.environ, **connecting(), "OMP_NUM_THREADS": "1", "MASTER_ADDR": "127.0.0.1"}
    common["MASTER_PORT"] = str(port)
    environments = [{**common, "WORLD_SIZE": "2", "RANK": str(rank)} for rank in range(2)]
    started = [subprocess.Popen(arguments, env=environment) for environment in environments]
    assert [process.wait(600) for process in started] == [0, 0]


def start_by_torchrun(arguments: list[str]) -> None:
    together = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    done = run([arguments[0], *together, *arguments[1:]])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("start", [start_by_hand, start_by_torchrun])
def test_two_processes_learn_what_one_learns(start: Callable[..., None], data: str, tmp_path: Path) -> None:
    if start is start_by_torchrun and not hasattr(torch, "compile"):
        pytest.skip("torchrun of torch 1.13 does not start with Python 3.11")
    if start is start_by_torchrun and connecting():
        pytest.skip("torchrun asks for libuv, which this torch is built without")
    assert run(line(data, tmp_path / "one.trm")).returncode == 0
    start(line(data, tmp_path / "two.trm"))
    one, two = (trm.torch.from_trm(tmp_path / name).state_dict() for name in ("one.trm", "two.trm"))
    for name in one:
        torch.testing.assert_close(one[name], two[name], rtol=0, atol=1e-3)
    losses = [
        [e["loss"] for e in events(tmp_path / name) if e["event"] == "step"]
        for name in ("one.trm", "two.trm")
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)


def test_a_signal_ends_a_run_well(data: str, tmp_path: Path) -> None:
    output = tmp_path / "model.trm"
    started = subprocess.Popen(line(data, output, "--steps=1000000"), stderr=subprocess.PIPE)
    deadline = time.monotonic() + 300
    while not (Path(f"{output}.jsonl").exists() and any(e["event"] == "step" for e in events(output))):
        assert time.monotonic() < deadline and started.poll() is None
        time.sleep(0.2)
    started.send_signal(signal.SIGTERM)
    assert started.wait(300) == 0
    assert events(output)[-1]["reason"] == "stopped by SIGTERM"
    stopped = events(output)[-1]["step"]
    assert trm.torch.from_trm(output).configuration.channels == 16
    done = run(line(data, output, "--steps=1000000", "--resume", "--minutes=0.001"))
    assert done.returncode == 0, done.stderr
    assert events(output)[-1]["step"] > stopped
    assert events(output)[-1]["reason"] == "stopped after 0.001 minutes"


# --------------------------------------------------------------------------------- settings and data


def test_an_older_torch_says_what_it_lacks() -> None:
    if hasattr(torch, "compile"):
        pytest.skip("this torch has torch.compile")
    with pytest.raises(RuntimeError, match="has no torch.compile"):
        trainer_of(compile="default")


def test_settings(tmp_path: Path) -> None:
    path = tmp_path / "a.conf"
    path.write_text("# comment\ntask = sudoku\nboxes = 3x3\ncurriculum = yes\nsteps = 10\noutput = a.trm\n")
    settings = read_settings([str(path), "--data", "p.csv", "--steps=20"])
    assert (settings.steps, settings.curriculum, settings.log) == (20, True, "a.trm.jsonl")
    assert settings.text() == "task = sudoku\nboxes = 3x3\nsteps = 20\ncurriculum = yes"
    for arguments, sentence in (
        (["--task=sudoku"], "--output is missing"),
        (["--steps=many"], "--steps: expected a number, found 'many'"),
        (["--gate=open"], "--gate: expected normed, plain, found 'open'"),
        (["--cosine=maybe"], "--cosine: expected yes, no, found 'maybe'"),
        (["--data=p", str(path), "--average=1"], "--average: expected 0 or more, below 1"),
        (["--data=p", str(path), "--minutes=0"], "--minutes: a time box of zero"),
        (["--data=p", str(path), "--seed=-1"], "--seed: expected 0 or more, found -1"),
    ):
        with pytest.raises(SettingsError, match=sentence):
            read_settings(arguments)
    path.write_text("colour = red\n")
    with pytest.raises(SettingsError, match="there is no setting called 'colour'"):
        read_settings([str(path)])
    path.write_text("steps 7\n")
    with pytest.raises(SettingsError, match="line 1: expected `key = value`, once, found 'steps 7'"):
        read_settings([str(path)])


def test_the_settings_of_the_house_can_be_read() -> None:
    for path in (Path(__file__).resolve().parents[4] / "models").glob("*.conf"):
        if "generate" not in path.read_text() and "--start" not in path.read_text():
            read_settings([str(path), "--data=p.csv"])


def test_what_is_held_out_is_not_learnt(data: str) -> None:
    settings = settings_of(data=data, limit=5)
    lessons, exam, summary = split(settings, make_task(settings))
    whole = read_puzzles(data, make_task(settings))
    assert (len(lessons), len(exam)) == (5, 8)
    assert torch.equal(exam.questions, whole.questions[-8:])
    assert summary == "puzzles.csv.gz: 60 puzzles; learnt from 5"
    assert len(split(settings_of(data=data), make_task(settings))[0]) == 52
    with pytest.raises(SettingsError, match="60 of the data's 60 leave none to learn from"):
        split(settings_of(data=data, validation_puzzles=60), make_task(settings))


def folder_of_arrays(path: Path, questions: str, answers: str) -> str:
    """As the published code builds it: a blank is 1, the digit 1 is 2."""
    path.mkdir()
    for name, text in (("inputs", questions), ("labels", answers)):
        numbers = np.array([[int(cell) + 1 for cell in text]], np.uint8)
        np.save(path / f"all__{name}.npy", numbers)
    (path / "dataset.json").write_text('{"seq_len": 16, "vocab_size": 11, "sets": ["all"]}')
    return str(path)


def test_lists_as_people_have_them_are_read_by_the_library(tmp_path: Path) -> None:
    """doc/lists.md; tests/unit/lists_test.c has every kind."""
    task, question, answer = trm.torch.Task("sudoku", boxes="2x2"), "4100000000323004", "4123234114323214"
    expected = Puzzles(task.encode(question.replace("0", "."))[None], task.encode(answer)[None])
    for number, text in enumerate((
        f"quizzes;solutions\n{question};{answer}\n",
        f"\ufeff# a comment\n\nid,Solution,Puzzle\n1,\"{answer}\",\"{question.replace('0', '*')}\"\n",
        f'{{"question": "{question.replace("0", ".")}", "answer": "{answer}"}}\n',
        f"question\tanswer\n{question}\t{answer}\n",
    )):  # fmt: skip
        path = tmp_path / f"list{number}"
        path.write_text(text, encoding="utf-8")
        found = read_puzzles(str(path), task)
        assert torch.equal(found.questions.long(), expected.questions), text
        assert torch.equal(found.answers.long(), expected.answers), text
    found = read_puzzles(folder_of_arrays(tmp_path / "arrays", question, answer), task)
    assert torch.equal(found.questions.long(), expected.questions)


def test_a_checkout_without_the_library_reads_what_generate_writes(tmp_path: Path, data: str) -> None:
    """models/train-sudoku begins there."""
    (tmp_path / "other.csv").write_text("puzzle,solution\n1,1\n")
    code = f"""
import sys; sys.path.insert(0, {str(ROOT / "models")!r})
import checkout; checkout.use_checkout()
from trm.torch import Task
from trm.torch.train.puzzles import read_puzzles
task = Task("sudoku", boxes="2x2")
print(len(read_puzzles({data!r}, task)))
read_puzzles({str(tmp_path / "other.csv")!r}, task)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "60\n"
    assert "expected the first line source,question,answer,rating, as libtrm is not built here" in done.stderr


def test_puzzles_that_are_refused(tmp_path: Path) -> None:
    task, path = trm.torch.Task("sudoku", boxes="2x2"), tmp_path / "p.csv"
    good = "x,41........323..4,4123234114323214,0\n"
    for content, sentence in (
        ("", "expected a first line 'source,question,answer,rating', found an empty file"),
        ("source,question,answer,rating\n", "has no puzzle"),
        ("source,question,answer,rating\n" + good + "x,1.3.,1234,0\n", "line 3: expected a question and"),
        (
            "puzzle;clues\n" + good.split(",")[1] + ";3\n",
            "line 1: expected a column of answers, .* found the columns 'puzzle;clues'",
        ),
        ("source,question,answer,rating\n" + good.replace("41.", "51.", 1), "line 2: cell 1 "),
        ("source,question,answer,rating\n" + good.replace("41.", "31.", 1), "line 2: cell 1 "),
        ("source,question,answer,rating\n" + good.replace("3214", "321."), "line 2: cell 16 "),
    ):
        path.write_text(content)
        with pytest.raises(ValueError, match=f"p.csv: {sentence}"):
            read_puzzles(str(path), task)
    path.write_bytes(b"\x1f\x8b" + bytes(20))
    with pytest.raises((ValueError, OSError)):
        read_puzzles(str(path), task)
