"""Every allocation of every subcommand fails once, alone and with all that follow, those of Jansson, zlib and the C library too.

    cc -shared -fPIC -o failing_malloc.so tests/campaigns/failing_malloc.c
    python tests/campaigns/allocations.py TRM MODELS failing_malloc.so [--stride N] [--only WORD]

TRM is the command, MODELS the folder of the shipped models. A command whose allocation failed ends with a status of its own and a
sentence, or does what it does without the failure; it never crashes, hangs, or leaves a file beside those that it was to write. What it
was to write is whole or was not touched. --stride 7 lets every seventh fail. The exit status is 0 when all of this held.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SUDOKU4 = "1.3..4.2.3.12.4."
TINY = (
    "--channels 8 --channel-hidden 8 --blocks 1 --cycles 1 --updates 1 --batch 2 --steps 2 --task sudoku --boxes 2x2 --generate 4 "
    "--validation-puzzles 2 --quiet"
)
LACKS = (b"but this build has only the caller's", b"need a build with zlib")  # what a build without threads or zlib says
SCENARIOS = {  # words of the command, where {m} is the folder of models; and the files that it writes
    "solve": f"solve {{m}}/sudoku-small.trm {SUDOKU4}",
    "solve-file": "solve {m}/sudoku-small.trm --file list.csv --batch 2 --threads 2 --json",
    "solve-search": f"solve {{m}}/sudoku-small.trm {SUDOKU4} --search --runs 2 --candidates 3",
    "solve-graph": "solve {m}/colouring.trm --file graph.jsonl --json",
    "repair": f"solve {{m}}/sudoku-small.trm {SUDOKU4} --repair",
    "eval": "eval {m}/sudoku-small.trm list.csv --batch 2 --predictions out.csv -q",
    "eval-mixed": "eval {m}/sudoku-small.trm mixed.csv -q --json",
    "calibrate": "calibrate -q {m}/sudoku-small.trm out.trm list.csv",
    "hint": f"hint {{m}}/sudoku-small.trm {SUDOKU4} --all",
    "trace": f"trace -q {{m}}/sudoku-small.trm {SUDOKU4} -o out.json",
    "info": "info {m}/sudoku-small.trm --json",
    "models": "models",
    "convert": "convert -q {m}/sudoku-small.trm out.safetensors",
    "convert-back": "convert -q small.safetensors out.trm",
    "convert-deflate": "convert -q {m}/sudoku-small.trm out.trm --deflate",
    "quantize": "quantize -q {m}/sudoku-small.trm out.trm",
    "embed": "embed -q {m}/sudoku-small.trm -o out.c",
    "generate": "generate sudoku --boxes 2x2 --count 3 --output out.csv -q",
    "generate-graphs": "generate colouring --count 2 --output out.jsonl -q",
    "init": "init -q out.trm --task sudoku --positions 16 --grid 4x4 --alphabet -.1234 --channels 8 --channel-hidden 8 --token-hidden 8 --blocks 1 --vocabulary 6",
    "train": f"train --block mixer --token-hidden 8 --output out.trm {TINY}",
    "train-relational": f"train --block relational --output out.trm {TINY}",
    "train-configured": "train tiny.conf --output out.trm --quiet",
    "train-resume": "train --output run.trm --resume " + f"--block mixer --token-hidden 8 {TINY}",
}
READS_JSON = ("convert-back",)
"""Jansson 2.14 leaves out characters of text with escapes when its buffer cannot grow, and then crashes over them: one allocation of
some 1,600 here. These are told, and are no failure of this campaign."""
SECONDS = 120


class Run:
    """A command in a folder of its own."""

    def __init__(self, words: "list[str]", library: str, template: Path) -> None:
        self._words, self._library, self._template = words, library, template

    def __call__(self, at: "int | None", goes_on: bool = False) -> "tuple[int, bytes, bytes, dict[str, bytes], bool]":
        """Status, output, errors, the folder's new or changed files, and whether an allocation failed."""
        with tempfile.TemporaryDirectory(prefix="trm-", dir=_fast()) as name:
            folder = Path(name) / "work"
            shutil.copytree(self._template, folder)
            seen = Path(name) / "seen"
            environment = {**os.environ, "TMPDIR": name}
            if at is not None:
                environment |= {"LD_PRELOAD": self._library, "TRM_FAIL_AT": str(at), "TRM_FAIL_SEEN": str(seen)}
                environment |= {"TRM_FAIL_ON": "1"} if goes_on else {}
            done = subprocess.run(
                self._words, cwd=folder, env=environment, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL
            )
            before = {path.name: path.read_bytes() for path in self._template.iterdir()}
            after = {path.name: path.read_bytes() for path in folder.iterdir()}
            changed = {file: data for file, data in after.items() if before.get(file) != data}
            return done.returncode, done.stdout, done.stderr, changed, seen.exists()


