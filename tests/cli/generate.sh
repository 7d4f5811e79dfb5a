# shellcheck shell=sh disable=SC2154
# trm generate. A part of run.sh.

expect 'generate sudoku' 0 'source,question,answer,rating
generated,????????????????,????????????????,*' '* puzzles in * s, * a second' generate sudoku --boxes 2x2 --count 300 --seed 3
is 'generate: a header and as many lines' "$(wc -l <out | tr -d ' ')" 301
mv out made.csv
run generate sudoku --boxes 2x2 --count 300 --seed 3 --output written.csv -q
is 'generate --output: the same puzzles, nothing else' "$status $(cat out err; cmp written.csv made.csv)" '0 '
run generate sudoku --boxes 2x2 --count 300 --seed 4
if cmp -s out made.csv; then not_ok 'generate --seed' 'other puzzles'; else ok 'generate --seed'; fi
run generate sudoku --boxes 2x2 --count 10 --givens 7
is 'generate --givens' "$(sed 1d out | cut -d, -f2 | tr -d '.\n' | wc -c | tr -d ' ')" 70
run generate path --grid 6x7 --walls 25-30 --count 20 --json
object 'generate --json' puzzles seconds puzzles_per_second
is 'generate path: forty-two cells' "$(sed -n 2p out | cut -d, -f2 | tr -d '\n' | wc -c | tr -d ' ')" 42
# Without rules only the file's answers are right: one of twenty is not, and the model is sure of it.
run convert "$root/models/sudoku-4x4.trm" ruleless.trm --task other
run generate sudoku --boxes 2x2 --count 20 --seed 5 --output twenty.csv
awk -F, -v OFS=, 'NR == 21 { $3 = $2; gsub(/\./, "1", $3) } { print }' twenty.csv >spoilt.csv
run calibrate ruleless.trm sure.trm twenty.csv --steps 16 --json
is 'calibrate' "$status $(field halt_threshold) $(field maximum_steps) $(field called_right) $(field called_right_wrongly)" '0 0.94 8 20 0'
object 'calibrate --json: fields' halt_threshold maximum_steps puzzles exact called_right called_right_wrongly mean_steps
run info sure.trm --json
is 'calibrate: what it writes' "$(field maximum_steps)" 8
expect 'calibrate: where it is from' 0 '*provenance.calibration*twenty.csv 20 puzzles, 20 called right, 0 wrongly*' '' info sure.trm
run calibrate ruleless.trm sure.trm twenty.csv spoilt.csv --steps 16 --wrong 5 --json
is 'calibrate: as many wrong as may be' "$status $(field halt_threshold) $(field called_right_wrongly)" '0 0.94 1'
expect 'calibrate: a table' 0 '*threshold*called right*twenty.csv*spoilt.csv*chosen: a halt probability above 0.94, at most 8 steps' '' calibrate ruleless.trm sure.trm twenty.csv spoilt.csv --steps 16 --wrong 5
run calibrate ruleless.trm sure.trm twenty.csv spoilt.csv --steps 16 --threshold 0.7 --json
is 'calibrate: a threshold that is kept' "$status $(field halt_threshold) $(field maximum_steps)" '0 0.7 8'
expect 'calibrate: of a threshold that is kept' 0 '*provenance.calibration*--threshold 0.7:*' '' info sure.trm
expect 'calibrate: a kept threshold, in a table' 0 '*spoilt.csv*kept: a halt probability above 0.7, at most 8 steps' '' calibrate ruleless.trm sure.trm spoilt.csv --steps 16 --threshold 0.7
run calibrate "$root/models/sudoku-4x4.trm" sure.trm twenty.csv --steps 16 --runs 3 --json
is 'calibrate --runs' "$status $(field selectors)" '0 first-halt vote best first-verified'
expect 'calibrate --runs: trm info tells' 0 '*task.selectors *first-halt vote best first-verified*' '' info sure.trm
expect 'calibrate --runs: a table' 0 '*chosen by*one run*vote*first-verified*trustworthy: first-halt vote best first-verified' '' \
    calibrate "$root/models/sudoku-4x4.trm" sure.trm twenty.csv --steps 16 --runs 3
