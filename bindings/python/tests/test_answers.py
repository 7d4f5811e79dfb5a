"""Answers worth trusting: runs, rules, search, and functions of the caller that are asked while solving."""

from __future__ import annotations

import json

import numpy as np
import pytest

import trm
from conftest import LARGE, ROOT

HARD = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4.."
SHIPPED = ROOT / "models/sudoku-small.trm"


@pytest.fixture
def model():
    with trm.Model(SHIPPED) as opened:
        yield opened


def test_an_answer_says_how_it_was_found(model) -> None:
    answer = model.solve(LARGE, policy="first-verified")
    assert (answer.ruling, answer.stop, answer.how, answer.runs, answer.pins) == (
        "verified",
        "verified",
        "run",
        1,
        0,
    )
    assert answer.total_steps == answer.steps and not answer.changed.any()


def test_what_nobody_calls_right_is_withheld(model) -> None:
    answer = model.solve("11..............", require_verified=True, steps=3)
    assert answer.ruling == "refuted" and not answer.tokens.any() and answer.halt_probability == 0


def test_a_search_is_the_one_of_the_command(model, command) -> None:
    said = json.loads(
        command("solve", "--json", "-q", SHIPPED, "--search", "--steps", 8, "--step-budget", 300, HARD)
    )["puzzles"][0]
    for runs in (1, 3):
        answer = model.solve(HARD, search=True, runs=runs, steps=8, step_budget=300)
        assert answer.text == said["answer"] and answer.ruling == said["verdict"]
        assert (answer.how, answer.runs, answer.pins) == (said["how"], said["runs"], said["pins"])
        assert answer.total_steps == said["total_steps"]


def test_views_and_policies(model) -> None:
    assert model.views() == [0, 1] and model.views(shape=(6, 6)) == [0]
    answer = model.solve(LARGE, runs=4, views=[0, 1], policy="vote", seed=3)
    assert answer.ruling == "verified" and answer.runs == 4
    with pytest.raises(trm.ArgumentError, match="expected a symmetry of the task"):
        model.solve(LARGE, views=[2])
    with pytest.raises(trm.ArgumentError, match="policy: expected first-halt or vote"):
        model.solve(LARGE, policy="most")


@pytest.mark.parametrize(
    "wrong", [{"seed": 2**64}, {"seed": -1}, {"step_budget": -1}, {"runs": 2**32}, {"seed": 0.5}]
)
def test_what_is_no_number_of_the_field_is_refused_by_name(model, wrong) -> None:
    with pytest.raises(trm.ArgumentError, match=f"{next(iter(wrong))}: expected a number"):
        model.solve(LARGE, **wrong)


def test_views_of_values_and_lines_are_those_of_mixers(model) -> None:
    mixer = trm.Model(SHIPPED.with_name("sudoku-4x4.trm"))
    assert (
        mixer.solve("12..34......4..1", runs=3, views=[0, 8, 24 + 32 * 7], policy="vote").ruling == "verified"
    )
    for view in (8, 16, 24, 32):
        with pytest.raises(trm.ArgumentError, match=f"expected a symmetry of the task.*found {view}"):
            model.solve(LARGE, views=[view])
    for wrong in ([2**32], [-1], ["all"], 3):
        with pytest.raises(trm.ArgumentError, match="views: expected numbers of views, found"):
            model.solve(LARGE, views=wrong)


@pytest.mark.parametrize("nonsense", ["yes", 7, 0.5, [True]])
def test_a_verifier_that_answers_nonsense_is_refused(model, nonsense) -> None:
    with pytest.raises(TypeError, match="verifier: expected True, False or None, found"):
        model.solve(LARGE, verifier=lambda *_: nonsense)


def test_a_verifier_is_asked(model) -> None:
    seen = []

    def verify(question, answer):
        seen.append((question.tolist(), answer.tolist()))
        return None if len(seen) < 2 else True

    answer = model.solve(LARGE, verifier=verify, halt=None)
    assert (answer.ruling, answer.stop, answer.steps) == ("verified", "verified", 2)
    assert seen[1][0] == model.encode(LARGE).tolist() and seen[1][1] == answer.tokens.tolist()


def test_a_watcher_sees_every_step(model) -> None:
    seen = []
    answers = model.solve([LARGE, HARD], runs=2, steps=3, batch=1, watcher=seen.append)
    assert len(seen) == answers.total_steps.sum()
    assert {step.question for step in seen} == {0, 1} and {step.run for step in seen} == {0, 1}
    assert seen[0].step == 1 and seen[0].changed == 81 and seen[0].tokens.shape == (81,)
    assert np.all(seen[0].probabilities > 0)
    assert all(step.view == 0 and step.pins == 0 for step in seen)
    assert seen[0].asked.tolist() == model.encode(LARGE).tolist()


