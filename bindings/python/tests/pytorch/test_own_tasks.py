"""Training of tasks with rules, and of others whose puzzles bring lists."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import trm  # noqa: E402
import trm.torch  # noqa: E402
from trm.torch.train import checkpoint  # noqa: E402
from trm.torch.train.beginning import Beginning, begin, make_own  # noqa: E402
from trm.torch.train.brought import Brought, Sheet  # noqa: E402
from trm.torch.train.losses import NOT_COUNTED  # noqa: E402
from trm.torch.train.processes import Team  # noqa: E402
from trm.torch.train.run import Run  # noqa: E402
from trm.torch.train.settings import Settings, SettingsError, read_settings  # noqa: E402

CPU = torch.device("cpu")
COLOURS = "task colours\nvariables N\nvalues 2-3\nconflict pairs 2-3\n"
CAGES = "task cages\nvariables N x N\nvalues N\nall_different row column\nsum regions 2-3\n"
CLAUSES = "task clauses\nvariables N\nvalues 2 as 01\nclause groups 2-3\n"
ROADS = "task roads\nvariables N\npath pairs 3-4\n"
CROOKED = "task crooked\nvariables N x N\nvalues N\nall_different row column regions\n"
SEVERAL = CAGES.replace("cages", "several") + "clause groups 2-3\n"
FREE = "task free\nvariables N\nvalues 2\ngivens 0\nconflict pairs 1.5-2\n"
LOOSE = "task loose\nvariables N\nvalues 2\ngivens 0-20%\nconflict pairs 1.5-2\n"
WAYS = "task ways\nvariables N\npath pairs 3-4\n"
SIZES = {
    COLOURS: "4-7",
    CAGES: "3-4",
    CLAUSES: "4-6",
    ROADS: "5-8",
    CROOKED: "4",
    SEVERAL: "3-4",
}
OF_MANY = {FREE: "6", LOOSE: "6", WAYS: "9-12"}  # right answers
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
    start_noise=1.0,
    validation_puzzles=6,
    log_every=2,
    save_every=0.0,
)


def settings_of(where: Path, rules: str = "", **more: Any) -> Settings:
    path = where / "own.rules"
    path.write_text(rules)
    sizes = {**SIZES, **OF_MANY}.get(rules, "4")
    said = {"rules": str(path), "sizes": sizes, "generate": 40} if rules else {}
    settings = Settings(**{**TINY, "output": str(where / "unused"), **said, **more})
    settings.check()
    return settings


def begun(settings: Settings) -> Beginning:
    return begin(settings, CPU, Team(CPU))


def answer_of(model: Any, asked: Any) -> Any:
    """What two steps say, without noise."""
    with torch.no_grad():
        return model(asked, model(asked).state)


def alone(model: Any, sheet: Sheet) -> Any:
    """The same of a puzzle in its own shape."""
    tokens, helpers = (torch.from_numpy(part)[None] for part in (sheet.question, sheet.helpers))
    more = {"helper_tokens": helpers} if sheet.shape.helpers else {}
    return answer_of(model, model.ask(tokens, shape=sheet.shape, relations=sheet.relations, **more))


# --------------------------------------------------------------------------------- what is learnt from


@pytest.mark.parametrize("rules", SIZES)
def test_what_is_filled_up_is_answered_as_it_is_alone(rules: str, tmp_path: Path) -> None:
    """Puzzles of many sizes share batches; what was added to the small ones changes nothing."""
    trainer = begun(settings_of(tmp_path, rules, channels=16)).trainer
    model, filled = trainer.model, 0
    torch.nn.init.normal_(model.halt.w)
    for part in trainer.slots.parts:
        source = part.source
        assert isinstance(source, Brought) and len(source) >= 1
        rows = torch.arange(len(source)).flip(0)
        whole = answer_of(model, source.ask(model, source.questions[rows], source.shape, rows))
        for place, row in enumerate(rows.tolist()):
            sheet = source.sheets[row]
            own, s = alone(model, sheet), sheet.shape
            torch.testing.assert_close(
                whole.logits[place, : s.positions], own.logits[0], rtol=1e-4, atol=1e-4
            )
            torch.testing.assert_close(whole.halt[place], own.halt[0], rtol=1e-4, atol=1e-4)
            filled += s != source.shape
    assert filled > 0 or rules == CROOKED
    assert len(trainer.slots.parts) <= (2 if rules in (COLOURS, CAGES, SEVERAL) else 1)


@pytest.mark.parametrize("rules", [COLOURS, SEVERAL])
def test_slots_bring_what_their_puzzles_bring(rules: str, tmp_path: Path) -> None:
    """When one gives way the next one's lists come, helpers and labels too; the others keep theirs."""
    part = begun(settings_of(tmp_path, rules)).trainer.slots.parts[-1]
    torch.nn.init.normal_(part.model.halt.w)
    part.fill(0, 0)
    rows = part.rows.clone()
    goes = torch.arange(part.count) % 2 == 0
    part.advance(part.state, torch.where(goes, 9.0, -9.0), goes)
    part.least.zero_()
    part.empty = goes
    part.fill(1, 1)
    assert torch.equal(part.rows[~goes], rows[~goes]) and not torch.equal(part.rows[goes], rows[goes])
    for place, row in enumerate(part.rows.tolist()):
        sheet, positions = part.source.sheets[row], part.source.sheets[row].shape.positions
        assert part.questions.tokens[place, :positions].tolist() == sheet.question.tolist()
        assert part.labels[place, :positions].tolist() == sheet.answer.tolist()
        assert (part.labels[place, positions:] == NOT_COUNTED).all()
        said, own = answer_of(part.model, part.questions), alone(part.model, sheet)
        torch.testing.assert_close(said.logits[place, :positions], own.logits[0], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(said.halt[place], own.halt[0], rtol=1e-4, atol=1e-4)


def test_json_lines(tmp_path: Path) -> None:
    """A list is read as one is made up; its last puzzles are measured on."""
    made = trm.generate(None, 46, rules=COLOURS, sizes="4-7", seed=3)
    made.write(tmp_path / "own.jsonl")
    read = begun(settings_of(tmp_path, COLOURS, generate=0, data="own.jsonl", folder=str(tmp_path)))
    fresh = begun(settings_of(tmp_path, COLOURS))
    assert read.data == fresh.data and read.puzzles == fresh.puzzles == 6
    other = begun(settings_of(tmp_path, COLOURS, seed=4))
    assert read.data != other.data
    assert read.summary == "own.jsonl: 46 puzzles"


def test_a_graph_without_rules(tmp_path: Path) -> None:
    """The alphabet and who hears whom are said; a model that learnt it says them to the next run."""
    graphs = trm.Puzzles("colouring", alphabet=".1234")
    graphs.generate(30, positions=(6, 9), colours=3).write(tmp_path / "graphs.jsonl")
    more = dict(task="colouring", data=str(tmp_path / "graphs.jsonl"))
    heard = "edge=question/positions/sum+max cell=shape/fields/sum+max"
    first = begun(settings_of(tmp_path, alphabet=".1234", relations=heard, **more))
    c = first.trainer.model.configuration
    assert (c.fields, c.first_value, c.vocabulary, c.relations) == (3, 2, 5, heard)
    trm.torch.to_trm(first.trainer.model, tmp_path / "first.trm")
    again = begun(settings_of(tmp_path, start=str(tmp_path / "first.trm"), **more))
    assert again.data == first.data
    for name, tensor in first.trainer.model.state_dict().items():
        assert torch.equal(tensor, again.trainer.model.state_dict()[name])


def test_graphs_that_are_made_up(tmp_path: Path) -> None:
    heard = "edge=question/positions/sum+max cell=shape/fields/sum+max"
    more = dict(task="colouring", alphabet=".1234", relations=heard)
    beginning = begun(settings_of(tmp_path, generate=20, sizes="7-9", **more))
    sizes = [sheet.shape.positions for part in beginning.trainer.slots.parts for sheet in part.source.sheets]
    assert len(sizes) == 20 and set(sizes) <= {7, 8, 9} and beginning.puzzles == 6


def test_a_task_without_rules(tmp_path: Path) -> None:
    """Its answers alone say what is learnt, and what is right."""
    lines = [
        {"question": "1...", "answer": answer, "relations": {"edge": [[1], [2], [3], []]}, "fields": 2}
        for answer in ("1212", "1222") * 6
    ]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, lines)))
    heard = "edge=question/positions/sum cell=shape/fields/sum"
    more = dict(task="mine", alphabet=".12", relations=heard, data=str(tmp_path / "mine.jsonl"))
    settings = settings_of(tmp_path, **more)
    trainer = begun(settings).trainer
    trainer.advance()
    source = trainer.slots.parts[0].source
    assert not source.rules.searches and trainer.take_tallies()["puzzles"] == 12
    exam = make_own(settings, CPU)[0].exams[0]
    tokens = torch.tensor([[1, 2, 1, 2]] * len(exam.puzzles))
    right, cells = exam.right(torch.arange(len(tokens)), tokens)
    assert right.tolist() == [True, False] * 3 and cells.tolist() == [1.0, 0.75] * 3


