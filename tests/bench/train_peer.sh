#!/usr/bin/env bash
# libtrm-train against PyTorch: the same model, puzzles and optimisers, on the same cores, in turns. Prints a
# table of medians and the ratio, which is the median over the turns; first it checks that both compute the
# same losses.
#
#     tests/bench/train_peer.sh TRAIN_SPEED [TURNS [STEPS]]      3 turns of 2 steps by default
#
# TRAIN_SPEED is the program in the build directory, such as build/tests/train_speed (a release build).
# Debian: python3-torch and libopenblas0-openmp, whose threads are PyTorch's own; without an optimised BLAS
# PyTorch is tens of times slower, and no peer. Its threads sleep while they wait: where other programs run,
# too, spinning halves its speed or worse. On a machine that does other work, take the last column, the ratio
# of what a second of processor time does; with several threads it still counts what they wait for each other.
set -euo pipefail
if [ $# -lt 1 ] || [ $# -gt 3 ]; then
    echo 'usage: tests/bench/train_peer.sh TRAIN_SPEED [TURNS [STEPS]]' >&2
    exit 2
fi
speed=$1 turns=${2:-3} steps=${3:-2}
peer=$(dirname "$0")/train_peer.py

python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import torch' 2>/dev/null && python=$candidate && break
done
[ -n "$python" ] || { echo 'There is no Python with PyTorch (Debian: python3-torch).' >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for depth in '3 6' '2 2'; do
    read -r cycles updates <<<"$depth"
    for threads in 1 2; do
        for _ in $(seq "$turns"); do
            "$speed" "$threads" "$cycles" "$updates" "$steps" "$work" >"$work/ours"
            OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=$threads OPENBLAS_NUM_THREADS=$threads \
                "$python" "$peer" "$work" "$cycles" "$updates" "$steps" >"$work/theirs"
            cat "$work/ours" "$work/theirs" >>"$work/T$cycles-n$updates-$threads"
        done
        "$python" - "$work/T$cycles-n$updates-$threads" <<'PYTHON'
import json, statistics, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
ours, theirs = lines[0::2], lines[1::2]
first = ours[0]
for a, b in zip(ours, theirs):
    if b["product_gflops"] < 15:
        sys.exit(f"PyTorch multiplies at {b['product_gflops']:.1f} GFLOP/s here: it lacks an optimised BLAS (Debian: libopenblas0-openmp).")
    for x, y in zip(a["losses"], b["losses"]):
        if abs(x - y) > 1e-3 * abs(y):
            sys.exit(f"The losses differ: {a['losses']} here, {b['losses']} in PyTorch.")
middle = lambda of, key: statistics.median(line[key] for line in of)
rate = "puzzle_steps_per_second"
ratio_of = lambda key: statistics.median(a[key] / b[key] for a, b in zip(ours, theirs))
if (first["cycles"], first["updates"], first["threads"]) == (3, 6, 1):
    print(f"Puzzle-steps a second, batch {first['batch']}, median of {len(ours)} turns; losses agree to "
          f"{max(abs(x - y) / abs(y) for a, b in zip(ours, theirs) for x, y in zip(a['losses'], b['losses'])):.0e}")
    print(f"{'':8} {'threads':>7} {'libtrm-train':>13} {'GFLOP/s':>8} {'of peak':>8} {'PyTorch':>8} {'its products':>13} "
          f"{'ratio':>6} {'processor time':>15}")
print(f"T {first['cycles']} n {first['updates']:<3} {first['threads']:>6} {middle(ours, rate):>13.1f} {middle(ours, 'gflops'):>8.1f} "
      f"{100 * middle(ours, 'peak_fraction'):>6.0f} % {middle(theirs, rate):>8.1f} {middle(theirs, 'product_gflops'):>5.0f} GFLOP/s "
      f"{ratio_of(rate):>6.1f} {ratio_of('puzzle_steps_per_processor_second'):>15.1f}", flush=True)
PYTHON
    done
done
