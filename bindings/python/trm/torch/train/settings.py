"""The settings of a run: a file of `key = value`, as `trm train` reads it, and the command line, which
overrules it."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass, field
from typing import Any, Sequence

FLAGS = ("resume", "restart", "quiet")
KNOWN = ("sudoku", "path")  # relational models of these need no library

# As `trm train` begins with tasks that rules describe, where other things are not asked for.
DESCRIBED = {
    "block": "relational",
    "channels": "24",
    "channel-hidden": "48",
    "cycles": "2",
    "updates": "3",
    "start-noise": "1.0",
    "batch": "32",
    "steps": "3000",
}
MADE_OF_RULES, WARM_UP = "20000", 100


class SettingsError(ValueError):
    """A setting that there is not, or that cannot be."""


def _option(default: Any, help: str, *choices: str) -> Any:
    return field(default=default, metadata={"help": help, "choices": choices})


@dataclass
class Settings:
    """The keys are those of `trm train`, and have its defaults, but for the last group, which is of this
    command alone."""

    # what is learnt
    task: str = _option("", "sudoku, path, or another word for a task of your own")
    grid: str = _option("", "rows and columns, such as 10x10")
    boxes: str = _option("", "sudoku: rows and columns of a box, such as 3x3")
    alphabet: str = _option("", "the characters of your own task's tokens; \\0 first: a token without one")
    rules: str = _option("", "a task that this file describes (doc/rules.md), in place of a known one")
    sizes: str = _option("", "of puzzles to make up, such as 4-6: of --rules, or positions of graphs")
    generate: int = _option(0, "learn from so many puzzles made up; with --rules and no data 20000")
    # the model
    block: str = _option("mixer", "what mixes positions", "mixer", "attention", "relational")
    position_encoding: str = _option(
        "", "by default none in a mixer, rotary with attention", "none", "learned", "rotary"
    )
    gate: str = _option("normed", "of SwiGLU", "normed", "plain")
    likelihood: str = _option("softmax", "of the answers", "softmax", "stablemax")
    channels: int = _option(128, "D")
    prefix: int = _option(1, "learned rows in front of the puzzle")
    blocks: int = _option(2, "of the network")
    heads: int = _option(0, "of attention; 0: one for each 64 channels")
    token_hidden: int = _option(0, "hidden width over positions; 0: as published")
    channel_hidden: int = _option(0, "hidden width over channels; 0: as published")
    cycles: int = _option(3, "T")
    updates: int = _option(6, "n")
    maximum_steps: int = _option(16, "supervision steps before a puzzle is replaced in any case")
    head_bias: bool = _option(True, "give the token head a bias")
    relations: str = _option("", "relational: NAME=SOURCE/LEVEL/AGGREGATES ...; by default those of the task")
    halting: str = _option("softmin", "relational: from nodes to the whole", "softmin", "product")
    start_noise: float = _option(0.0, "relational: deviation of the first thought")
    # how it is learnt
    steps: int = _option(1000, "optimiser steps of the whole run")
    batch: int = _option(128, "puzzles of a step, of all processes together")
    seed: int = _option(0, "of everything that is drawn")
    optimiser: str = _option(
        "muon",
        "muon for the network's matrices and adamw for the rest, or one for all",
        "muon",
        "adamw",
        "adam-atan2",
    )
    learning_rate: float = _option(1e-3, "of adamw or adam-atan2")
    weight_decay: float = _option(0.0, "the same")
    beta1: float = _option(0.9, "the same")
    beta2: float = _option(0.95, "the same")
    muon_learning_rate: float = _option(0.02, "of muon")
    muon_weight_decay: float = _option(0.005, "the same")
    muon_momentum: float = _option(0.95, "the same")
    warm_up: int = _option(0, "steps over which the learning rates rise")
    cosine: bool = _option(True, "learning rates fall to 0 over the run as a cosine")
    curriculum: bool = _option(
        False, "T 1 n 2 for the first 30 %% of the run, T 2 n 4 until 60 %%, then the model's"
    )
    clip: float = _option(1.0, "largest norm of a gradient; 0: any")
    smoothing: float = _option(0.0, "of the labels")
    halt_weight: float = _option(0.5, "of the halt loss beside the answer's")
    cell_weight: float = _option(0.1, "relational: of the loss of confidence in cells")
    replacement: str = _option(
        "signal",
        "relational: who gives way, puzzles whose halt logit is positive or right answers",
        "signal",
        "right",
    )
    replacement_share: float = _option(0.35, "of right answers that give way, each step")
    stagger: bool = _option(True, "relational: puzzles begin at different steps")
    wrong_givens: float = _option(0.0, "relational: share of the puzzles with a wrong given, never right")
    batches: str = _option("mixed", "relational: of all shapes, or of one each", "mixed", "alternating")
    rounds: int = _option(16, "alternating batches after which shapes come again, about")
    cells: int = _option(2000, "positions of an alternating batch")
    grids: str = _option("", "path: sizes to make up, such as 8x8,10x12")
    made: float = _option(1.0, "share of what is made up, beside those of the data")
    open_maps: float = _option(0.7, "share of open maps in what is made up")
    unreachable: float = _option(0.12, "share of open maps whose goal cannot be reached")
    fresh: float = _option(0.25, "grids made up for each puzzle of a batch")
    exploration: float = _option(0.1, "share of the puzzles that must go on for a drawn number of steps")
    average: float = _option(0.99, "decay of the averaged weights, which are the result")
    average_ramp: bool = _option(False, "the decay is at most (1 + t) / (10 + t) after t steps")
    average_begin: int = _option(0, "the step from which on they are averaged")
    states: int = _option(1, "latent states of each puzzle, of which the best one learns")
    symmetries: bool = _option(True, "show each puzzle under a random symmetry of its task")
    # files
    output: str = _option("", "the model to write: .trm, or .safetensors of a relational one")
    data: str = _option(
        "",
        "learn from the puzzles of these CSV files (.csv, .csv.gz), with commas between; "
        "relational: FILE[:SOURCE][=SHARE], of several sizes",
    )
    folder: str = _option("", "relational: where the files of --data are")
    start: str = _option("", "begin with this model's weights (.trm, .safetensors) instead of random ones")
    validation: str = _option("", "CSV file to measure accuracy on; by default the last puzzles of the data")
    validation_puzzles: int = _option(200, "how many of them, never learnt from; 0: none")
    validate_every: int = _option(0, "steps between two measurements; 0: a tenth of the run")
    checkpoint: str = _option("", "where the run is kept; by default OUTPUT.checkpoint")
    save_every: float = _option(5.0, "minutes between two checkpoints; 0: only when the run stops")
    log: str = _option("", "JSON lines for `trm plot`; by default OUTPUT.jsonl")
    log_every: int = _option(10, "steps that a line of it sums up")
    minutes: float = _option(0.0, "stop after so many, with a checkpoint and the model so far; 0: at the end")
    deflate: bool = _option(True, "compress the model's weights")
    # of this command alone
    limit: int = _option(0, "learn from the first so many puzzles only; 0: all")
    device: str = _option("", "such as cpu or cuda; by default cuda where there is one")
    precision: str = _option("", "of the blocks; by default bf16 on cuda, fp32 elsewhere", "fp32", "bf16")
    compile: str = _option("no", "torch.compile's mode", "no", "default", "reduce-overhead", "max-autotune")
    resume: bool = _option(False, "go on with the run of the checkpoint when there is one")
    restart: bool = _option(False, "begin anew, and replace the checkpoint")
    quiet: bool = _option(False, "nothing on standard error but failures")

    def __post_init__(self) -> None:
        self.checkpoint = self.checkpoint or f"{self.output}.checkpoint"
        self.log = self.log or f"{self.output}.jsonl"

    @property
    def is_own(self) -> bool:
        """Whether puzzles may bring something, and the library knows what they are about."""
        return self.rules != "" or (self.block == "relational" and self.task not in KNOWN)

    def _check_rules(self) -> None:
        _demand(self.block == "relational", "--rules: relational models learn such tasks: --block relational")
        for name in ("task", "alphabet", "relations"):
            _demand(getattr(self, name) == "", f"--{name}: --rules says it; expected none beside it")
        for name in ("grid", "boxes"):
            _demand(getattr(self, name) == "", f"--{name} is not an option of tasks that --rules describes")
        _demand(self.wrong_givens == 0, "--wrong-givens: expected 0 where rules may call several answers right")

    def _check_own(self) -> None:
        """Tasks of rules, and others whose puzzles bring something."""
        _demand(self.grids == "", "--grids: only paths are made up of grids")
        new = self.rules == "" and self.start == ""
        for name in ("alphabet", "relations"):
            _demand(
                not new or getattr(self, name) != "", f"--{name} is missing: only sudoku and path are known"
            )

    def check(self) -> None:
        """Refuses what cannot be, by name."""
        relational = self.block == "relational"
        if self.rules:
            self._check_rules()
        for name in ("task",) * (not self.rules) + ("output",) + ("data",) * (not relational):
            _demand(getattr(self, name) != "", f"--{name} is missing")
        if self.is_own:
            self._check_own()
        else:
            _demand(
                self.sizes == "" and self.generate == 0, "--sizes and --generate are of --rules and graphs"
            )
        sized = self.channel_hidden > 0 or self.start != ""
        _demand(not relational or sized, "--channel-hidden is missing")
        _demand(not relational or self.states == 1, "--states: a relational model has one")
        for name in ("steps", "batch", "states", "log_every", "maximum_steps", "rounds", "cells"):
            _demand(getattr(self, name) >= 1, f"--{_dashed(name)}: expected 1 or more")
        for name in ("open_maps", "unreachable", "wrong_givens", "replacement_share"):
            _demand(0 <= getattr(self, name) <= 1, f"--{_dashed(name)}: expected 0 to 1")
        for name in ("average", "smoothing", "beta1", "beta2", "muon_momentum"):
            _demand(0 <= getattr(self, name) < 1, f"--{_dashed(name)}: expected 0 or more, below 1")
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            negative = isinstance(value, (int, float)) and value < 0
            _demand(not negative, f"--{_dashed(item.name)}: expected 0 or more, found {value}")
        _demand(self.warm_up < self.steps, "--warm-up: expected fewer than --steps")
        _demand(self.prefix >= 1, "--prefix: expected 1 or more")

    def of_the_run(self) -> dict[str, Any]:
        """Those that its weights depend on: the same when a run is resumed."""
        names = [item.name for item in dataclasses.fields(self)]
        kept = names[: names.index("output")] + ["limit", "validation_puzzles", "precision"]
        return {name: getattr(self, name) for name in kept}

    def text(self) -> str:
        """What differs from the defaults, as a configuration file has it."""
        names = self.of_the_run()
        lines = [
            f"{_dashed(item.name)} = {_shown(getattr(self, item.name))}"
            for item in dataclasses.fields(self)
            if item.name in names and getattr(self, item.name) != item.default
        ]
        return "\n".join(lines)


def _demand(condition: bool, what: str) -> None:
    if not condition:
        raise SettingsError(what)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _shown(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _parse(item: dataclasses.Field, text: str) -> Any:
    """The value of a setting out of its text."""
    choices = ("yes", "no") if isinstance(item.default, bool) else item.metadata["choices"]
    if choices and text not in choices:
        raise SettingsError(f"--{_dashed(item.name)}: expected {', '.join(choices)}, found {text!r}")
    if isinstance(item.default, bool):
        return text == "yes"
    try:
        kind: type = type(item.default)
        return kind(text)
    except ValueError:
        raise SettingsError(f"--{_dashed(item.name)}: expected a number, found {text!r}") from None


def read_file(path: str) -> dict[str, str]:
    """The keys of a file, and their values as text."""
    values = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if line == "" or line.startswith("#"):
                continue
            key, equals, value = line.partition("=")
            if not equals or key.strip() in values:
                raise SettingsError(f"{path}: line {number}: expected `key = value`, once, found {line!r}")
            values[key.strip()] = value.strip()
    return values


def _with_rules(texts: dict[str, str]) -> dict[str, str]:
    """What is not said of a task that rules describe."""
    made = {} if texts.get("data") else {"generate": MADE_OF_RULES}
    texts = {**DESCRIBED, **made, **texts}
    steps = int(texts["steps"]) if texts["steps"].isdigit() else 0
    return {"warm-up": str(steps // 10 if steps < 10 * WARM_UP else WARM_UP), **texts}


def _metavar(item: dataclasses.Field) -> str:
    if isinstance(item.default, bool):
        return "yes|no"
    choices = item.metadata["choices"]
    return "|".join(choices) or {int: "N", float: "X", str: "TEXT"}[type(item.default)]


def _help(item: dataclasses.Field) -> str:
    default = "" if item.default == "" else f" (default {_shown(item.default)})"
    return item.metadata["help"] + default


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trm.torch.train",
        description="Trains a Tiny Recursive Model. Processes that torchrun starts share each batch.",
    )
    parser.add_argument("configuration", nargs="?", help="a file of `key = value`, as trm train reads it")
    for item in dataclasses.fields(Settings):
        name = f"--{_dashed(item.name)}"
        if item.name in FLAGS:
            parser.add_argument(name, action="store_const", const="yes", help=item.metadata["help"])
        else:
            parser.add_argument(name, metavar=_metavar(item), help=_help(item))
    return parser


def read_settings(arguments: Sequence[str]) -> Settings:
    """Out of the command line and the file that it names."""
    given = vars(_parser().parse_args(arguments))
    path = given.pop("configuration")
    texts = {} if path is None else read_file(path)
    texts.update({_dashed(name): text for name, text in given.items() if text is not None})
    if texts.get("rules"):
        texts = _with_rules(texts)
    items = {_dashed(item.name): item for item in dataclasses.fields(Settings)}
    for key in texts:
        _demand(key in items, f"{path}: there is no setting called {key!r}")
    settings = Settings(**{items[key].name: _parse(items[key], text) for key, text in texts.items()})
    settings.check()
    boxed = "minutes" not in texts or settings.minutes > 0
    _demand(boxed, "--minutes: a time box of zero leaves no time to train; without one a run goes to its end")
    return settings
