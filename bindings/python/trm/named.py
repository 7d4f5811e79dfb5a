"""Models by their names: `trm.Model("sudoku")`."""

from __future__ import annotations

import os
from pathlib import Path as FilePath

from ._library import ffi, lib
from .errors import FileError
from .native import Path, call, path_bytes

ROOM = 4200
OWN = FilePath(__file__).with_name("models")
"""What the package brings along: behind the folders that the user names, before the system's."""


def find(path: Path) -> bytes:
    """The path of a model, which may be a name."""
    name = path_bytes(path)
    place = ffi.new("char[]", max(ROOM, len(name) + 1))
    try:
        call(lib.trm_model_find, name, place, len(place))
    except FileError:
        own = OWN / f"{os.fsdecode(name)}.trm"
        if not own.is_file():
            raise
        return os.fsencode(own)
    return bytes(ffi.string(place))


def _folders() -> list[str]:
    found: list[str] = []
    place = ffi.new("char[]", ROOM)
    while True:
        call(lib.trm_model_folder, len(found), place, ROOM)
        folder = ffi.string(place)
        if not folder:
            return [*found, os.fspath(OWN)]
        found.append(os.fsdecode(folder))


def models() -> dict[str, str]:
    """The path of each model that can be named, as in `trm.Model("sudoku")`: those in the folders of TRM_MODELS (in
    the environment), the user's (~/.local/share/trm/models), the system's, and those that the package has."""
    found: dict[str, str] = {}
    for folder in _folders():
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".trm") and _stands_for(name[:-4], path):
                found[name[:-4]] = path
    return found


def _stands_for(name: str, path: str) -> bool:
    """Whether that is what the name stands for: it may be none, and another folder may have it, too."""
    try:
        return FilePath(os.fsdecode(find(name))) == FilePath(path)  # Windows has two separators
    except FileError:
        return False
