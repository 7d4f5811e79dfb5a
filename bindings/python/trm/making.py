"""New models, and conversions between formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._library import ffi, lib
from .errors import ArgumentError
from .info import AGGREGATES
from .keywords import ConvertOptions, InitOptions, check, expanded, names_of
from .native import Path, call, fill, new, path_bytes, text_bytes, value_of
from .puzzles import Puzzles

if TYPE_CHECKING:
    from typing_extensions import Unpack


def init(path: Path, **options: Unpack[InitOptions]) -> None:
    """Writes a model with random weights, the same for the same options on every machine.

    The keywords are those of `trm init` and `trm_init_options` (see trm.keywords.InitOptions); the defaults
    are the paper's for Sudoku: `trm.init("new.trm", channels=64, positions=16, vocabulary=6, task="sudoku",
    alphabet="\\0.1234", grid="4x4")`.
    """
    check("init", options, names_of(InitOptions))
    wanted = new("trm_init_options")
    own: InitOptions = {"gate": "normed", "prefix": 0} if options.get("block") == "relational" else {}
    fields = expanded({**own, **options})
    relations, kept_names = _relations(fields.pop("relations", ""))
    if len(relations) > 0:
        wanted.relations, wanted.relation_count = relations, len(relations)
    kept = [kept_names, fill(wanted, fields)]
    call(lib.trm_init, path_bytes(path), wanted)
    del kept


def init_of(path: Path, puzzles: Puzzles, **options: Unpack[InitOptions]) -> None:
    """The same for the puzzles of a described task, which say all but the network's dimensions."""
    wanted = new("trm_init_options")
    kept = fill(wanted, expanded(options))
    call(lib.trm_puzzles_model, puzzles.lend(), wanted)
    call(lib.trm_init, path_bytes(path), wanted)
    del kept


def _relations(text: str) -> tuple[Any, list[Any]]:
    """An array of trm_relation_info from names such as row,column, or NAME=SOURCE/LEVEL/AGGREGATES and so on, and
    what must live as long."""
    words = [name for word in text.split() for name in (word.split(",") if "=" not in word else [word])]
    array, names = ffi.new("trm_relation_info[]", len(words)), []
    for index, word in enumerate(words):
        name, is_long, rest = word.partition("=")
        if is_long == "":
            names.append(ffi.new("char[]", text_bytes("relations", name)))
            array[index] = new("trm_relation_info")[0]
            array[index].name = names[-1]
            continue
        parts = rest.split("/")
        if len(parts) != 3 or any(one not in AGGREGATES for one in parts[2].split("+")):
            example = "edge=question/positions/sum+max"
            expected = f"NAME=SOURCE/LEVEL/AGGREGATES, such as {example}"
            raise ArgumentError(f"relations: expected {expected}, found {word!r}")
        names.append(ffi.new("char[]", text_bytes("relations", name)))
        array[index] = new("trm_relation_info")[0]
        array[index].name = names[-1]
        array[index].source = value_of("trm_relation_source", parts[0])
        array[index].level = value_of("trm_relation_level", parts[1])
        array[index].aggregates = sum(AGGREGATES[one] for one in set(parts[2].split("+")))
    return array, names


def convert(source: Path, output: Path, **options: Unpack[ConvertOptions]) -> None:
    """Converts between .trm and safetensors (the published checkpoints), also each to itself, for example to
    deflate it.

    The keywords are those of `trm convert` and `trm_convert_options` (see trm.keywords.ConvertOptions).
    """
    check("convert", options, names_of(ConvertOptions))
    wanted = new("trm_convert_options")
    fields = expanded(options)
    names = [ffi.new("char[]", text_bytes("keep", name)) for name in fields.pop("keep", [])]
    kept: list[Any] = [names, ffi.new("char *[]", names), fill(wanted, fields)]
    wanted.keep, wanted.keep_count = kept[1], len(names)
    call(lib.trm_convert, path_bytes(source), path_bytes(output), wanted)
    del kept
