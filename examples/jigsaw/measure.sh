#!/bin/sh
# Jigsaws, Sudokus whose boxes are crooked, without training: the model of Sudokus is given each puzzle's
# regions. usage: measure.sh [TRM [MODEL [PUZZLES]]]
set -eu
trm=${1:-trm} model=${2:-sudoku} puzzles=${3:-500}

"$trm" generate jigsaw --givens 34 --count "$puzzles" --seed 11 --output jigsaws.csv -q
"$trm" eval "$model" jigsaws.csv
"$trm" generate jigsaw --minimal --count "$((puzzles / 5))" --seed 11 --output minimal.csv -q
echo 'minimal, without a given that could be left out:'
"$trm" eval "$model" minimal.csv --search --require-verified