def test_what_is_refused(tmp_path: Path) -> None:
    good = {"question": "...", "answer": "121", "relations": {"conflict": [[1], [0, 2], [1]]}, "fields": 2}
    for change, sentence in (
        ({"relations": {}}, "conflict"),
        ({"relations": {"edge": [[1], [0, 2], [1]]}}, "line 1, .*conflict"),
        ({"relations": {"conflict": [[1], [0, 7], [1]]}}, "7"),
        ({"answer": "12"}, "line 1"),
        ({"answer": "12x"}, "'x'"),
    ):
        (tmp_path / "own.jsonl").write_text(json.dumps({**good, **change}) + "\n")
        with pytest.raises(SettingsError, match=sentence):
            begun(settings_of(tmp_path, COLOURS, generate=0, data=str(tmp_path / "own.jsonl")))
    for more, sentence in (
        (dict(generate=0), "--data is missing"),
        (dict(generate=4, sizes="9-4"), "9"),
        (dict(sizes="four"), "four"),
        (dict(task="sudoku"), "--task: --rules says it"),
        (dict(relations="cell"), "--relations: --rules says it"),
        (dict(block="mixer"), "--block relational"),
        (dict(grids="5x5"), "only paths"),
        (dict(data=str(tmp_path / "none.jsonl")), "none.jsonl"),
    ):
        with pytest.raises((SettingsError, OSError), match=sentence):
            begun(settings_of(tmp_path, COLOURS, **more))
    with pytest.raises(SettingsError, match="own.rules: .*line 2"):
        begun(settings_of(tmp_path, "task t\nnothing\n"))
    settings = settings_of(tmp_path, COLOURS)
    (tmp_path / "own.rules").write_bytes(b"task \xff\xfe")
    with pytest.raises(SettingsError, match=r"own.rules: expected text \(UTF-8\)"):
        begun(settings)
    (tmp_path / "own.rules").unlink()
    with pytest.raises(SettingsError, match="own.rules: No such file"):
        begun(settings)
    with pytest.raises(SettingsError, match="--alphabet is missing"):
        settings_of(tmp_path, task="colouring", data="x")
    with pytest.raises(SettingsError, match="--sizes and --generate are of --rules"):
        settings_of(tmp_path, task="sudoku", data="x", generate=4)


