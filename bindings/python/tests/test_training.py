"""Training: the bits of `trm train`, whatever the threads and however often it was interrupted."""

from __future__ import annotations

import json
import threading

import pytest

import trm
from conftest import SMALL, interrupt

RUN = dict(
    channels=16, token_hidden=16, channel_hidden=16, blocks=1, cycles=1, updates=1, batch=8, steps=12, seed=3
)


def bits(model: trm.Model, puzzles) -> bytes:
    return model.solve(puzzles, halt=None, steps=3).probabilities.tobytes()


def train(**more) -> trm.Model:
    return trm.train(**{**dict(task="sudoku", boxes="2x2", generate=50, progress=False), **RUN, **more})


def test_the_same_model_as_the_command(command, puzzles, tmp_path) -> None:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in RUN.items()]
    command(
        "train", "-q", "--task=sudoku", "--boxes=2x2", "--generate=50", *options, f"--output={tmp_path}/c.trm"
    )
    with trm.Model(tmp_path / "c.trm") as expected:
        assert bits(train(threads=2), puzzles) == bits(train(threads=1), puzzles) == bits(expected, puzzles)


def test_lists_say_what_they_are_about(command, tmp_path) -> None:
    data = tmp_path / "mine.csv"
    trm.generate("sudoku", 60, boxes="2x3", seed=5).write(data)
    found = trm.survey(data)
    assert (found.task, found.grid, found.boxes, found.fields) == ("sudoku", (6, 6), (2, 3), 6)
    assert found.groups == ("rows", "columns", "boxes") and "a Sudoku" in str(found)
    small = dict(channels=8, channel_hidden=12, steps=4, batch=4)
    options = [f"--{name.replace('_', '-')}={value}" for name, value in small.items()]
    command("train", "-q", f"--data={data}", *options, f"--output={tmp_path}/c.trm")
    log = tmp_path / "p.jsonl"
    made = trm.train(data, **small, progress=False, log=log)
    fresh = trm.generate("sudoku", 5, boxes="2x3", seed=6)
    with trm.Model(tmp_path / "c.trm") as expected:
        assert bits(made, fresh) == bits(expected, fresh)
    measured = [
        line for line in map(json.loads, log.read_text().splitlines()) if line["event"] == "validation"
    ]
    assert measured[-1]["puzzles"] == 6
    with pytest.raises(trm.ArgumentError, match="found 5; validation_puzzles=0"):
        few = tmp_path / "few.csv"
        fresh.write(few)
        trm.train(few, progress=False)
    lines = data.read_text().splitlines()
    question = lines[3].split(",")[1]
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("\n".join([*lines, f"made,{question},{lines[4].split(',')[2]},0", ""]))
    with pytest.raises(trm.PuzzleError, match="unlike those of lines 62|than that of line 4"):
        trm.survey(wrong)


def test_puzzles_are_held_back() -> None:
    puzzles = trm.generate("sudoku", 50, boxes="2x2", seed=1)
    every = set(puzzles)
    held = puzzles.hold_back(20)
    assert len(held) == 10 and len(puzzles) == 40 and set(held) | set(puzzles) == every
    assert held.task == puzzles.task and len(puzzles.like()) == 0
    with pytest.raises(trm.ArgumentError, match="1 to 99"):
        puzzles.hold_back(0)


RULES = "task signs\nvariables N x N\nvalues N\nall_different row column\nless neighbours 20-50%\n"