def test_a_watcher_sees_views_and_guesses(model) -> None:
    seen = []
    model.solve(HARD, runs=2, views=[0, 1], steps=2, halt=None, watcher=seen.append)
    assert {(step.run, step.view) for step in seen} == {(0, 0), (1, 1)}
    seen.clear()
    model.solve(HARD, search=True, steps=2, step_budget=20, watcher=seen.append)
    guessed = [step for step in seen if step.how == "search"]
    asked = model.encode(HARD)
    assert guessed and all(step.pins == np.sum(step.asked != asked) > 0 for step in guessed)
    assert all(
        np.all((step.asked == asked) | (asked == asked[1])) for step in guessed
    ), "only blanks are guessed"


def test_what_a_callback_raises_ends_the_solve(model) -> None:
    def fail(*_):
        raise KeyError("enough")

    for name in ("verifier", "watcher"):
        with pytest.raises(KeyError, match="enough"):
            model.solve(LARGE, **{name: fail})
    assert model.solve(LARGE).text


def test_several_answers_are_those_of_the_command(model, command) -> None:
    puzzle = "..343412..434321"
    options = ("--json", "-q", "--search", "--candidates", 5, "--step-budget", 600)
    said = json.loads(command("solve", *options, SHIPPED, puzzle))["puzzles"][0]["candidates"]
    found = model.candidates(puzzle, 5, search=True, step_budget=600)
    assert len(found) == len(said) == 2
    for mine, other in zip(found, said):
        assert (mine.text, mine.count, mine.ruling, mine.how, mine.confidence) == (
            other["answer"],
            other["count"],
            other["verdict"],
            other["how"],
            1.0,
        )
        assert mine.grid.shape == (4, 4)


def test_candidates_without_rules_have_a_confidence(model) -> None:
    found = model.candidates(HARD, 9, runs=4, steps=4, verifier=lambda *_: None)
    assert sum(one.count for one in found) == 4 and {one.ruling for one in found} == {"unverified"}
    assert all(0 <= one.confidence <= 1 for one in found) and max(one.confidence for one in found) > 0


def test_what_is_no_request_for_candidates_is_refused(model) -> None:
    with pytest.raises(trm.ArgumentError, match="count: expected 1 to 65536, found 0"):
        model.candidates(LARGE, 0)
    with pytest.raises(trm.ArgumentError, match="expected one puzzle, found 2"):
        model.candidates([LARGE, LARGE])
    with pytest.raises(TypeError, match="unexpected keyword argument 'batch'"):
        model.candidates(LARGE, batch=2)
    with pytest.raises(KeyError, match="enough"):
        model.candidates(LARGE, verifier=lambda *_: {}["enough"])


def test_hints_are_those_of_the_command(model, command) -> None:
    puzzle = "123.34....4....1"
    said = json.loads(command("hint", "--json", "-q", "--all", SHIPPED, puzzle))
    hints = model.hint(puzzle, None)
    assert hints.end == said["end"] == "done" and hints.clash is None
    assert [
        {"position": h.position, "value": h.value, "reason": h.reason, "relation": h.relation}
        for h in hints.hints
    ] == [{name: one[name] for name in ("position", "value", "reason", "relation")} for one in said["hints"]]
    first = model.hint(puzzle)
    assert len(first) == 1 and first[0] == hints[0] and first.end == "more"
    assert (first[0].value, first[0].reason, first[0].relation) == ("4", "last", "row")


def test_hints_that_cannot_be_given(model) -> None:
    assert model.hint("11..............").clash == (0, 1)
    unknown = model.hint(HARD, None, steps=1)
    assert unknown.end == "unknown" and all(hint.reason != "model" for hint in unknown.hints)
    with pytest.raises(trm.ArgumentError, match="count: expected 1 or more"):
        model.hint(LARGE, 0)
    with pytest.raises(KeyError, match="enough"):
        model.hint(LARGE, verifier=lambda *_: {}["enough"])


def test_repairs_are_those_of_the_command(model, command) -> None:
    wrong = "6" + LARGE[1:]
    said = json.loads(command("solve", "--json", "-q", "--repair", SHIPPED, wrong))["puzzles"][0]
    repair = model.repair(wrong)
    assert (repair.text, repair.how, repair.ruling, repair.fewest, repair.total_steps) == (
        said["answer"],
        said["how"],
        said["verdict"],
        said["fewest"],
        said["total_steps"],
    )
    assert repair.changed.tolist() == [one["position"] for one in said["repairs"]] == [0]
    assert len(model.repair(LARGE).changed) == 0
    with pytest.raises(trm.ArgumentError, match="verifier: expected NULL"):
        model.repair(LARGE, verifier=lambda *_: True)
