"""Lists of puzzles as `trm train` reads them: the rules are the library's (doc/lists.md). A checkout in which
nothing is built (models/checkout.py) has no library; there a list is as `trm generate` writes it, and no other.
"""

from __future__ import annotations

import gzip
import zlib
from array import array
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Iterator, NamedTuple, cast

import numpy as np

HEADER = b"source,question,answer,rating"
BLANKS = {"sudoku": ".0_*-", "path": " ."}


class ListRow(NamedTuple):
    """As trm.tables has it."""

    line: int
    source: bytes
    question: bytes
    answer: bytes
    rows: bytes
    columns: bytes


def _open(path: str) -> BinaryIO:
    with open(path, "rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if zipped else open(path, "rb")


def _read_plain(path: str) -> Iterator[ListRow]:
    with _open(path) as file:
        if file.readline().rstrip(b"\r\n") != HEADER:
            raise ValueError(
                f"{path}: expected the first line {HEADER.decode()}, as libtrm is not built here"
            )
        try:
            for number, line in enumerate(file, 2):
                fields = line.rstrip(b"\r\n").split(b",")
                if len(fields) != 4:
                    raise ValueError(f"{path}: line {number}: expected 4 columns, found {len(fields)}")
                yield ListRow(number, *fields[:3], b"", b"")
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{path}: {error}") from None


def read_rows(path: str, about: dict[str, Any]) -> Iterator[Any]:
    """The rows of a list; `about` are the fields of trm_task."""
    try:
        from ...tables import read_list
    except ImportError:
        return _read_plain(path)
    return read_list(path, about)


def tokens_of_bytes(name: str, alphabet: str) -> np.ndarray:
    """The token of each byte, 255 for none. Letters stand in either case; a blank has several characters."""
    table = np.full(256, 255, np.uint8)
    for token, character in enumerate(alphabet):
        if character != "\0":
            table[ord(character)] = token
            if name == "sudoku":
                table[ord(character.lower())] = token
    blanks = [ord(character) for character in BLANKS.get(name, "")]
    for other in blanks:
        table[other] = table[blanks[0]] if table[other] == 255 else table[other]
    return table


@dataclass
class Texts:
    """Questions and answers of one size, and where they stand."""

    text: bytearray = field(default_factory=bytearray)
    lines: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, path: str, row: Any, cells: int) -> None:
        if len(row.question) != cells or len(row.answer) != cells:
            found = f"{len(row.question)} and {len(row.answer)}" if row.answer else "no answer"
            raise ValueError(
                f"{path}: line {row.line}: expected a question and an answer of {cells} cells, found {found}"
            )
        self.text += row.question + row.answer
        self.lines.append(row.line)

    def tokens(self, path: str, name: str, alphabet: str) -> np.ndarray:
        """Count x 2 x cells, checked against each other."""
        bytes_ = np.frombuffer(self.text, np.uint8)
        tokens = tokens_of_bytes(name, alphabet)[bytes_].reshape(len(self.lines), 2, -1)
        wrong = (tokens == 255).any(1)
        if name == "sudoku":
            blank = alphabet.index(".")
            given = tokens[:, 0] != blank
            wrong |= given & (tokens[:, 0] != tokens[:, 1]) | (tokens[:, 1] == blank)
        if wrong.any():
            puzzle, cell = np.argwhere(wrong)[0]
            raise ValueError(
                f"{path}: line {self.lines[puzzle]}: cell {cell + 1} is no cell of {name}, "
                "or not the question's"
            )
        return cast(np.ndarray, tokens)