def test_rules_are_learnt_as_by_the_command(command, tmp_path) -> None:
    """Whatever is not asked for is the same, too."""
    (tmp_path / "signs.rules").write_text(RULES)
    options = ["--sizes=3-4", "--generate=30", "--channels=8", "--steps=6", "--batch=4", "--threads=1"]
    command("train", "-q", f"--rules={tmp_path}/signs.rules", *options, f"--output={tmp_path}/c.trm")
    run = dict(rules=RULES, sizes=(3, 4), generate=30, channels=8, steps=6, batch=4, progress=False)
    made = trm.train(**run, output=tmp_path / "p.trm", validation_puzzles=5)
    fresh = trm.generate(None, 3, rules=RULES, sizes=4, seed=9)

    def believes(model: trm.Model) -> list[bytes]:
        known = [(one.question, {"relations": one.brought["relations"], "shape": (4, 4)}) for one in fresh]
        return [model.solve(text, **brought).probabilities.tobytes() for text, brought in known]

    with trm.Model(tmp_path / "c.trm") as expected:
        assert believes(made) == believes(expected)
        assert made.info.metadata["task.rules"] == expected.info.metadata["task.rules"]
    puzzles = trm.generate(None, 30, rules=RULES, sizes=(3, 4))
    again = trm.train(puzzles, channels=8, steps=6, batch=4, progress=False)
    assert believes(again) == believes(made)
    assert trm.Puzzles(rules=RULES).task.rules == RULES and trm.Puzzles("sudoku").task.rules is None
    with pytest.raises(trm.Error, match="line 3"):
        trm.train(rules=RULES.replace("values N", "values M"), progress=False)
    with pytest.raises(trm.ArgumentError, match="beside them"):
        trm.train(rules=RULES, task="sudoku", progress=False)


def test_output_checkpoint_and_resume(puzzles, tmp_path) -> None:
    class Enough(Exception):
        pass

    def stop(report: trm.Report) -> None:
        if report.step == 5:
            raise Enough("five are enough")

    files = dict(output=tmp_path / "m.trm", checkpoint=tmp_path / "m.checkpoint", log=tmp_path / "m.jsonl")
    with pytest.raises(Enough, match="five"):
        train(callback=stop, **files)
    assert trm.Model(files["output"]).info.metadata["provenance.result"].startswith("step 4 of 12")
    resumed = train(resume=True, **files)
    assert bits(resumed, puzzles) == bits(train(), puzzles) == bits(trm.Model(files["output"]), puzzles)
    with pytest.raises(trm.ArgumentError, match="seed = "):
        train(resume=True, **{**files, "seed": 4})
    with pytest.raises(trm.ArgumentError, match="clip = 0"):  # which is not the default
        train(resume=True, **files, clip=0)
    events = [json.loads(line) for line in files["log"].read_text().splitlines()]
    assert [line["event"] for line in events].count("begin") == 2
    assert [line["reason"] for line in events if line["event"] == "end"] == ["stopped", "finished"]


def test_a_step_that_fails_is_told_and_leaves_the_checkpoint(tmp_path) -> None:
    files = dict(checkpoint=tmp_path / "m.checkpoint", save_every=0, steps=60)
    rates = dict(learning_rate=10, muon_learning_rate=10, weight_decay=100, muon_weight_decay=100, cosine=False)
    with pytest.raises(trm.Error, match="learning rates are too high") as told:
        train(**files, **rates)
    step = int(str(told.value).split("step ")[1].split(":")[0])
    learnt = trm.generate("sudoku", 50, boxes="2x2", seed=RUN["seed"])
    with trm.Trainer.resume(files["checkpoint"], learnt) as trainer:
        assert trainer.steps == step - 1


def test_control_c_stops_between_steps(tmp_path) -> None:
    seen: list[int] = []

    def look(report: trm.Report) -> None:
        seen.append(report.step)
        if report.step == 3:
            interrupt()

    with pytest.raises(KeyboardInterrupt):
        train(callback=look, checkpoint=tmp_path / "c", output=tmp_path / "m.trm", validation_puzzles=0)
    assert seen == [1, 2, 3] and trm.Model(tmp_path / "m.trm").solve(SMALL).text
    with trm.Trainer.resume(tmp_path / "c", trm.generate("sudoku", 50, boxes="2x2", seed=3)) as trainer:
        assert trainer.steps == 3 and trainer.step().step == 4