def _fast() -> "str | None":
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def prepare(folder: Path, trm: str, models: str) -> None:
    """The inputs that the scenarios name."""

    def make(words: str) -> None:
        subprocess.run([trm, *words.format(m=models).split()], cwd=folder, check=True, capture_output=True)

    make("generate sudoku --boxes 2x2 --count 4 --seed 1 --output list.csv -q")
    make("generate sudoku --boxes 2x3 --count 2 --seed 1 --output other.csv -q")
    make("generate colouring --count 2 --seed 1 --output graph.jsonl -q")
    make("convert -q {m}/sudoku-small.trm small.safetensors")
    make(f"train --block mixer --token-hidden 8 --output run.trm --minutes 1e-9 {TINY}")
    rows = (folder / "list.csv").read_text() + "".join((folder / "other.csv").read_text().splitlines(True)[1:])
    (folder / "mixed.csv").write_text(rows)
    words = TINY.replace("--quiet", "--token-hidden 8").split()
    pairs = zip(words[::2], words[1::2])
    (folder / "tiny.conf").write_text("".join(f"{key[2:]} = {value}\n" for key, value in pairs))


def opens(trm: str, name: str, data: bytes) -> bool:
    """Whether it is a whole model, if without the last that a training notes in it."""
    with tempfile.NamedTemporaryFile(suffix=".trm") as file:
        file.write(data)
        file.flush()
        return name.endswith(".trm") and subprocess.run([trm, "info", file.name], capture_output=True).returncode == 0


def fault_of(trm: str, good: "tuple[int, bytes, bytes, dict[str, bytes], bool]", found: "tuple[int, bytes, bytes, dict[str, bytes], bool]") -> "str | None":
    """What is wrong with a command whose allocation failed."""
    status, output, errors, changed, _ = found
    logs = {name for name in changed if name.endswith((".jsonl", ".checkpoint"))}  # of a training that began
    if status < 0 or status > 8:
        return f"status {status}"
    if status != 0 and not errors.strip():
        return f"status {status} without a sentence"
    strays = changed.keys() - good[3].keys()
    if strays:
        return f"it leaves {sorted(strays)}"
    for name in changed.keys() - logs:
        if status == 0 and changed[name] != good[3][name] and len(changed[name]) != len(good[3][name]):
            return f"{name} is another file"
        if status != 0 and len(changed[name]) != len(good[3][name]) and not opens(trm, name, changed[name]):
            return f"{name} is half written"
    if status == 0 and changed.keys() != good[3].keys():
        return "it succeeds without its files"
    return None


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("trm")
    parser.add_argument("models")
    parser.add_argument("library")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    trm, models, library = (os.path.abspath(path) for path in (given.trm, given.models, given.library))
    failures = total = known = 0
    with tempfile.TemporaryDirectory(prefix="trm-", dir=_fast()) as name:
        template = Path(name)
        prepare(template, trm, models)
        for scenario, words in SCENARIOS.items():
            if given.only not in scenario:
                continue
            run = Run([trm, *words.format(m=models).split()], library, template)
            good = run(None)
            if good[0] != 0 and any(lack in good[2] for lack in LACKS):
                print(f"{scenario}: skipped, {good[2].decode().strip()}")
                continue
            if good[0] != 0:
                print(f"{scenario}: status {good[0]}: {good[2].decode()}")
                failures += 1
                continue
            count = 0
            for goes_on in (False, True):
                at = 0
                while (found := run(at, goes_on))[4]:
                    count += 1
                    if (fault := fault_of(trm, good, found)) is not None:
                        in_jansson = scenario in READS_JSON and found[0] < 0
                        known += in_jansson
                        failures += not in_jansson
                        print(f"{scenario}: allocation {at}{' and all that follow' if goes_on else ''}: {fault}: {found[2][:200]!r}")
                    at += given.stride
            total += count
            print(f"{scenario}: {count} failures of allocations", flush=True)
    print(f"{total} failures of allocations, {failures} of them not survived, and {known} not by Jansson")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
