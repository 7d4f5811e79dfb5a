"""Tiny Recursive Models: small networks that solve puzzles by refining their answer until they believe in it.

Solve. A model answers one puzzle with an Answer, and many with Answers, which hold NumPy arrays:

    import trm

    with trm.Model("models/sudoku-4x4.trm") as model:
        answer = model.solve("1.3..4.2.3.12.4.")
        print(answer)                         # the grid, and how sure the model is
        print(answer.text, answer.halt_probability, answer.steps, answer.stop)
        answers = model.solve(["1.3..4.2.3.12.4.", "..34341...21.1.."], threads=0, halt_probability=0.9)
        print(answers.tokens)                 # 2 x 16, int32

Many puzzles are a list of texts, an N x S array, a set of Puzzles or a data frame with a column `question`.
Relational models take puzzles of many shapes, and graphs: `model.solve(grid)`, `model.solve(text, shape=(5, 8))`,
`model.solve(tokens=..., relations={"edge": lists})`; `help(trm.Model.solve)` has the forms.

Watch it think. Each step is an Answer of its own:

    for step in model.stream(puzzle):
        print(step)

`trm.trace(model, puzzle)` keeps every step of every run: a page that plays them in a notebook, or `save("x.html")`,
`.svg`, `.json`.

Measure. `trm.evaluate(model, "puzzles.csv")`, or `python -m trm eval MODEL puzzles.csv`.

Train. Puzzles come from CSV files, from data frames, or are made up; `trm.train("mine.csv")` is enough, as `trm.survey("mine.csv")`
finds out what they are about:

    model = trm.train(task="sudoku", boxes="2x2", generate=20000, channels=64, token_hidden=64,
                      channel_hidden=192, cycles=2, updates=3, steps=800,
                      output="sudoku-4x4.trm", log="sudoku-4x4.jsonl")
    trm.plot.curves("sudoku-4x4.jsonl")

Underneath are `trm.Puzzles`, `trm.Trainer` (a step at a time; save, resume, write), `trm.init` and
`trm.convert`.

What goes wrong is a `trm.Error` with a sentence: ArgumentError, PuzzleError, FormatError (also ValueErrors),
FileError (also an OSError), and so on. Models may be used by any number of threads; solving and training
leave the interpreter to the others. After fork() a child may go on using models; solves and trainers that the
parent has begun with threads stay the parent's.
"""

from . import plot
from ._library import ffi as _ffi
from ._library import lib as _lib
from .answers import Answer, Answers
from .callbacks import RunStep
from .errors import (
    ArgumentError,
    ChecksumError,
    Error,
    FileError,
    FormatError,
    OutOfMemoryError,
    PuzzleError,
    UnsupportedError,
    VersionError,
    WorkspaceError,
)
from .evaluation import Evaluation, Score, evaluate
from .hints import Hint, Hints
from .info import ModelInfo
from .making import convert, init
from .model import Model
from .named import models
from .puzzles import Puzzle, Puzzles, Task, generate
from .repairs import Repair
from .several import Candidate
from .survey import Survey, survey
from .tracing import Trace, trace
from .trainer import Report, Trainer
from .training import train

__version__: str = _ffi.string(_lib.trm_version_text()).decode()

__all__ = [
    "Answer",
    "Answers",
    "RunStep",
    "ArgumentError",
    "Candidate",
    "ChecksumError",
    "Error",
    "Evaluation",
    "FileError",
    "FormatError",
    "Hint",
    "Hints",
    "Model",
    "ModelInfo",
    "OutOfMemoryError",
    "Puzzle",
    "PuzzleError",
    "Puzzles",
    "Repair",
    "Report",
    "Score",
    "Survey",
    "Task",
    "Trace",
    "Trainer",
    "UnsupportedError",
    "VersionError",
    "WorkspaceError",
    "convert",
    "evaluate",
    "generate",
    "init",
    "models",
    "plot",
    "survey",
    "trace",
    "train",
]
