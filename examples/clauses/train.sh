#!/bin/sh
# Trains a model of 3-SAT and measures it on puzzles that it has not seen, of a size that it has not seen,
# too: as it is, for 64 steps, and with a search until the rules call an answer right.
# usage: train.sh [TRM [STEPS [PUZZLES]]]
set -eu
trm=${1:-trm} steps=${2:-5000} puzzles=${3:-500} rules=$(dirname "$0")/clauses.rules

"$trm" train --rules "$rules" --sizes 6-12 --steps "$steps" --generate 60000 --validation-puzzles 0 --output clauses.trm --restart
for size in 10 12 16; do
    "$trm" generate --rules "$rules" --sizes "$size" --count "$puzzles" --seed 777 --output "clauses-$size.jsonl" -q
    echo "size $size, 64 steps:"
    "$trm" eval clauses.trm "clauses-$size.jsonl" --all-steps --steps 64
    echo "size $size, search and verification:"
    "$trm" eval clauses.trm "clauses-$size.jsonl" --search --require-verified
done
