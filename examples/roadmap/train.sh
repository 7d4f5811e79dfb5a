#!/bin/sh
# Trains a model of shortest ways and measures it on road maps that it has not seen, of a size that it has not
# seen, too: as it is, for 16 steps, and from other random starts until the rules call an answer right.
# usage: train.sh [TRM [STEPS [PUZZLES]]]
set -eu
trm=${1:-trm} steps=${2:-6000} puzzles=${3:-500} rules=$(dirname "$0")/roadmap.rules

"$trm" train --rules "$rules" --sizes 12-40 --generate 100000 --channels 32 --channel-hidden 64 --cycles 1 --updates 4 \
    --steps "$steps" --validation-puzzles 0 --output roadmap.trm --restart
for size in 40 80; do
    "$trm" generate --rules "$rules" --sizes "$size" --count "$puzzles" --seed 777 --output "roadmap-$size.jsonl" -q
    echo "size $size, 16 steps:"
    "$trm" eval roadmap.trm "roadmap-$size.jsonl" --all-steps --steps 16
    echo "size $size, search and verification:"
    "$trm" eval roadmap.trm "roadmap-$size.jsonl" --search --require-verified
done
