"""Threads, processes, ends: what is in use is never taken away, and what is not is given back."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
import tracemalloc
import weakref

import numpy as np
import pytest

import trm
from conftest import SMALL, TASK, TINY, interrupt

SHUTDOWN = """
import threading, time, trm
kept = trm.Model({path!r})
stream = kept.stream([{puzzle!r}] * 4, halt=None, threads=2)
next(stream)
def solve():
    while True:
        kept.solve([{puzzle!r}] * 64, halt=None, threads=2)
for _ in range(2):
    threading.Thread(target=solve, daemon=True).start()
trainer = trm.Trainer({path!r}, trm.generate("sudoku", 10, boxes="2x2"), steps=2, batch=4)
trainer.step()
time.sleep(0.1)
print("the end")
"""


posix_alone = pytest.mark.skipif(os.name == "nt", reason="Windows has no fork() and no /proc")


def is_mapped(path: str) -> bool:
    with open("/proc/self/maps") as maps:
        return any(path in line for line in maps)


def together(*calls) -> list:
    """Runs calls in threads of their own; what they raised."""
    raised: list = []

    def run(call) -> None:
        try:
            call()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_threads_share_a_model(small, puzzles) -> None:
    expected = small.solve(puzzles).tokens.tobytes()
    got: list[bytes] = []

    def work(threads: int) -> None:
        for _ in range(5):
            got.append(small.solve(puzzles, threads=threads, batch=10).tokens.tobytes())

    raised = together(*[lambda threads=threads: work(threads) for threads in (1, 1, 2, 2, 3)])
    assert raised == [] and got == [expected] * 25


def test_solving_leaves_the_interpreter_to_others(small, puzzles) -> None:
    """While one thread is inside a solve, this one counts."""
    solving, counted = threading.Event(), 0
    tokens = np.stack([small.encode(puzzle.question) for puzzle in puzzles])

    def work() -> None:
        solving.set()
        small.solve(tokens=tokens, halt=None, batch=len(tokens))
        solving.clear()

    thread = threading.Thread(target=work)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # nobody is asked to give the interpreter back
    try:
        thread.start()
        solving.wait()
        while solving.is_set():
            counted += 1
            time.sleep(0)
    finally:
        sys.setswitchinterval(before)
        thread.join()
    assert counted > 100


def test_control_c_ends_a_long_solve(small) -> None:
    tokens = np.ones((100_000, 16), np.int32)
    timer = threading.Timer(0.2, interrupt)
    begin = time.process_time()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        small.solve(tokens=tokens, steps=1)
    assert time.process_time() - begin < 5


def test_closing_while_another_thread_solves(tiny_path) -> None:
    for _ in range(20):
        model = trm.Model(tiny_path)
        begun = threading.Event()

        def work() -> None:
            while True:
                begun.set()
                model.solve([SMALL] * 50)

        (error,) = together(work, lambda: (begun.wait(), model.close()))
        assert isinstance(error, trm.ArgumentError) and "closed" in str(error)


@posix_alone
def test_memory_goes_with_the_last_use(tiny_path) -> None:
    model = trm.Model(tiny_path)
    steps = model.stream(SMALL, halt=None)
    next(steps)
    model.close()
    assert is_mapped(tiny_path)
    next(steps)
    del steps
    gc.collect()
    assert not is_mapped(tiny_path)
    model = trm.Model(tiny_path)
    with pytest.raises(trm.PuzzleError):
        model.solve("too short")
    del model
    gc.collect()
    assert not is_mapped(tiny_path)


def resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@posix_alone
def test_nothing_leaks(tiny_path, tmp_path) -> None:
    """Neither what Python counts nor what only the system sees; failures and half-used streams included."""

    def work() -> None:
        with trm.Model(tiny_path) as model:
            answers = model.solve([SMALL] * 10)
            repr(answers), answers[0]._repr_html_()
            next(model.stream([SMALL] * 500))
            for bad in ("x", [SMALL, 3], np.ones(3)):
                with pytest.raises((trm.Error, TypeError)):
                    model.solve(bad)
        with pytest.raises(trm.FormatError):
            trm.Model(__file__)
        trm.generate("sudoku", 10, boxes="2x2").write(tmp_path / "p.csv")
        with trm.Trainer(
            tiny_path, trm.generate("sudoku", 10, boxes="2x2"), steps=2, batch=4, threads=2
        ) as trainer:
            trainer.step()

    for _ in range(10):
        work()
    gc.collect()
    tracemalloc.start()
    counted, seen = tracemalloc.get_traced_memory()[0], resident()
    for _ in range(100):
        work()
    gc.collect()
    counted, seen = tracemalloc.get_traced_memory()[0] - counted, resident() - seen
    tracemalloc.stop()
    assert counted < 100_000 and seen < 5_000_000


def test_everything_is_collected(tiny_path, puzzles) -> None:
    model = trm.Model(tiny_path)
    trainer = trm.Trainer(tiny_path, puzzles, steps=1)
    answers = model.solve([SMALL] * 2)
    seen = [weakref.ref(one) for one in (model, trainer, answers, answers.tokens)]
    del model, trainer, answers
    gc.collect()
    assert [one() for one in seen] == [None] * 4


def test_the_interpreter_may_end_at_any_time(python, small_path) -> None:
    done = python("-X", "dev", "-c", SHUTDOWN.format(path=small_path, puzzle=SMALL))
    assert (done.returncode, done.stdout, done.stderr) == (0, "the end\n", "")


def in_child(work) -> int:
    """The status of a child process that does this; 9 when it does not end."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    timer = threading.Timer(20, lambda: os.kill(child, 9))
    timer.start()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    timer.cancel()
    return status


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@posix_alone
def test_a_child_after_fork_has_threads_of_its_own(small, small_path, puzzles) -> None:
    expected = small.solve(puzzles, threads=2).tokens.tobytes()
    steps = small.stream([SMALL] * 4, halt=None, threads=2)
    next(steps)
    trainer = trm.Trainer(small_path, trm.generate("sudoku", 10, boxes="2x2"), steps=2, batch=4, threads=2)

    def work() -> None:
        assert small.solve(puzzles, threads=2).tokens.tobytes() == expected
        for call in (lambda: next(steps), trainer.step):
            with pytest.raises(trm.ArgumentError, match="fork"):
                call()
        gc.collect()

    assert in_child(work) == 0
    assert small.solve(puzzles, threads=2).tokens.tobytes() == expected
    assert next(steps)[0].steps == 2 and trainer.step().step == 1


