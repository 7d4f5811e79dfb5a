"""Calls into the library: structs with their defaults, statuses as exceptions, words for enumerators."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Union

from ._library import ffi, lib
from .errors import ArgumentError, error_of

Path = Union[str, "os.PathLike[str]"]

_POINTERS: dict[str, Any] = {}
_INITIALISERS: dict[str, Callable[[Any], None]] = {}

# Where the library found a shape, which here has keywords of its own.
_PLACES = re.compile(r"^(?:trm_(?:questions\.shapes|solve_options\.shape)(?:\[0\])?|shape)(?:\.|: )")

# Fields that hold an enumerator, wherever they stand.
_ENUMERATIONS = {
    "architecture": "trm_architecture",
    "block": "trm_block",
    "position_encoding": "trm_position_encoding",
    "gate": "trm_gate",
    "likelihood": "trm_likelihood",
    "halting": "trm_halting",
    "format": "trm_format",
    "precision": "trm_precision",
    "optimiser": "trm_optimiser",
}


def new(struct: str) -> Any:
    """A struct as its _INIT macro has it."""
    if struct not in _INITIALISERS:
        _POINTERS[struct] = ffi.typeof(f"{struct} *")
        _INITIALISERS[struct] = getattr(lib, f"initialise_{struct}")
    made = ffi.new(_POINTERS[struct])
    _INITIALISERS[struct](made)
    return made


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Calls a function whose last argument is a trm_error; raises what it says when it fails."""
    error = new("trm_error")
    status = function(*arguments, error)
    if status != lib.TRM_OK:
        sentence = ffi.string(error.message).decode("utf-8", "replace")
        raise error_of(status, _PLACES.sub(lambda place: "" if place[0][-1] == "." else "shape: ", sentence))


def owned(pointer: Any, release: Callable[[Any], None], *needs: Any) -> Any:
    """A handle that is released with the last reference to it, and until then keeps alive what it needs."""

    def end(handle: Any, _needs: Any = needs) -> None:
        release(handle)

    return ffi.gc(pointer, end)


def path_bytes(path: Path) -> bytes:
    """A file's name as the library takes it."""
    name = os.fsencode(path)
    if b"\0" in name:
        raise ArgumentError(f"expected the name of a file, found a zero byte in {path!r}")
    return name


def words_of(enumeration: str) -> dict[int, str]:
    """The words for the values of an enumeration: `mixer` for TRM_BLOCK_MIXER."""
    elements: dict[int, str] = ffi.typeof(enumeration).elements
    prefix = os.path.commonprefix(list(elements.values())).rpartition("_")[0] + "_"
    return {value: name[len(prefix) :].lower().replace("_", "-") for value, name in sorted(elements.items())}


def value_of(enumeration: str, word: str) -> int:
    """TRM_BLOCK_MIXER for `mixer`."""
    values = {word: value for value, word in words_of(enumeration).items()}
    if word not in values:
        raise ArgumentError(f"{enumeration[4:]}: expected {' or '.join(values)}, found {word!r}")
    return values[word]


def enumeration_of(field: str) -> str | None:
    """The enumeration that a field of this name holds, if it does."""
    return _ENUMERATIONS.get(field)


def set_number(struct: Any, field: str, value: Any, name: str = "") -> None:
    """Sets a field that is a number; what does not fit is refused by name."""
    try:
        setattr(struct, field, value)
    except (OverflowError, TypeError) as reason:
        expected = "a number that is not negative and not too large"
        raise ArgumentError(f"{name or field}: expected {expected}, found {value!r}") from reason


def fill(struct: Any, values: Mapping[str, Any]) -> list[Any]:
    """Sets fields of a struct; None leaves the default. What it returns must live as long as the struct."""
    kept: list[Any] = []
    for field, value in values.items():
        if value is None:
            continue
        if isinstance(value, str) and field in _ENUMERATIONS:
            setattr(struct, field, value_of(_ENUMERATIONS[field], value))
        elif isinstance(value, (str, bytes)):
            encoded = one_byte_each(value) if field == "alphabet" and isinstance(value, str) else value
            kept.append(ffi.new("char[]", text_bytes(field, encoded)))
            setattr(struct, field, kept[-1])
        else:
            set_number(struct, field, value)
    return kept


def one_byte_each(alphabet: str) -> bytes:
    """The characters of tokens, as all texts in an alphabet are encoded."""
    try:
        return alphabet.encode("latin-1")
    except UnicodeEncodeError as error:
        found = alphabet[error.start]
        raise ArgumentError(f"alphabet: expected characters of one byte (Latin-1), found {found!r}") from None


def text_bytes(name: str, text: str | bytes) -> bytes:
    """Text as the library takes it, without zeros."""
    encoded = text.encode() if isinstance(text, str) else text
    if b"\0" in encoded:
        raise ArgumentError(f"{name}: expected text, found a zero character in {text!r}")
    return encoded