def test_data_from_files_sets_and_frames(puzzles, tmp_path) -> None:
    puzzles.write(tmp_path / "p.csv")
    puzzles.write(tmp_path / "p.csv.gz", source="mine")

    class Frame(dict):
        columns = ("question", "answer", "rating")

    frame = Frame({name: [getattr(puzzle, name) for puzzle in puzzles] for name in Frame.columns})
    trained = [
        bits(train(generate=0, data=data), puzzles)
        for data in (puzzles, tmp_path / "p.csv", [str(tmp_path / "p.csv.gz")], frame)
    ]
    assert len(set(trained)) == 1


def test_a_task_of_ones_own(tmp_path) -> None:
    """Learns to copy a letter."""
    data = trm.Puzzles("copy", grid="1x2", alphabet="\0ab-").add([("a-", "aa"), ("b-", "bb")] * 8)
    own = dict(data=data, task=None, boxes=None, generate=0, validation=data)
    model = train(**own, steps=300, channels=32, average=0.9)
    assert model.solve(["a-", "b-"]).texts == ["aa", "bb"] and model.info.task == "copy"


def test_the_log_is_one_of_trm_train(command, tmp_path) -> None:
    train(log=tmp_path / "log.jsonl", log_every=3)
    command("plot", tmp_path / "log.jsonl", tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").read_text().startswith("<svg")


def test_trainer(tiny_path, puzzles, tmp_path) -> None:
    with trm.Trainer(tiny_path, puzzles, steps=2, batch=4, optimiser="adamw", symmetries=False) as trainer:
        reports = [trainer.step(), trainer.step()]
        assert [report.step for report in reports] == [1, 2] and reports[0].loss > 0
        with pytest.raises(trm.ArgumentError, match="2"):
            trainer.step()
        trainer.describe("provenance.note", "by hand")
        trainer.write(tmp_path / "m.trm", deflate=True)
        assert bits(trainer.model(), puzzles) == bits(trm.Model(tmp_path / "m.trm"), puzzles)
        assert trm.Model(tmp_path / "m.trm").info.metadata["provenance.note"] == "by hand"
        assert "2 steps" in repr(trainer)
    for call in (trainer.step, trainer.model, lambda: trainer.steps, lambda: trainer.save(tmp_path / "c")):
        with pytest.raises(trm.ArgumentError, match="closed"):
            call()
    assert "closed" in repr(trainer)


def test_threads_take_turns_with_a_trainer(tiny_path, puzzles) -> None:
    trainer = trm.Trainer(tiny_path, puzzles, steps=40, batch=4, threads=2)
    threads = [threading.Thread(target=lambda: [trainer.step() for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trainer.steps == 40


def test_bad_runs(tiny_path, puzzles, tmp_path) -> None:
    other = trm.generate("sudoku", 10, boxes="2x3")
    for call, words in [
        (lambda: trm.train(), "data or generate"),
        (lambda: trm.train("x.csv"), "x.csv: cannot be opened"),
        (lambda: trm.train(puzzles, generate=5), "generate"),
        (lambda: trm.train(puzzles, start=tiny_path, channels=5), "channels"),
        (lambda: trm.Trainer(tiny_path, puzzles, steps=0), "steps"),
        (lambda: trm.Trainer(tiny_path, puzzles, optimiser="sgd"), "muon"),
        (lambda: trm.Trainer(tiny_path, puzzles, batch=-1), "batch"),
        (lambda: trm.Trainer(tiny_path, other), "positions|cells|tokens"),
        (lambda: trm.Trainer.resume(tiny_path, puzzles), "checkpoint"),
        (lambda: trm.train(tmp_path / "missing.csv", task="sudoku"), "missing.csv"),
    ]:
        with pytest.raises(trm.Error, match=words):
            call()
    with pytest.raises(TypeError, match="colour"):
        trm.train(puzzles, colour="red")