@posix_alone
def test_where_there_is_no_fork(python, small_path) -> None:
    solve = f"trm.Model({str(small_path)!r}).solve({SMALL!r}, threads=2)"
    done = python("-c", f"import os; del os.fork, os.register_at_fork; import trm; {solve}")
    assert (done.returncode, done.stderr) == (0, "")


@posix_alone
def test_two_copies_in_one_process(python, tmp_path) -> None:
    """Another libtrm, whose names everyone sees, does not get in the way."""
    (tmp_path / "other.c").write_text(
        "int trm_model_open(void) { return 99; }\nint trm_solve(void) { return 99; }\n"
    )
    other = tmp_path / "libother.so"
    compiled = subprocess.run(["cc", "-shared", "-fPIC", tmp_path / "other.c", "-o", other])
    if compiled.returncode != 0:
        pytest.skip("there is no compiler")
    trm.init(tmp_path / "m.trm", **TINY, **TASK)
    program = f"import ctypes; ctypes.CDLL({str(other)!r}, mode=ctypes.RTLD_GLOBAL)\n"
    program += f"import trm; print(len(trm.Model({str(tmp_path / 'm.trm')!r}).solve({SMALL!r}).text))"
    assert python("-c", program).stdout == "16\n"


@posix_alone
def test_a_pickled_model_is_opened_again(small_path, small) -> None:
    with trm.Model(small_path, precision="int8", mapped=False) as model:
        again = pickle.loads(pickle.dumps(model))
        assert again is not model and again.info.quantised
        assert again.solve(SMALL).probabilities.tobytes() == model.solve(SMALL).probabilities.tobytes()
        assert copy.copy(model) is model and copy.deepcopy([model])[0] is model
    for kind in ("fork", "spawn"):
        with multiprocessing.get_context(kind).Pool(1) as workers:
            assert workers.apply(trm.Model.encode, (small, SMALL)).tolist() == small.encode(SMALL).tolist()
    with pytest.raises(trm.ArgumentError, match="from bytes: open it in each process"):
        pickle.dumps(trm.Model.from_bytes(open(small_path, "rb").read()))
    again.close()
    with pytest.raises(trm.ArgumentError, match="closed"):
        pickle.dumps(again)
    with pytest.raises(trm.ArgumentError, match="read\\(\\) that in each process"):
        pickle.dumps(trm.Puzzles("sudoku", boxes="2x2"))


def test_numbers_of_numpy_are_numbers(small) -> None:
    answers = small.solve([SMALL] * 3, batch=np.int64(2), steps=np.uint8(3), seed=np.int32(4))
    assert len(answers) == 3 and len(trm.generate("sudoku", np.int64(2), boxes="2x2")) == 2
    with pytest.raises(trm.ArgumentError, match="steps: expected 1 to 65536, found 0"):
        small.solve(SMALL, steps=0)
