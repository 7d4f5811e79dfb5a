"""New models, and conversions between formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._library import ffi, lib
from .keywords import ConvertOptions, InitOptions, check, expanded, names_of
from .native import Path, call, fill, new, path_bytes, text_bytes

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
    kept = fill(wanted, expanded(options))
    call(lib.trm_init, path_bytes(path), wanted)
    del kept


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
