"""What a run begins with: a trainer, what it is measured on, and a line about what it learns from."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Union

import torch

from ..configuration import BOUNDS, Configuration
from ..initialise import initialise
from ..model import Model, compile_networks
from ..published import load_checkpoint
from ..relational import RelationalModel
from ..relations import Relation, level_of, write_relations
from ..shape import Shape
from ..trm_model import from_trm
from .course import Course, Material, Sheets, collect, collect_sheets
from .making import make_model, make_task, split
from .processes import Team
from .settings import Settings, SettingsError
from .sources import alphabet_of
from .trainer import RelationalTrainer, Trainer
from .validation import Score, validate, validate_shapes

OWN_RELATIONS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "sudoku": [
        ("row", ("sum", "max")),
        ("column", ("sum", "max")),
        ("box", ("sum", "max")),
        ("cell", ("sum", "max")),
    ],
    "path": [(name, ("node",)) for name in ("up", "down", "left", "right")],
}
PATH_SIDES = (5, 100)  # of grids that a model of paths answers


class Beginning(NamedTuple):
    """Of a run."""

    trainer: Union[Trainer, RelationalTrainer]
    puzzles: int  # that it is measured on
    measure: Callable[..., Score]  # with the model that is to be measured
    summary: str
    data: int  # the checksum of what is learnt from


def _own_shape(material: Material) -> Shape:
    """The largest that it learns from."""
    return max((lesson.shape for lesson in material.lessons), key=lambda shape: shape.positions)


def _bounds(task: str, material: Material) -> dict[str, Any]:
    if task == "path":
        least, most = PATH_SIDES
        return dict(zip(BOUNDS, (least, most, least, most, 0, 0, most * most)))
    sides = [lesson.shape.rows for lesson in material.lessons]
    least, most = min(sides), max(sides)
    return dict(zip(BOUNDS, (least, most, least, most, least, most, most * most)))


def _sizes(task: str, material: Material) -> str:
    """The metadata task.sizes: those that it was trained on."""
    sides = sorted({(lesson.shape.rows, lesson.shape.columns) for lesson in material.lessons})
    if task == "path":  # of every size between them
        sides = [(min(rows), max(rows)) for rows in zip(*sides)]
        return "-".join(f"{rows}x{columns}" for rows, columns in zip(*sides))
    return " ".join(f"{rows}x{columns}" for rows, columns in sides)


def make_configuration(settings: Settings, material: Material) -> Configuration:
    """The dimensions of a new relational model."""
    s, shape = settings, _own_shape(material)
    usual = [Relation(name, "shape", level_of(name) or "", how) for name, how in OWN_RELATIONS[s.task]]
    configuration = Configuration(
        block="relational",
        gate="normed",
        likelihood="softmax",
        channels=s.channels,
        positions=shape.positions,
        vocabulary=len(alphabet_of(s.task, shape.fields)),
        head_bias=1,
        blocks=s.blocks,
        channel_hidden=s.channel_hidden,
        cycles=s.cycles,
        updates=s.updates,
        maximum_steps=s.maximum_steps,
        grid_rows=shape.rows,
        grid_columns=shape.columns,
        box_rows=shape.box_rows,
        box_columns=shape.box_columns,
        fields=shape.fields,
        first_value=1 if shape.fields > 1 else 0,
        halting=s.halting,
        cell_confidence=int(s.cell_weight > 0),
        start_noise=s.start_noise,
        relations=s.relations or write_relations(usual),
        **_bounds(s.task, material),
    )
    configuration.check()
    return configuration


def started_model(settings: Settings) -> RelationalModel:
    """That of --start."""
    read = from_trm if settings.start.endswith(".trm") else load_checkpoint
    model = read(settings.start)
    if not isinstance(model, RelationalModel):
        raise SettingsError(f"{settings.start}: expected a relational model, as --block says")
    model.integers.clear()
    if model.metadata.pop("provenance.calibration", None) is not None:  # of other weights
        model.configuration.halt_threshold = 0.0
        model.metadata.pop("task.selectors", None)
    return model


def _extend_bounds(c: Configuration, learnt: dict[str, Any]) -> None:
    """A model answers the shapes that it learns from, beside those that it knew."""
    for name, value in learnt.items():
        known = getattr(c, name) or value
        setattr(c, name, min(known, value) if name.startswith("least") else max(known, value))


def _check_material(model: RelationalModel, settings: Settings, material: Material) -> None:
    c, fields = model.configuration, max(lesson.shape.fields for lesson in material.lessons)
    wanted = alphabet_of(settings.task, c.fields)
    if fields > c.fields or c.vocabulary != len(wanted):
        raise SettingsError(
            f"{settings.start}: a model of {c.vocabulary} tokens and {c.fields} fields cannot learn puzzles of {fields}"
        )


def make_relational(settings: Settings, material: Material, device: torch.device) -> RelationalModel:
    """With random weights, or those to start from, where it will learn."""
    if settings.start:
        model = started_model(settings)
        _check_material(model, settings, material)
        model.configuration.cell_confidence = int(settings.cell_weight > 0)
        model.configuration.maximum_steps = settings.maximum_steps
        model.configuration.start_noise = settings.start_noise
        _extend_bounds(model.configuration, _bounds(settings.task, material))
    else:
        model = RelationalModel(make_configuration(settings, material))
        initialise(model, settings.seed)
    model.metadata["task.name"] = settings.task
    model.metadata["task.sizes"] = _sizes(settings.task, material)
    model.metadata["task.alphabet"] = alphabet_of(settings.task, model.configuration.fields).encode("ascii")
    return _set_to_work(model, settings, device)


def _set_to_work(model: RelationalModel, settings: Settings, device: torch.device) -> RelationalModel:
    model.to(device)
    precision = settings.precision or ("bf16" if device.type == "cuda" else "fp32")
    model.compute = torch.bfloat16 if precision == "bf16" else torch.float32
    if settings.compile != "no":
        compile_networks(model, settings.compile)
    return model


def make_own(settings: Settings, device: torch.device) -> tuple[Material, RelationalModel]:
    """Of a task with rules, or whose puzzles bring something."""
    try:
        from .nearest import Rules
        from .own_task import make_model, read_puzzles, read_sheets
    except ImportError as error:
        raise SettingsError(f"--rules, and tasks of your own, need libtrm, which is not built here: {error}")
    started = started_model(settings) if settings.start else None
    puzzles, exam, summary = read_puzzles(settings, started)
    model = _set_to_work(make_model(settings, started, puzzles), settings, device)
    held = min(settings.validation_puzzles, len(puzzles) // 2) if exam is None else 0
    kept = len(puzzles) - held
    lessons = read_sheets(puzzles, model, range(settings.limit or kept)[:kept])
    measured = read_sheets(exam or puzzles, model, range(0 if exam else kept, len(exam or puzzles)))
    own, of_exam = Rules(model, puzzles), Rules(model, exam or puzzles)
    return collect_sheets(model, Sheets(lessons, own), Sheets(measured, of_exam), summary), model


def _begin_relational(settings: Settings, device: torch.device, team: Team) -> Beginning:
    if settings.is_own:
        material, model = make_own(settings, device)
    else:
        material = collect(settings, device)
        model = make_relational(settings, material, device)
    course = Course(model, material, settings, team)
    trainer = RelationalTrainer(model, course, settings, team)

    def measure(model: RelationalModel) -> Score:
        return validate_shapes(model, material.exams, course, team)

    puzzles = sum(len(exam.puzzles) for exam in material.exams)
    return Beginning(trainer, puzzles, measure, material.summary, material.checksum())


def begin(settings: Settings, device: torch.device, team: Team) -> Beginning:
    """All that a run needs before its first step."""
    if settings.block == "relational":
        return _begin_relational(settings, device, team)
    task = make_task(settings)
    lessons, exam, summary = split(settings, task)
    data = lessons.checksum()
    trainer = Trainer(make_model(settings, task, device), task, lessons.to(device), settings, team)

    def measure(model: Model) -> Score:
        return validate(model, task, exam, settings.batch // team.count, team)

    return Beginning(trainer, len(exam), measure, summary, data)