def test_a_start_that_the_rules_do_not_fit(tmp_path: Path) -> None:
    first = begun(settings_of(tmp_path, COLOURS)).trainer.model
    trm.torch.to_trm(first, tmp_path / "first.trm")
    more = dict(start=str(tmp_path / "first.trm"))
    assert begun(settings_of(tmp_path, COLOURS, **more)).trainer.model.metadata["task.name"] == "colours"
    with pytest.raises(SettingsError, match="first.trm: relations"):
        begun(settings_of(tmp_path, CAGES, **more))
    line = {"question": "..", "answer": "1x", "relations": {"conflict": [[1], [0]]}, "fields": 2}
    (tmp_path / "x.jsonl").write_text(json.dumps(line))
    more.update(task="mine", alphabet=".1x", data=str(tmp_path / "x.jsonl"))
    with pytest.raises(SettingsError, match="puzzle 1: 'x' is not in the model's alphabet"):
        begun(settings_of(tmp_path, **more))


def test_settings_of_rules() -> None:
    """As `trm train` has them; what is said stays."""
    settings = read_settings(["--rules=a", "--output=b", "--updates=2", "--steps=500"])
    assert (settings.block, settings.channels, settings.updates) == ("relational", 24, 2)
    assert (settings.steps, settings.warm_up, settings.generate, settings.start_noise) == (
        500,
        50,
        20000,
        1.0,
    )
    assert read_settings(["--rules=a", "--output=b", "--data=c"]).generate == 0


