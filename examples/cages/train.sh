#!/bin/sh
# Trains a model of Latin squares with sum cages and measures it on puzzles that it has not seen, of a size
# that it has not seen, too: as it is, for 16 steps, and with a search until the rules call an answer right.
# usage: train.sh [TRM [STEPS [PUZZLES]]]
set -eu
trm=${1:-trm} steps=${2:-1500} puzzles=${3:-500} rules=$(dirname "$0")/cages.rules

"$trm" train --rules "$rules" --sizes 4-5 --steps "$steps" --validation-puzzles 0 --output cages.trm --restart
for size in 4 5 6; do
    "$trm" generate --rules "$rules" --sizes "$size" --count "$puzzles" --seed 777 --output "cages-$size.jsonl" -q
    echo "size $size, 16 steps:"
    "$trm" eval cages.trm "cages-$size.jsonl" --all-steps --steps 16
    echo "size $size, search and verification:"
    "$trm" eval cages.trm "cages-$size.jsonl" --search --require-verified
done