run generate sudoku --boxes 3x3 --count 4 --seed 3 --output nine.csv
run generate sudoku --boxes 2x3 --count 4 --seed 3 --output six.csv
run calibrate "$root/models/sudoku-small.trm" sure.trm nine.csv six.csv --steps 16 --runs 2 --json
is 'calibrate --runs: sizes with other views' "$status $(field puzzles) $(field selectors)" '0 8 first-halt vote best first-verified'
run calibrate ruleless.trm sure.trm twenty.csv --steps 16 --runs 3 --json
is 'calibrate --runs: without rules' "$status $(field selectors)" '0 first-halt vote best'
usage 'calibrate --threshold: nothing' 'calibrate: --threshold: expected a number above 0, such as 0.5*found ?0?' calibrate ruleless.trm unmade.trm spoilt.csv --threshold 0
usage 'calibrate --threshold: above all' 'calibrate: --threshold: expected a number below 1, found 1' calibrate ruleless.trm unmade.trm spoilt.csv --threshold 1
usage 'calibrate --runs: standard input' 'calibrate: --runs: expected files, which are read twice, found -' calibrate ruleless.trm unmade.trm --runs 2 -
rm sure.trm
run calibrate ruleless.trm sure.trm twenty.csv spoilt.csv --steps 16
is 'calibrate: too many wrong in one file' "$status $(ls sure.trm 2>&1 | grep -c 'No such')" '1 1'
data 'calibrate: nothing stops' '*no threshold up to*' calibrate plain.trm sure.trm right.csv --json
data 'calibrate: no such file' 'missing.csv: cannot be opened: No such file or directory' calibrate plain.trm sure.trm missing.csv
expect 'eval reads what generate made' 0 '*all * 300 *' '' eval plain.trm made.csv
run generate sudoku --boxes 2x2 --count 300 --seed 3 --output written.csv.gz
if grep -q zlib err; then
    is 'generate --output FILE.gz without zlib' "$status $(ls written.csv.gz* 2>/dev/null)" '1 '
else
    is 'generate --output FILE.gz' "$status $(gzip -dc written.csv.gz | cmp - made.csv)" '0 '
fi
run generate sudoku --grid 25x25 --count 1 --seed 3 --output large.csv -q
run init large.trm -q --block relational --task sudoku --grid 9x9 --vocabulary 26 --alphabet .123456789ABCDEFGHIJKLMNOP --sizes 4x4-25x25 \
    --channels 8 --channel-hidden 8 --cycles 1 --updates 1
expect 'train: a Sudoku of 25x25' 0 '' 'learning from large.csv: 1 puzzles*' train --task sudoku --grid 25x25 --data large.csv --start large.trm \
    --steps 1 --batch 1 --validation-puzzles 0 --output taught.trm
expect 'eval: 25x25' 0 '*all * 1 *' '' eval taught.trm large.csv --steps 1
sed 1d large.csv | cut -d, -f2 >large.txt
tr A-P a-p <large.txt >small.txt
run solve taught.trm --file large.txt --steps 1
cp out large.answer
run solve taught.trm --file small.txt --steps 1
is 'solve: letters in either case' "$(wc -c <out | tr -d ' ') $(cmp out large.answer)" '626 '
usage 'generate: another task' "generate: expected sudoku, jigsaw, path or colouring, found 'maze'" generate maze
usage 'generate: an option of the other task' 'generate: --walls is not an option of the task sudoku' generate sudoku --walls 20-30
usage 'generate: the same of path' 'generate: --boxes is not an option of the task path' generate path --boxes 2x2
for value in 5-3 0 0-4 4- -4 4-5-6 x 4-626; do
    usage "not a range: '$value'" "generate: --givens: expected a range of numbers from 1 to 625, such as 1-625, found '$value'" generate sudoku --givens "$value"
done
usage 'generate: boxes that are too large' 'generate: the boxes of a Sudoku must have 1 to 25 cells, found 4 x 7' generate sudoku --boxes 4x7
usage 'generate: more givens than cells' 'generate: expected a range of givens within 0 to 16, found 10 to 17' generate sudoku --boxes 2x2 --givens 10-17
usage 'generate: puzzles that do not exist' 'generate: expected a range of givens that puzzles have, found 1 to 3: *' generate sudoku --boxes 2x2 --givens 1-3
data 'generate: no such directory' 'missing/x.csv: cannot create the file: No such file or directory' generate sudoku --count 1 --output missing/x.csv
"$trm" generate sudoku --count 1000000 --output interrupted.csv >out 2>err &
process=$!
sleep 1
kill -INT $process
wait $process
is 'generate: ctrl-C leaves no file' "$? $(ls interrupted* 2>/dev/null)" '130 '