# --------------------------------------------------------------------------------- learning


def colourings(sheet: Sheet) -> list[list[int]]:
    """All right answers, as tokens."""
    first, heard = sheet.relations["conflict"]
    values = range(1, sheet.shape.fields + 1)
    return [
        list(answer)
        for answer in itertools.product(*([g] if g else values for g in sheet.question.tolist()))
        if all(answer[v] != answer[w] for v in range(len(answer)) for w in heard[first[v] : first[v + 1]])
    ]


def logits_of(answers: list[list[int]], positions: int, vocabulary: int) -> Any:
    """Of a model that says these; what is filled up to S positions has nothing to say."""
    logits = torch.zeros(len(answers), positions, vocabulary)
    for place, answer in enumerate(answers):
        logits[place, torch.arange(len(answer)), torch.tensor(answer)] = 1.0
    return logits


def test_the_label_is_the_right_answer_nearest_to_the_models(tmp_path: Path) -> None:
    """Where the model's own is right, that one; never one that changes a given."""
    part = begun(settings_of(tmp_path, LOOSE)).trainer.slots.parts[0]
    source, generator = part.source, torch.Generator().manual_seed(5)
    vocabulary, several, single = part.model.configuration.vocabulary, 0, 0
    rows, told = torch.arange(len(source)), source.answers
    right = [colourings(sheet) for sheet in source.sheets]
    drawn = torch.randn(len(source), source.shape.positions, vocabulary, generator=generator)
    labels = source.labels(rows, told, drawn)
    for row, sheet in enumerate(source.sheets):
        assert labels[row, : sheet.shape.positions].tolist() in right[row]
        assert (labels[row, sheet.shape.positions :] == NOT_COUNTED).all()
        several += len(right[row]) > 1
        single += len(right[row]) == 1
        assert source.rules.has_several(sheet) == (len(right[row]) > 1)
    assert several > 10 and single > 0
    wanted = [answers[-1] for answers in right]
    labels = source.labels(rows, told, logits_of(wanted, source.shape.positions, vocabulary))
    for row, answer in enumerate(wanted):
        assert labels[row, : len(answer)].tolist() == answer
    spoilt = told.masked_fill(rows[:, None] % 2 == 0, NOT_COUNTED)
    assert (source.labels(rows, spoilt, drawn)[::2] == NOT_COUNTED).all()
    alike = replace(source.sheets[0], question=np.ones_like(source.sheets[0].question))
    assert source.rules.nearest(alike, drawn[0].numpy()) is None
    labels = source.labels(rows, told, drawn)
    drawn[:, :, 0] = float("-inf")  # as models say of what is no value
    assert torch.equal(source.labels(rows, told, drawn), labels) and not torch.equal(labels, told)
    for number in (float("nan"), float("inf"), float("-inf")):
        drawn[3, 0, 1] = number
        assert torch.equal(source.labels(rows, told, drawn), told)


