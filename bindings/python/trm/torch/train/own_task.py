"""Tasks with rules, and others whose puzzles bring something along: puzzles as the library reads or makes them
up, and the model that is to learn them. Needs the library."""

from __future__ import annotations

import os
import tempfile
from typing import Any, Sequence

import numpy as np
import torch

from ..._library import ffi, lib
from ...errors import Error
from ...making import init, init_of
from ...native import call, new
from ...puzzles import Puzzles
from ..relational import RelationalModel
from ..shape import Shape
from ..trm_model import from_trm
from .brought import Sheet
from .settings import Settings, SettingsError

ANY_SIZE = "1-10000"
DIMENSIONS = (
    "channels",
    "channel_hidden",
    "blocks",
    "cycles",
    "updates",
    "maximum_steps",
    "halting",
    "start_noise",
    "seed",
)
OF_THE_RULES = ("relations", "first_value", "helper_tokens")

# --------------------------------------------------------------------------------- puzzles


def _rules(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise SettingsError(f"--rules: {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"--rules: {path}: expected text (UTF-8), found other bytes") from None


def _empty(settings: Settings, started: RelationalModel | None) -> Puzzles:
    s = settings
    if s.rules:
        try:
            return Puzzles(rules=_rules(s.rules))
        except Error as error:
            raise SettingsError(f"{s.rules}: {error}") from None
    alphabet = s.alphabet.replace("\\0", "\0")
    features = 0
    if started is not None:
        features = started.configuration.features
        alphabet = alphabet or _alphabet_of(started)
    return Puzzles(s.task, grid=s.grid or None, alphabet=alphabet or None, features=features)


def _alphabet_of(model: RelationalModel) -> str:
    """The character of each token, \\0 where there is none."""
    found = model.metadata.get("task.alphabet", b"")
    text = found.decode("latin-1") if isinstance(found, bytes) else str(found)
    return text.rstrip("\0")


def _make(settings: Settings, puzzles: Puzzles) -> str:
    """Those made up, and further ones to measure on."""
    s = settings
    more = 0 if s.validation else s.validation_puzzles
    sizes: Any = {"sizes" if s.rules else "positions": s.sizes or None}
    puzzles.generate(s.generate + more, seed=s.seed, **sizes)
    return f"made up: {s.generate} puzzles"


def _read(settings: Settings, puzzles: Puzzles) -> list[str]:
    said = []
    for name in settings.data.split(",") if settings.data else []:
        before = len(puzzles)
        puzzles.read(os.path.join(settings.folder, name))
        said.append(f"{os.path.basename(name)}: {len(puzzles) - before} puzzles")
    return said


def read_puzzles(settings: Settings, started: RelationalModel | None) -> tuple[Puzzles, Puzzles | None, str]:
    """What to learn from, what to measure on (None: the last ones of the former), and a line about it."""
    s, exam = settings, None
    puzzles = _empty(s, started)
    try:
        said = _read(s, puzzles)
        if s.generate:
            said.append(_make(s, puzzles))
        if s.validation:
            exam = puzzles.like().read(s.validation, s.validation_puzzles)
    except Error as error:
        raise SettingsError(str(error)) from None
    if not len(puzzles):
        raise SettingsError("--data is missing")
    return puzzles, exam, ", ".join(said)


# --------------------------------------------------------------------------------- sheets


def _table(model: RelationalModel) -> np.ndarray:
    """The model's token of each byte; -1 for none."""
    table = np.full(256, -1, np.int64)
    for token, character in enumerate(_alphabet_of(model)):
        if character != "\0":
            table[ord(character)] = token
    return table


def _shape(puzzles: Puzzles, given: Any, fields: int) -> Shape:
    """That of a puzzle, or what all of the set have."""
    task = puzzles.task
    rows, columns = (given.rows, given.columns) if given.rows else (task.grid_rows, task.grid_columns)
    boxes = (given.box_rows, given.box_columns) if given.box_rows else (task.box_rows, task.box_columns)
    rows, columns = (0, 0) if given.positions else (rows, columns)
    positions = given.positions or rows * columns
    shape = Shape(positions, rows, columns, boxes[0], boxes[1], given.fields or fields, given.helpers)
    shape.check()
    return shape


def question_of(puzzles: Puzzles, number: int) -> Any:
    """What a puzzle brings, as trm_questions has it, whose arrays are the set's."""
    question = new("trm_questions")
    call(lib.trm_puzzles_question, puzzles.lend(), number, question)
    return question


def _numbers(pointer: Any, count: int) -> np.ndarray:
    """Whole numbers of 32 bits that lie there."""
    return np.frombuffer(ffi.buffer(pointer, 4 * count) if count else b"", np.int32).astype(np.int64)


def _lists(given: Any) -> tuple[np.ndarray, np.ndarray]:
    first = _numbers(given.first, given.lists + 1)
    return first, _numbers(given.heard, int(first[-1]))


def _texts(puzzles: Puzzles, number: int, positions: int) -> np.ndarray:
    """The bytes of question and answer, 2 x S."""
    text = ffi.new("char[]", 2 * positions)
    call(lib.trm_puzzles_get, puzzles.lend(), number, text, text + positions, ffi.NULL)
    return np.frombuffer(bytes(ffi.buffer(text)), np.uint8).reshape(2, positions)


def _sheet(puzzles: Puzzles, number: int, table: np.ndarray, fields: int) -> Sheet:
    question = question_of(puzzles, number)
    given = question.shapes[0] if question.shape_count else new("trm_shape")
    shape = _shape(puzzles, given, fields)
    texts = _texts(puzzles, number, shape.positions)
    tokens = table[texts]
    if (tokens < 0).any():
        raise ValueError(f"{chr(texts[tokens < 0][0])!r} is not in the model's alphabet")
    relations = {}
    for n in range(question.relation_count):
        one = question.relations[n]
        relations[ffi.string(one.name).decode()] = _lists(one)
    helpers = _numbers(question.helper_tokens, shape.helpers)
    return Sheet(number, shape, tokens[0], tokens[1], relations, helpers)


def _check(model: RelationalModel, sheet: Sheet) -> None:
    c = model.configuration
    known = {relation.name for relation in model.relations}
    for name in sheet.relations:
        if name not in known:
            raise ValueError(f"it brings {name!r}, and the model hears {', '.join(sorted(known))}")
    for relation in model.relations:
        if relation.source == "question" and relation.name not in sheet.relations:
            raise ValueError(f"relation {relation.name}: its lists are missing")
    if sheet.shape.fields > c.fields:
        raise ValueError(f"it has {sheet.shape.fields} values, and the model {c.fields}")
    if sheet.helpers.max(initial=-1) >= c.helper_tokens:
        raise ValueError(
            f"it has a helper {sheet.helpers.max()}, and the model knows {c.helper_tokens} kinds"
        )


def read_sheets(puzzles: Puzzles, model: RelationalModel, numbers: Sequence[int]) -> list[Sheet]:
    """Puzzles as the model is asked them."""
    if model.configuration.features:
        raise SettingsError("a model of puzzles with features is learnt by trm train alone")
    table, fields, sheets = _table(model), model.configuration.fields, []
    for number in numbers:
        try:
            sheets.append(_sheet(puzzles, number, table, fields))
            _check(model, sheets[-1])
        except ValueError as error:
            raise SettingsError(f"puzzle {number + 1}: {error}") from None
    return sheets


# --------------------------------------------------------------------------------- the model


def _largest(puzzles: Puzzles) -> dict[str, int]:
    """Of the shapes of a set that no rules describe."""
    shapes = [_shape(puzzles, question_of(puzzles, n).shapes[0], 1) for n in range(len(puzzles))]
    task, fields = puzzles.task, max(shape.fields for shape in shapes)
    vocabulary = task.alphabet_first + len(task.alphabet)
    return {
        "positions": max(shape.positions for shape in shapes),
        "vocabulary": vocabulary,
        "fields": fields,
        "first_value": vocabulary - fields if fields > 1 else 0,
    }


def _new_model(settings: Settings, puzzles: Puzzles) -> RelationalModel:
    s, task = settings, puzzles.task
    own: Any = {name: getattr(s, name) for name in DIMENSIONS}
    with tempfile.TemporaryDirectory(prefix="trm-") as folder:
        path = os.path.join(folder, "new.trm")
        try:
            if s.rules:
                init_of(path, puzzles, head_bias=True, **own)
            else:
                alphabet = "\0" * task.alphabet_first + task.alphabet
                own.update(block="relational", likelihood="softmax", head_bias=True, sizes=ANY_SIZE)
                own.update(task=task.name, alphabet=alphabet, relations=s.relations, **_largest(puzzles))
                init(path, **own)
            model = from_trm(path)
        except Error as error:
            raise SettingsError(str(error)) from None
    assert isinstance(model, RelationalModel)
    return model


def _follow_rules(settings: Settings, model: RelationalModel, puzzles: Puzzles) -> None:
    """A model that is started from is one of these rules, and its file then says them."""
    wanted = _new_model(settings, puzzles)
    for name in OF_THE_RULES:
        own, of_rules = (getattr(one.configuration, name) for one in (model, wanted))
        if own != of_rules:
            raise SettingsError(
                f"{settings.start}: {name} {own!r}, where {settings.rules} asks for {of_rules!r}"
            )
    model.metadata.update({name: wanted.metadata[name] for name in ("task.name", "task.rules")})


def make_model(settings: Settings, started: RelationalModel | None, puzzles: Puzzles) -> RelationalModel:
    """With random weights, those of `trm train` with this seed, or with those to start from."""
    model = started or _new_model(settings, puzzles)
    if started is not None and settings.rules:
        _follow_rules(settings, started, puzzles)
    c = model.configuration
    c.cell_confidence = int(settings.cell_weight > 0)
    c.maximum_steps, c.start_noise = settings.maximum_steps, settings.start_noise
    return model
