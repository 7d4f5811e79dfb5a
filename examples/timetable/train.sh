#!/bin/sh
# Trains a model of timetables and measures it on puzzles that it has not seen, of a size that it has not
# seen, too: as it is, for 16 steps, and with a search until the rules call an answer right.
# usage: train.sh [TRM [STEPS [PUZZLES]]]
set -eu
trm=${1:-trm} steps=${2:-1500} puzzles=${3:-500} rules=$(dirname "$0")/timetable.rules

"$trm" train --rules "$rules" --sizes 10-24 --steps "$steps" --validation-puzzles 0 --output timetable.trm --restart
for size in 24 40; do
    "$trm" generate --rules "$rules" --sizes "$size" --count "$puzzles" --seed 777 --output "timetable-$size.jsonl" -q
    echo "size $size, 16 steps:"
    "$trm" eval timetable.trm "timetable-$size.jsonl" --all-steps --steps 16
    echo "size $size, search and verification:"
    "$trm" eval timetable.trm "timetable-$size.jsonl" --search --require-verified
done
