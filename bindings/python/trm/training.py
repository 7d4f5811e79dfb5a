"""trm.train(): from puzzles to a model in one call."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Callable, Union

from .errors import ArgumentError, Error
from .evaluation import Evaluation, measure
from .frames import is_frame, puzzles_of
from .keywords import Pair, Range, ShapeOptions, TrainerOptions, TrainOptions, check, names_of
from .log import TrainLog
from .making import init, init_of
from .model import Model
from .native import Path
from .progress import Progress
from .puzzles import Puzzles, Task
from .survey import Survey, survey
from .tables import Columns, read_rows
from .trainer import Report, Trainer

if TYPE_CHECKING:
    from typing_extensions import TypeGuard, Unpack

Data = Union[Path, Puzzles, Sequence[Path], Any]

# What `trm train` begins with where `trm init` has the paper's.
_SHAPE: Mapping[str, Any] = {
    "gate": "normed",
    "likelihood": "softmax",
    "channels": 128,
    "prefix": 1,
    "head_bias": True,
}
_STEPS, _BATCH = 1000, 128

# The same of tasks that rules describe, where other ones are not asked for.
_DESCRIBED: Mapping[str, Any] = {
    "channels": 24,
    "channel_hidden": 48,
    "cycles": 2,
    "updates": 3,
    "batch": 32,
    "steps": 3000,
    "staggered": True,
}
_DESCRIBED_PUZZLES, _START_NOISE = 20000, 1.0
_CONFIGURATION = "provenance.configuration"


def train(
    data: Data | None = None,
    *,
    task: str | None = None,
    grid: Pair = None,
    boxes: Pair = None,
    alphabet: str | None = None,
    rules: str | None = None,
    generate: int = 0,
    givens: Range = None,
    walls: Range = None,
    sizes: Range = None,
    start: Path | None = None,
    output: Path | None = None,
    validation: Data | None = None,
    validation_puzzles: int = 200,
    hold_back: int | None = None,
    question: str | None = None,
    answer: str | None = None,
    validate_every: int = 0,
    checkpoint: Path | None = None,
    save_every: float = 5.0,
    resume: bool = False,
    log: Path | None = None,
    log_every: int = 10,
    threads: int = 0,
    callback: Callable[[Report], object] | None = None,
    progress: bool = True,
    **options: Unpack[TrainOptions],
) -> Model:
    """Trains a model on puzzles and returns it, as `trm train` does.

        model = trm.train(task="sudoku", boxes="2x2", generate=20000, channels=64, token_hidden=64, steps=800)
        model = trm.train("more.csv", task="sudoku", start="sudoku-4x4.trm", steps=200)
        model = trm.train(rules=open("futoshiki.rules").read(), sizes=(4, 5), output="futoshiki.trm")

    - `data`: lists of puzzles (CSV, JSON lines), a data frame (columns question and answer) or Puzzles, which bring their task.
    - `task`, `grid`, `boxes`, `alphabet`: what the puzzles are about, as in Puzzles; or `rules`, the text of a
      description (doc/rules.md). With lists alone they say it themselves (trm.survey), with options for what nobody asks for.
    - `hold_back`: of each hundred puzzles so many are not learnt from but measured on; by default none, and of lists that say
      their task 10, or as few as make `validation_puzzles`.
    - `generate`: learn from so many puzzles made up, too; of `givens`, `walls` or `sizes` as in trm.generate.
      With `rules` and no data 20,000.
    - `start`: the model whose weights are the first; otherwise they are random, of the dimensions in
      `options`.
    - `output`: where to write the model.
    - `validation`: puzzles to measure accuracy on (by default further ones made up), at most
      `validation_puzzles`, every `validate_every` steps (0: a tenth of the run).
    - `question`, `answer`: columns of tables by their names, where these are not the usual ones.
    - `checkpoint`: where the run is kept, every `save_every` minutes and at its end; `resume=True` goes on
      from there when it exists, to the same bits.
    - `log`: JSON lines for trm.plot and `trm plot`, one for `log_every` steps.
    - `threads`: 0 for all that the process may use; the weights do not depend on it.
    - `callback`: is given the Report of each step. What it raises ends the run and reaches the caller.
    - `progress`: a line on standard error, if that is a terminal.
    - `options`: dimensions and training options of `trm train` (see trm.keywords.TrainOptions), with its
      defaults.

    Control-C stops between two steps: checkpoint and output are written, then KeyboardInterrupt reaches the
    caller.
    """
    check("train", options, names_of(TrainOptions), train.__kwdefaults__ or ())
    kind = {"task": task, "grid": grid, "boxes": boxes, "alphabet": alphabet, "rules": rules}
    columns = Columns(question, answer)
    if task is None and rules is None and start is None and _are_lists(data):
        found = survey(data, **columns._asdict())
        kind, options = _proposed(found, kind), _filled(found.options, options)
        if hold_back is None and validation is None:
            hold_back = _share(found, validation_puzzles)
    made = {"seed": options.get("seed", 0), "givens": givens, "walls": walls, "sizes": sizes}
    if rules is not None or (isinstance(data, Puzzles) and data.task.rules is not None):
        generate = _DESCRIBED_PUZZLES if data is None and generate == 0 else generate
        options = _filled(_DESCRIBED, options)
    puzzles = _lessons(data, kind, generate, made, columns)
    exam = (
        puzzles.hold_back(hold_back)
        if hold_back
        else _exam(validation, validation_puzzles, puzzles, generate, made, columns)
    )
    configuration = _configuration(
        {"generate": generate, "hold_back": hold_back, "start": start, **kind, **made}, options
    )
    if resume and checkpoint is not None and os.path.exists(checkpoint):
        trainer = _begin_again(checkpoint, puzzles, configuration, threads)
    else:
        trainer = _begin(start, puzzles, options, threads)
    trainer.describe(_CONFIGURATION, configuration)
    with trainer:
        run = _Run(trainer, exam, options.get("steps", _STEPS), options.get("batch", _BATCH), threads)
        run.checkpoint, run.output, run.save_every = checkpoint, output, 60 * save_every
        run.log, run.log_every = TrainLog(log, trainer.steps > 0), log_every
        run.validate_every = validate_every or (run.total + 9) // 10
        run.progress, run.callback = Progress(progress), callback
        run.go()
        return trainer.model()


def _lessons(
    data: Data | None, kind: Mapping[str, Any], generate: int, made: Mapping[str, Any], columns: Columns
) -> Puzzles:
    """The puzzles to learn from."""
    if data is None and generate == 0:
        raise ArgumentError("expected data or generate, found neither")
    if isinstance(data, Puzzles) and generate > 0:
        raise ArgumentError("generate: expected 0 beside Puzzles, which make up their own")
    if isinstance(data, Puzzles):
        return data
    return _read(_empty(kind), data, columns).generate(generate, **made)


def _exam(
    given: Data | None,
    most: int,
    lessons: Puzzles,
    generate: int,
    made: Mapping[str, Any],
    columns: Columns,
) -> Puzzles | None:
    """Puzzles that are never learnt from."""
    if most == 0 or (given is None and generate == 0):
        return None
    if isinstance(given, Puzzles):
        return given
    exam = lessons.like()
    if given is None:
        return exam.generate(most, first=generate, **made)
    return _read(exam, given, columns, most)


_FEWEST, _MOST_SHARE = 20, 10


def _are_lists(data: Any) -> TypeGuard[Union[Path, Sequence[Path]]]:
    return isinstance(data, (str, os.PathLike)) or (isinstance(data, (list, tuple)) and len(data) > 0)


def _proposed(found: Survey, kind: Mapping[str, Any]) -> dict[str, Any]:
    """What lists say they are about; what was said before wins."""
    boxes = found.task == "sudoku" and kind["grid"] is None
    own = found.task in ("sudoku", "jigsaw", "path")
    said = {
        "task": found.task,
        "grid": None if boxes else found.grid,
        "boxes": found.boxes if boxes else None,
        "alphabet": None if own else found.alphabet,
    }
    return {**said, **{name: value for name, value in kind.items() if value is not None}, "rules": None}


def _share(found: Survey, wanted: int) -> int:
    """Of each hundred puzzles those to measure on."""
    different = found.puzzles - found.repeated
    if wanted == 0:
        return 0
    if different < _FEWEST:
        expected = f"at least {_FEWEST} different puzzles, to learn from most and to measure on the rest"
        raise ArgumentError(f"expected {expected}, found {different}; validation_puzzles=0 learns from all")
    return min(_MOST_SHARE, -(-100 * wanted // different))


def _filled(usual: Mapping[str, Any], options: TrainOptions) -> TrainOptions:
    """What nobody asked for is as usual; the rates of relational models rise at first."""
    whole: Any = {**usual, **options}
    if whole.get("staggered"):
        steps = whole["steps"]
        whole.setdefault("warm_up", steps // 10 if steps < 1000 else 100)
    return whole  # type: ignore[no-any-return]


def _empty(kind: Mapping[str, Any]) -> Puzzles:
    if kind["task"] is None and kind["rules"] is None:
        raise ArgumentError("task: expected sudoku, path, the name of your own, or rules, found None")
    return Puzzles(**kind)


def _read(puzzles: Puzzles, data: Any, columns: Columns, limit: int = 0) -> Puzzles:
    """Adds the puzzles of a file, of several, or of a data frame."""
    if data is None:
        return puzzles
    if is_frame(data):
        rows = puzzles_of(data, columns.question, columns.answer)
        return puzzles.add(islice(rows, limit) if limit > 0 else rows)
    for path in [data] if isinstance(data, (str, os.PathLike)) else data:
        puzzles.read(path, limit, **columns._asdict())
    return puzzles


def _configuration(given: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """What the weights depend on, beside the files: a line for each keyword that says something. Of options 0 says
    something, too: most have another default."""
    said = {name: value for name, value in given.items() if value not in (None, 0)}
    said.update({name: value for name, value in options.items() if value is not None})
    return "".join(f"{name} = {value}\n" for name, value in said.items())


def _begin(start: Path | None, puzzles: Puzzles, options: TrainOptions, threads: int) -> Trainer:
    """A run with the weights of a model, or with random ones, which pass through a file."""
    shape: Any = {name: value for name, value in options.items() if name in names_of(ShapeOptions)}
    wanted: Any = {name: value for name, value in options.items() if name in names_of(TrainerOptions)}
    if start is not None:
        for name in shape.keys() - wanted.keys():
            raise ArgumentError(f"{name}: expected the dimensions of the model in start, found others")
        return Trainer(start, puzzles, threads=threads, **wanted)
    task = puzzles.task
    relational = shape.get("block") == "relational"
    with tempfile.TemporaryDirectory(prefix="trm-") as folder:
        path = os.path.join(folder, "start.trm")
        if task.rules is not None:
            init_of(
                path, puzzles, start_noise=_START_NOISE, head_bias=True, seed=options.get("seed", 0), **shape
            )
            return Trainer(path, puzzles, threads=threads, **wanted)
        init(
            path,
            **(_relational(task, shape) if relational else {**_SHAPE, **shape, **_tokens(task)}),
            seed=options.get("seed", 0),
            task=task.name,
            positions=task.grid_rows * task.grid_columns,
            grid=(task.grid_rows, task.grid_columns),
        )
        return Trainer(path, puzzles, threads=threads, **wanted)


def _tokens(task: Task) -> dict[str, Any]:
    """Those of the puzzles."""
    alphabet = "\0" * task.alphabet_first + task.alphabet
    return {"alphabet": alphabet, "vocabulary": len(alphabet)}


def _relational(task: Task, shape: Mapping[str, Any]) -> dict[str, Any]:
    """Relational models have no padding: their tokens begin with the blank, behind which values that are alike come last."""
    fields, vocabulary = shape.get("fields", 1), len(task.alphabet)
    values = {"fields": fields, "first_value": vocabulary - fields if fields > 1 else 0}
    own = {"head_bias": True, "alphabet": task.alphabet, "vocabulary": vocabulary, "features": task.features}
    return {**_SHAPE, **own, **shape, **values, "prefix": 0}


def _begin_again(checkpoint: Path, puzzles: Puzzles, configuration: str, threads: int) -> Trainer:
    """Goes on with a run, whose configuration cannot change on the way."""
    with Model(checkpoint) as model:
        stored = str(model.info.metadata.get(_CONFIGURATION, ""))
    differing = sorted(set(configuration.splitlines()) ^ set(stored.splitlines()))
    if differing:
        raise ArgumentError(
            f"{os.fspath(checkpoint)}: expected a run with these options, found it differs in {differing[0]}"
        )
    return Trainer.resume(checkpoint, puzzles, threads=threads)


class _Run:
    """The loop over steps, and what is done beside them."""

    log: TrainLog
    log_every: int
    validate_every: int
    save_every: float
    checkpoint: Path | None
    output: Path | None
    progress: Progress
    callback: Callable[[Report], object] | None

    def __init__(self, trainer: Trainer, exam: Puzzles | None, total: int, batch: int, threads: int) -> None:
        self.trainer, self.exam = trainer, exam
        self.total, self.batch, self.threads = total, batch, threads
        self.evaluation: Evaluation | None = None
        self.reports: list[Report] = []
        self.window_begin = self.saved = time.monotonic()

    def go(self) -> None:
        """All steps, or those until something stops it; what was learnt is written in either case."""
        self.log.begin(self.trainer.steps, self.total, self.batch, repr(self.trainer.puzzles))
        reason = "stopped"
        try:
            while self.trainer.steps < self.total:
                self._take(self._step())
            reason = "finished"
        finally:
            self.progress.end()
            self._finish(reason)

    def _step(self) -> Report:
        """One of the trainer's. A run of which one failed cannot go on: its last checkpoint stays."""
        try:
            return self.trainer.step()
        except Error:
            self.checkpoint = None
            raise

    def _take(self, report: Report) -> None:
        """Keeps the books after a step."""
        self.reports.append(report)
        self.progress.show(report.step, self.total, self._tell(report))
        if self.callback is not None:
            self.callback(report)
        if report.step % self.log_every == 0:
            self._write_window()
        if self.exam is not None and (report.step % self.validate_every == 0 or report.step == self.total):
            self._validate(report.step)
        if self.checkpoint is not None and time.monotonic() - self.saved >= self.save_every:
            self.trainer.save(self.checkpoint)
            self.saved = time.monotonic()

    def _tell(self, report: Report) -> str:
        exact = "" if self.evaluation is None else f", {100 * self.evaluation.total.exact:.1f} % exact"
        return f"step {report.step} of {self.total}, loss {report.loss:.4f}{exact}"

    def _write_window(self) -> None:
        """The steps since the last line of the log."""
        if self.reports:
            self.log.steps(self.reports, self.batch, time.monotonic() - self.window_begin)
        self.reports, self.window_begin = [], time.monotonic()

    def _validate(self, step: int) -> None:
        assert self.exam is not None
        with self.trainer.model() as model:
            rows = read_rows(self.exam, model.info)
            self.evaluation = measure(model, rows, {"threads": self.threads}, by_rules=False)
        self.log.validation(step, self.evaluation)
        total = self.evaluation.total
        result = (
            f"step {step} of {self.total}: {total.exact_puzzles} of {total.puzzles} validation puzzles exact"
        )
        self.trainer.describe("provenance.result", result)

    def _finish(self, reason: str) -> None:
        self._write_window()
        if self.checkpoint is not None:
            self.trainer.save(self.checkpoint)
        if self.output is not None:
            self.trainer.write(self.output, deflate=True)
        self.log.end(self.trainer.steps, reason)
