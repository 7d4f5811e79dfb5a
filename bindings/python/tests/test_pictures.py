"""Puzzles that are pasted as pictures of several lines."""

from __future__ import annotations

import pytest

import trm
from conftest import ROOT

PICTURE = """
+-----+-----+
| 1 . | 3 . |
| . 4 | . 2 |
+-----+-----+
| . 3 | . 1 |
| 2 . | 4 . |
+-----+-----+
"""
ANSWER = "1234341243212143"


@pytest.fixture(scope="module")
def small() -> trm.Model:
    return trm.Model(ROOT / "models/sudoku-small.trm")


@pytest.mark.parametrize(
    "text",
    [PICTURE, "1.3.\n.4.2\n.3.1\n2.4.", "1.3..4.2.3.12.4.\n", "1 . 3 .\r\n. 4 . 2\r\n. 3 . 1\r\n2 . 4 .\r\n"],
)
def test_a_picture_is_a_puzzle(small, text) -> None:
    assert small.solve(text).text == ANSWER
    assert small.hint(text).hints[0].position == 1
    assert [answer.text for answer in small.solve([text, "1.3..4.2.3.12.4."])] == [ANSWER, ANSWER]
    assert small.encode(text).tolist() == small.encode("1.3..4.2.3.12.4.").tolist()


def test_a_map_tells_its_rows_and_columns() -> None:
    with trm.Model(ROOT / "models/path.trm") as model:
        answer = model.solve("######\nS   G \n      \n######\n######\n\n")
        assert answer.grid.shape == (5, 6) and answer.text.count("o") == 3
        assert (
            model.solve("######\nS   G \n######\n######\n######", shape=(5, 6)).text
            == "######SoooG ##################"
        )


def test_what_is_no_picture(small) -> None:
    for text, words in [
        (PICTURE + "\n" + PICTURE, "expected one puzzle in a text, found 2"),
        ("1.3.\n.4.2\n.3.x\n2.4.", "the puzzle: line 3: expected row 3 of 4"),
        ("\n", "expected one puzzle in a text, found 0"),
        ("1.3.\n.4.2\n", "the puzzle: .*"),
    ]:
        with pytest.raises(trm.PuzzleError, match=words):
            small.solve(text)
