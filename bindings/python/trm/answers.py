"""What a model answers: one puzzle, and many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from . import plot
from .board import Board, Probabilities, Tokens
from .native import words_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure  # type: ignore[import-untyped, unused-ignore]

# What the library fills beside the tokens.
ARRAYS = (
    "probabilities",
    "cell_confidences",
    "halt_probabilities",
    "steps",
    "stops",
    "verdicts",
    "hows",
    "runs",
    "pins",
    "total_steps",
    "changed",
)

_STOPS = words_of("trm_stop")
_VERDICTS = words_of("trm_verdict")
_HOWS = words_of("trm_how")


@dataclass(frozen=True, eq=False, repr=False)
class Answer:
    """The answer to one puzzle, or what it was after a step."""

    question: Tokens
    """The puzzle, S tokens."""
    tokens: Tokens
    """The answer: the likeliest token of each position."""
    probabilities: Probabilities
    """How likely the model takes each of them to be right."""
    cell_confidences: Probabilities
    """How sure the model is of each token, by what it was taught; the same as `probabilities` in models that
    were not (`ModelInfo.cell_confidence`)."""
    halt_probability: float
    """The model's trust in its own answer."""
    steps: int
    """Supervision steps taken."""
    stop: str
    """Why it stopped: `signal`, `stable`, `limit`, `deadline`, `verified` or `budget`; `overflow` when a number became too large for a
    float, so that there is no answer: tokens, probabilities and halt probability are 0; `running` when it has not."""
    board: Board
    """How it is drawn."""
    ruling: str = "unverified"
    """What the rules of its task, or those of the caller, say: `verified`, `refuted`, or `unverified` without any."""
    how: str = "run"
    """How it was found: by a `run`, a `view`, a `restart` or a `search`."""
    runs: int = 1
    """Runs that were begun."""
    pins: int = 0
    """Guesses that the run that answers was given as givens."""
    total_steps: int = 0
    """Supervision steps of all runs."""
    changed: npt.NDArray[np.bool_] | None = None
    """Where it changes what the puzzle gives, which refutes it."""

    @property
    def text(self) -> str:
        """The answer, one character a position."""
        return self.board.text(self.tokens)

    @property
    def grid(self) -> Tokens:
        """The answer as rows and columns: digits for a task that has them (0 its blank, -1 a token that is no
        digit), else tokens."""
        return self.board.numbers(self.tokens).reshape(self.board.rows, self.board.columns)

    def verdict(self) -> str:
        """Steps, reason and trust in a line."""
        steps = f"{self.steps} step{'' if self.steps == 1 else 's'}"
        stop = "running" if self.stop == "running" else f"stopped by {self.stop}"
        return f"{steps}, {stop}, halt probability {100 * self.halt_probability:.1f} %"

    def plot(self) -> Figure:
        """Draws the grid with matplotlib, its cells shaded by their probabilities; returns the figure."""
        return plot.answer(self)

    def __repr__(self) -> str:
        return f"{self.board.draw(self.tokens)}\n{self.verdict()}"

    def _repr_html_(self) -> str:
        table = self.board.html(self.question, self.tokens, self.probabilities)
        return f"<div>{table}<p>{self.verdict()}</p></div>"


class Answers(Sequence[Answer]):
    """The answers to many puzzles, as arrays with a row for each; an index gives an Answer, a slice
    Answers."""

    def __init__(self, board: Board, questions: Tokens) -> None:
        self.board = board
        self.questions = questions
        """The puzzles, N x S tokens."""
        count = len(questions)
        self.tokens: Tokens = np.zeros_like(questions)
        """The answers, N x S."""
        self.probabilities: Probabilities = np.zeros(questions.shape, np.float32)
        """How likely the model takes each token to be right, N x S."""
        self.cell_confidences: Probabilities = np.zeros(questions.shape, np.float32)
        """How sure the model is of each token, by what it was taught, N x S."""
        self.halt_probabilities: npt.NDArray[np.float32] = np.zeros(count, np.float32)
        """The model's trust in each answer, N."""
        self.steps: npt.NDArray[np.uint32] = np.zeros(count, np.uint32)
        """Supervision steps taken, N."""
        self.stops: npt.NDArray[np.uint32] = np.zeros(count, np.uint32)
        """Why each stopped, N enumerators of `trm_stop`; an Answer has them as words."""
        self.verdicts: npt.NDArray[np.uint32] = np.zeros(count, np.uint32)
        """What the rules say of each, N enumerators of `trm_verdict`."""
        self.hows: npt.NDArray[np.uint32] = np.zeros(count, np.uint32)
        """How each was found, N enumerators of `trm_how`."""
        self.runs: npt.NDArray[np.uint32] = np.zeros(count, np.uint32)
        """Runs that were begun, N."""
        self.pins: npt.NDArray[np.uint32] = np.zeros(count, np.uint32)
        """Guesses that the run that answers was given, N."""
        self.total_steps: npt.NDArray[np.uint64] = np.zeros(count, np.uint64)
        """Supervision steps of all runs, N."""
        self.changed: npt.NDArray[np.bool_] = np.zeros(questions.shape, np.bool_)
        """Where an answer changes what its puzzle gives, N x S."""

    @property
    def texts(self) -> list[str]:
        """The answers, one character a position."""
        return [self.board.text(tokens) for tokens in self.tokens]

    @property
    def grids(self) -> Tokens:
        """The answers as rows and columns, N x rows x columns, each as `Answer.grid`."""
        return self.board.numbers(self.tokens).reshape(-1, self.board.rows, self.board.columns)

    def __len__(self) -> int:
        return len(self.questions)

    @overload
    def __getitem__(self, index: int) -> Answer: ...

    @overload
    def __getitem__(self, index: slice) -> Answers: ...

    def __getitem__(self, index: int | slice) -> Answer | Answers:
        return self._part(index) if isinstance(index, slice) else self._answer(index)

    def _answer(self, index: int) -> Answer:
        return Answer(
            self.questions[index],
            self.tokens[index],
            self.probabilities[index],
            self.cell_confidences[index],
            float(self.halt_probabilities[index]),
            int(self.steps[index]),
            _STOPS[int(self.stops[index])],
            self.board,
            _VERDICTS[int(self.verdicts[index])],
            _HOWS[int(self.hows[index])],
            int(self.runs[index]),
            int(self.pins[index]),
            int(self.total_steps[index]),
            self.changed[index],
        )

    def _part(self, part: slice) -> Answers:
        """The same arrays, fewer of their rows."""
        answers = Answers.__new__(Answers)
        answers.board = self.board
        for name in ("questions", "tokens", *ARRAYS):
            setattr(answers, name, getattr(self, name)[part])
        return answers

    def __repr__(self) -> str:
        shown = [repr(answer) for answer in self[:3]]
        more = [f"... {len(self) - 3} more"] if len(self) > 3 else []
        return "\n\n".join([f"{len(self)} answers", *shown, *more])

    def _repr_html_(self) -> str:
        return "".join(answer._repr_html_() for answer in self[:3]) + f"<p>{len(self)} answers</p>"
