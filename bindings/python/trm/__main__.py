"""The command `python -m trm`: solve and eval, as the command `trm` has them."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from . import Error, Model, __version__, evaluate

_DATA, _INTERRUPTED = 1, 130


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. 0: it went well, 1: the data is wrong, 2: the options are, 130: control-C."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except Error as error:
        print(f"trm: {error}", file=sys.stderr)
        return _DATA
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trm", description="Runs Tiny Recursive Models.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    solve = commands.add_parser("solve", help="solve puzzles", parents=[_solve_options()])
    solve.add_argument("puzzles", nargs="+", metavar="PUZZLE", help="in the model's alphabet")
    solve.add_argument("--text", action="store_true", help="one answer a line instead of grids")
    solve.set_defaults(run=_solve)
    evaluation = commands.add_parser("eval", help="measure accuracy", parents=[_solve_options()])
    evaluation.add_argument("data", metavar="DATA.csv[.gz]", help="puzzles with answers")
    evaluation.add_argument("--question", metavar="NAME", help="the column of questions")
    evaluation.add_argument("--answer", metavar="NAME", help="the column of answers")
    evaluation.add_argument("--limit", type=int, metavar="N", help="only the first N puzzles")
    evaluation.add_argument("--json", action="store_true", help="one JSON object")
    evaluation.set_defaults(run=_eval)
    return parser


def _solve_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--steps", type=int, metavar="N", help="at most N supervision steps")
    parser.add_argument("--all-steps", action="store_true", help="always make all steps")
    parser.add_argument("--halt-probability", type=float, metavar="P", help="stop above P (default 0.5)")
    parser.add_argument(
        "--stable", type=int, metavar="K", help="also stop at the same answer K steps in a row"
    )
    parser.add_argument("--precision", choices=["stored", "int8"], default="stored")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="0: all that may be used")
    parser.add_argument("--batch", type=int, metavar="N", help="puzzles at once (default 8 for each thread)")
    return parser


def _keywords(given: argparse.Namespace) -> dict[str, Any]:
    """The options as Model.solve() takes them."""
    names = ("steps", "halt_probability", "threads", "batch")
    keywords = {name: getattr(given, name) for name in names}
    if given.stable is not None:
        keywords.update(halt="either", stable_steps=given.stable)
    if given.all_steps:
        keywords.update(halt=None)
    return keywords


def _solve(given: argparse.Namespace) -> int:
    with Model(given.model, precision=given.precision) as model:
        for answer in model.solve(given.puzzles, **_keywords(given)):
            print(answer.text if given.text else f"{answer}\n")
    return 0


def _eval(given: argparse.Namespace) -> int:
    with Model(given.model, precision=given.precision) as model:
        columns = {"question": given.question, "answer": given.answer}
        evaluation = evaluate(model, given.data, limit=given.limit, **columns, **_keywords(given))
    print(json.dumps(evaluation.as_dictionary()) if given.json else evaluation)
    return 0


if __name__ == "__main__":
    sys.exit(main())