def test_exams_are_judged_by_the_rules(tmp_path: Path) -> None:
    """Any right answer is; one that breaks a rule or changes a given is not."""
    settings, others = settings_of(tmp_path, LOOSE, generate=60, validation_puzzles=30), 0
    for exam in make_own(settings, CPU)[0].exams:
        for row, sheet in enumerate(exam.brings.sheets):
            answers = colourings(sheet)
            others += len(answers) > 1
            wrong = [3 - answers[0][0], *answers[0][1:]]
            for answer, verdict in [(one, True) for one in answers] + [(wrong, wrong in answers)]:
                tokens = torch.zeros(1, exam.shape.positions, dtype=torch.long)
                tokens[0, : len(answer)] = torch.tensor(answer)
                right, cells = exam.right(torch.tensor([row]), tokens)
                assert right.tolist() == [verdict] and (cells.item() == 1) == verdict
    assert others > 5


def test_the_label_is_the_way_nearest_to_the_models(tmp_path: Path) -> None:
    """Whatever it prefers, a shortest way; where that is one, the same."""
    part = begun(settings_of(tmp_path, WAYS)).trainer.slots.parts[0]
    source, generator = part.source, torch.Generator().manual_seed(6)
    positions, vocabulary = source.shape.positions, part.model.configuration.vocabulary
    rows = torch.arange(len(source))
    drawn = torch.randn(len(source), positions, vocabulary, generator=generator)
    labels = source.labels(rows, source.answers, drawn)
    assert source.right(rows, labels, torch.zeros(len(source), dtype=torch.bool)).all()
    said = 2 * torch.nn.functional.one_hot(labels.clamp(min=0), vocabulary) - 1.0
    assert torch.equal(source.labels(rows, source.answers, said), labels)
    others = (labels != source.answers).any(1).sum().item()
    assert 2 <= others < len(source)


def test_what_has_several_answers_is_learnt(tmp_path: Path) -> None:
    """Of a row of unequal neighbours either value may come first. A drawn answer teaches nothing; the nearest
    does. What is right the rules say."""
    more = dict(channels=12, channel_hidden=16, cycles=1, updates=2, maximum_steps=8, batch=16, steps=150)
    exact: dict[Any, float] = {}
    for searches in (True, False):
        settings = settings_of(tmp_path, FREE, generate=100, validation_puzzles=40, **more)
        beginning = begun(settings)
        beginning.trainer.slots.parts[0].source.rules.searches = searches
        for _ in range(settings.steps):
            beginning.trainer.advance()
        with beginning.trainer.averaged() as model:
            exact[searches] = beginning.measure(model).exact
        sums = beginning.trainer.take_tallies()
        exact[searches, "halted"] = sums["exact"] / sums["halted"]
    assert exact[True] > 0.6 and exact[True, "halted"] > 0.4, exact
    assert exact[False] < 0.3 and exact[False, "halted"] < 0.2, exact


def test_a_resumed_run_is_the_same(tmp_path: Path) -> None:
    path, settings = str(tmp_path / "checkpoint"), settings_of(tmp_path, CAGES)
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


def test_the_model_solves(tmp_path: Path) -> None:
    """A run from rules to a file that the library solves with, and whose answers it verifies."""
    more = dict(channels=24, channel_hidden=32, updates=2, batch=32, steps=120, maximum_steps=8, quiet=True)
    settings = settings_of(
        tmp_path, COLOURS, generate=300, output=str(tmp_path / "c.trm"), device="cpu", **more
    )
    run = Run(settings)
    run()
    assert run.score is not None and run.score.puzzles == 6 and run.score.exact > 0.5
    fresh = trm.generate(None, 30, rules=COLOURS, sizes="8", seed=77)
    with trm.Model(tmp_path / "c.trm") as model:
        right = 0
        for puzzle in fresh:
            brought = {k: v for k, v in puzzle.brought.items() if k in ("relations", "fields", "helpers")}
            shape = len(puzzle.question)
            right += model.solve(puzzle.question, shape=shape, **brought).ruling == "verified"
    assert right >= 15
