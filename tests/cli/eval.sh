# shellcheck shell=sh disable=SC2154
# trm eval. A part of run.sh.

expect 'eval' 0 'source*puzzles*exact*cells*mean steps
a  * 1 * 100.00 % * 100.00 % *
b  * 1 * 100.00 % * 100.00 % *
all * 2 * 100.00 % * 100.00 % *
*puzzles a second' '' eval plain.trm right.csv
# Of one puzzle the calibration error is how far what the model says of it is from 1, or, where it is wrong,
# from 0.
run solve plain.trm --json $puzzle
said=$(cat out | sed 's/.*"halt_probability": //; s/[,}].*//')
near() { awk -v a="$2" -v b="$3" 'BEGIN { exit !(a - b < 1e-5 && b - a < 1e-5) }' && ok "$1" || not_ok "$1" "$3"; }
run eval plain.trm right.csv --limit 1 --json
near 'eval: the calibration error of a right answer' "$(field calibration_error)" "$(awk -v p="$said" 'BEGIN { print 1 - p }')"
is 'eval: nothing is called right' "$(field called_right) $(field called_right_wrongly) $(field halt_threshold)" '0 0 0.5'
run solve plain.trm --halt-probability 1e-9 $puzzle
printf 'source,question,answer,rating\na,%s,%s,0\na,%s,%s,0\n' $puzzle "$(cat out)" $puzzle $other >sure.csv
run eval plain.trm sure.csv --json --halt-probability 1e-9
is 'eval: called right' "$(field called_right) $(field called_right_wrongly) $(field halt_threshold)" '2 1 1e-09'
case $second in 1*) worse=2${second#?} ;; *) worse=1${second#?} ;; esac
printf 'source,question,answer,rating\na,%s,%s,0\nb,%s,%s,3\nb,%s,%s,3\nb,%s,%s,3\n' $puzzle "$first" $other "$second" $other "$worse" $puzzle "$first" >mixed.csv
# Two shortest ways around one corner each: whichever the model takes, both rows are right.
row='         ' # 9 free cells
steps=ooooooooo
middle() { for _ in 1 2 3 4 5 6 7 8; do printf '%s%s%s' "$1" '        ' "$2"; done; }
{
    echo 'source,question,answer,rating'
    echo "a,S$row$(middle ' ' ' ')${row}G,S$steps$(middle ' ' o)${row}G,18"
    echo "a,S$row$(middle ' ' ' ')${row}G,S$row$(middle o ' ')${steps}G,18"
} >ways.csv
expect 'eval: another shortest way is right, too' 0 '*all * 2 *100.00 %*100.00 %*' '' eval "$root/models/path.trm" ways.csv
expect 'eval --json' 0 '{*}' '' eval plain.trm mixed.csv --json --all-steps --steps 16
object 'eval --json: fields' puzzles exact cell mean_steps verified halt_threshold called_right called_right_wrongly calibration_error \
    cell_calibration_error puzzles_per_second
is 'eval --json: numbers' "$(field puzzles) $(field exact) $(field cell) $(field mean_steps)" '4 0.75 0.984375 16'

# Runs, rules and search: answers, exit statuses, predictions.
small_sudoku="$root/models/sudoku-small.trm" impossible=11..............
run solve "$small_sudoku" --json --require-verified 12..34......4..1
is 'solve --require-verified: right' "$status $(field verdict) $(field stop)" '0 verified verified'
run solve "$small_sudoku" --require-verified --steps 4 $impossible 12..34......4..1
is 'solve --require-verified: abstains' "$status $(head -n 1 out)" '3 ????????????????'
run solve "$small_sudoku" --json --search --step-budget 40 --steps 4 --seed 7 123........4....
is 'solve --search: a budget' "$status $(field verdict) $(field stop) $(field total_steps)" '0 refuted budget 40'
run solve "$small_sudoku" --json --search --steps 4 $impossible
is 'solve --search: givens that clash cost a step' "$status $(field verdict) $(field how) $(field stop) $(field total_steps)" '0 refuted run limit 1'
run solve "$root/models/path.trm" --json --runs 8 --policy vote --grid 5x5 'S   ## #  #   #  # ##   G'
is 'solve --runs' "$(field runs) $(field verdict)" '8 verified'
run solve "$small_sudoku" --json --search --candidates 5 --step-budget 600 ..343412..434321
is 'solve --candidates: both answers' "$status $(grep -o '"verdict": "verified", "how": "[a-z]*", "confidence": 1}' out | wc -l)" '0 2'
run solve "$small_sudoku" --search --candidates 2 1...............
is 'solve --candidates: lines' "$status $(grep -c '^1[1-4]*  verified, 100.0 %, [0-9]* runs*$' out) $(wc -l <out)" '0 2 3'
usage 'solve --candidates: no deadline' '*expected --candidates or --budget, found both' solve "$small_sudoku" --candidates 2 --budget 5 1...............
usage 'solve --candidates 0' "*--candidates: expected *found '0'*" solve "$small_sudoku" --candidates 0 1...............
expect 'solve --repair' 0 '1234341221434321  r1c2: 1 was likely 2' '' solve "$small_sudoku" --repair 113434122.4343.1
expect 'solve --repair --json' 0 '*{"cell": "r1c2", "position": 1, "given": "1", "value": "2"}*"fewest": true}*' '' \
    solve "$small_sudoku" --repair --json 113434122.4343.1
expect 'solve --repair: nothing to repair' 0 1234341221434321 '' solve "$small_sudoku" --repair 12343412.1434321
usage 'solve --repair: one at a time' '*expected --repair or --batch above 1, found both' solve "$small_sudoku" --repair --batch 2 1...............
data 'solve --repair: a path' '*expected rules about values in groups*' solve "$root/models/path.trm" --repair --grid 5x5 'S   ## #  #   #  # ##   G'
expect 'hint: the last of its group' 0 'r1c4: 4, the last open cell of its row' '' hint "$small_sudoku" 123.34....4....1
run hint "$small_sudoku" --all --json 123.34....4....1
is 'hint --all --json' "$status $(field end) $(grep -o '"cell"' out | wc -l)" '0 done 9'
expect 'hint: none without an answer' 3 '' '*r1c1 and r1c2 exclude each other: there is no answer*' hint "$small_sudoku" $impossible
expect 'hint: the model is asked' 0 "r*, the model's surest, *%" '' hint "$small_sudoku" --search 1...............
run hint "$small_sudoku" --runs 2 --search --json 1...............
is 'hint: of another shape than the model' "$status" 0
run hint "$small_sudoku" --runs 2 --json 1...............
is 'hint: views' "$status $(field end)" '0 more'
expect 'hint: unknown' 3 '*"end": "unknown"}*' '*--search may find one*' hint "$small_sudoku" --json --all --steps 1 \
    8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..
usage 'hint: no puzzle' '*' hint "$small_sudoku"
data 'hint: a bad puzzle' '*' hint "$small_sudoku" 123
expect 'solve --policy: unknown' 2 '' "*--policy: expected first-halt or vote or best or first-verified, found 'most'" solve "$small_sudoku" --policy most
data 'solve --runs: more than there are views' '*trm_solve_options.runs: expected at most 8*' solve "$root/models/path.trm" --runs 9 --grid 5x5 'S   ## #  #   #  # ##   G'
run solve "$small_sudoku" --json --runs 2 --views 1,0 --policy best --steps 2 12..34......4..1
is 'solve --views: a list' "$status $(field runs) $(field verdict)" '0 2 verified'
run solve "$root/models/sudoku-4x4.trm" --json --runs 20 --policy vote 12..34......4..1
is 'solve --views: values and lines of a mixer, too' "$status $(field runs) $(field verdict)" '0 20 verified'
data 'solve --views: none of the shape' '*views[[]1[]]: expected a symmetry of the task in this shape *, found 1' \
    solve "$small_sudoku" --views 0,1 --runs 2 --grid 6x6 ....................................
data 'solve --views: none that the model could notice' '*views[[]0[]]: expected a symmetry *, found 8' solve "$small_sudoku" --views 8 12..34......4..1
for views in '' , 0, 0,,1 -1 0,x 0x1 4294967296; do
    usage "solve --views: no list: '$views'" "solve: --views*" solve "$small_sudoku" --views "$views" 12..34......4..1
done
for seed in 18446744073709551616 -1 1.5 0x1; do
    for command in solve eval trace; do
        usage "$command: not a seed: '$seed'" "$command: --seed: expected a number from 0 to 18446744073709551615, found '$seed'" $command --seed "$seed" x y
    done
done
run solve "$small_sudoku" --json --seed 18446744073709551615 12..34......4..1
is 'solve: the largest seed' "$status $(field verdict)" '0 verified'
usage 'solve: a budget of no steps' "solve: --step-budget: expected a number from 1 to *, found '0'" solve "$small_sudoku" --step-budget 0 1...............
usage 'solve: a budget of no time' "solve: --budget: *found '0'" solve "$small_sudoku" --budget 0 1...............
expect 'solve --watch: no terminal' 2 '' '*--watch: expected a terminal, no --json and --batch 1' solve "$small_sudoku" --watch 12..34......4..1
printf 'source,question,answer,rating\na,12..34......4..1,1234341221434321,0\na,................,1234341221434321,0\n' >fours.csv
run eval "$small_sudoku" fours.csv --json --policy first-verified --predictions predicted.csv
is 'eval --predictions' "$(field verified) $(head -n 1 predicted.csv) $(grep -c '^[1-4.]*,[1-4]*,yes,yes,run,[0-9]*,0.[0-9]*$' predicted.csv)" \
    '1 question,answer,right,verified,how,steps,halt_probability 2'
run eval "$small_sudoku" fours.csv --json --policy first-verified --predictions predicted.csv --mistakes
is 'eval --mistakes' "$(wc -l <predicted.csv)" 1
cp predicted.csv kept.csv
data 'eval --predictions: a failure keeps what was there' '*not there.csv*' eval "$small_sudoku" 'not there.csv' --predictions predicted.csv
is 'eval --predictions: whole or not at all' "$(cmp predicted.csv kept.csv && echo predicted.csv*)" predicted.csv
mkdir elsewhere
chmod 600 predicted.csv
mv predicted.csv elsewhere
ln -s elsewhere/predicted.csv predicted.csv
run eval "$small_sudoku" fours.csv --policy first-verified --predictions predicted.csv
is 'eval --predictions: through a link, for the same eyes' "$status $(readlink predicted.csv) $(wc -l <elsewhere/predicted.csv) $(ls -l elsewhere | grep -c '^-rw-------')" \
    '0 elsewhere/predicted.csv 3 1'
run embed "$root/models/sudoku-small-int8.trm" -q -o flash.c
is 'embed' "$status $(grep -c 'trm_embedded\[' flash.c flash.h | tr '\n' ' ')" '0 flash.c:1 flash.h:1 '
cp flash.c kept.c
mkdir flash.d
mv flash.h flash.d
mkdir flash.h
data 'embed: a header that cannot be written' '*flash.h: the output must be a regular file or not exist yet' embed "$root/models/sudoku-4x4.trm" -o flash.c
is 'embed: both or none' "$(cmp flash.c kept.c && echo flash.c*)" flash.c
ln -s nowhere/else.csv loose.csv
data 'eval --predictions: a loose link' '*loose.csv: the output is a link to a file that does not exist' eval "$small_sudoku" fours.csv --predictions loose.csv

run eval "$small_sudoku" fours.csv --json --reliability diagram.svg
is 'eval --reliability' "$status $(grep -c '<circle' diagram.svg) $(grep -c '<rect' diagram.svg) $(grep -o 'error [0-9.]* points' diagram.svg | wc -l) $(tail -n 1 diagram.svg)" \
    "0 $(grep -c '<title>said' diagram.svg) 31 2 </svg>"
expect 'eval --reliability: no such folder' 1 '*' 'trm: nowhere/diagram.svg: *' eval "$small_sudoku" fours.csv --reliability nowhere/diagram.svg
for batch in 1 2 3 100; do
    run eval plain.trm mixed.csv --json --batch $batch
    is "eval: batch $batch" "$(field puzzles) $(field exact) $(field cell)" '4 0.75 0.984375'
done
run generate sudoku --boxes 3x3 --count 12 --seed 4 --output nine.csv
run eval "$root/models/sudoku-small.trm" nine.csv --corrupt unsolvable --json
is 'eval: no answer to what has no solution is right' "$status $(field puzzles) $(field exact)" '0 12 0'
run eval "$root/models/sudoku-small.trm" nine.csv --corrupt one-blank --json
is 'eval: one blank' "$status $(field puzzles) $(field exact)" '0 12 1'
run generate path --grid 10x10 --count 12 --seed 4 --output ten.csv
run generate path --grid 6x7 --open --unreachable 30 --count 12 --output small.csv
run train --task path --start "$root/models/path.trm" --data ten.csv --mix small.csv@6x7=0.5 --steps 3 --batch 4 --symmetries no --validation-puzzles 0 \
    --output mixed.trm --json
is 'train: --mix' "$status $(field step)" '0 3'
run train --task path --start "$root/models/path.trm" --data ten.csv --mix small.csv@6x7=0.5 --steps 3 --batch 4 --symmetries no --validation-puzzles 0 \
    --output mixed.trm --resume --json
is 'train: --mix goes on' "$status $(field step)" '0 3'
usage 'train: --mix: no size' "train: --mix: expected FILE*, found 'small.csv@6y7'" train --task path --data ten.csv --mix small.csv@6y7 --output m.trm
data 'train: --mix: another size than the file has' 'small.csv: line 2*' train --task path --data ten.csv --mix small.csv@6x6 --output m.trm
printf '{"question": [1,0,0,4,0,4,1,0,0,1,4,0,4,0,0,1], "answer": [1,2,3,4,3,4,1,2,2,1,4,3,4,3,2,1]}\n' >numbers.jsonl
expect 'eval: questions as numbers' 0 '*all * 1 * 100.00 %*' '' eval "$small_sudoku" numbers.jsonl
data 'eval: --corrupt: numbers' 'line 1: --corrupt: expected a question and an answer as text alone, found numbers*' \
    eval "$small_sudoku" numbers.jsonl --corrupt one-blank
printf 'frage,antwort\n1..1,1221\n' >own2.csv
printf 'frage,antwort\n1...1...1,121212121\n' >own3.csv
expect 'train: --mix: of a task of your own, and by the same columns' 0 '' '*own.trm is written' train --task knights --alphabet .12 --grid 2x2 \
    --question frage --answer antwort --data own2.csv --mix own3.csv@3x3 --block relational --relations row,column --sizes 2x2-3x3 \
    --channels 8 --channel-hidden 8 --steps 2 --batch 4 --validation-puzzles 0 --output own.trm
run eval "$root/models/path.trm" ten.csv --corrupt swapped --json
is 'eval: swapped' "$status $(field puzzles)" '0 12'
data 'eval: a fault of another task' 'eval: --corrupt clash: expected a model of the task sudoku, found path' eval "$root/models/path.trm" ten.csv --corrupt clash
usage 'eval: no such fault' "eval: --corrupt: expected clash or wrong or *, found 'x'" eval plain.trm x --corrupt x
run generate path --grid 8x8 --open --unreachable 100 --count 3 -q
is 'generate: goals that cannot be reached' "$(grep -c o, out)" 0
run generate path --grid 8x8 --open --walls 0 --count 5 -q
is 'generate: no walls' "$(grep -c '#' out)" 0
usage 'generate: open Sudokus' 'generate: --open is not an option of the task sudoku' generate sudoku --open
expect 'eval: sources apart' 0 '*
b  * 3 * 66.67 % * 97.92 % *
all  * 4 * 75.00 % * 98.44 % *' '' eval plain.trm mixed.csv
run eval plain.trm mixed.csv --json --limit 2
is 'eval: --limit' "$(field puzzles) $(field exact)" '2 1'
run eval plain.trm mixed.csv --json --limit 99
is 'eval: --limit beyond the end' "$(field puzzles)" 4
cp mixed.csv in
run eval plain.trm - --json
is 'eval: standard input' "$status $(field puzzles)" '0 4'
: >in
sed 's/$/\r/' mixed.csv >crlf.csv
run eval plain.trm crlf.csv --json
is 'eval: lines that end in CR LF' "$(field exact)" 0.75

rows() { printf 'source,question,answer,rating\na,%s,%s,0\n' $puzzle "$first"; echo "$1"; }
rows "a,1.3,$first,0" >bad.csv
data 'eval: a short question' 'bad.csv: line 3, column 3 (question): expected a puzzle of 16 characters, found 3' eval plain.trm bad.csv
rows "a,$puzzle,123,0" >bad.csv
data 'eval: a short answer' 'bad.csv: line 3, column 20 (answer): expected 16 characters as in the question, found 3' eval plain.trm bad.csv
data 'eval: an answer that contradicts its question' "mixed.csv: line 2, column * (answer): expected '?' as in the question, found '?'" eval small.trm mixed.csv
rows "a,1.3..4.1.3.12.4x,$first,0" >bad.csv
data 'eval: an unknown character' 'bad.csv: line 3, column 3 (question): character 16: expected one of ".1234", found '"'x'" eval plain.trm bad.csv
rows "a,$puzzle,$first" >bad.csv
data 'eval: a column too few' 'bad.csv: line 3: expected 4 columns (source,question,answer,rating), found 3' eval plain.trm bad.csv
rows "a,$puzzle,$first,0,1" >bad.csv
data 'eval: a column too many' 'bad.csv: line 3: expected 4 columns (source,question,answer,rating), found 5' eval plain.trm bad.csv
rows '' >bad.csv
run eval plain.trm bad.csv --json
is 'eval: an empty line is passed over' "$(field puzzles)" 1
data 'eval: no answers' 'lines: line 1: expected an answer with the question, *' eval plain.trm lines
sed '1s/answer/reply/' right.csv >bad.csv
data 'eval: no column of answers' "bad.csv: line 1: expected a column of answers, such as answer or solution, found the columns 'source,question,reply,rating'; --answer NAME names another" \
    eval plain.trm bad.csv
data 'eval: another column of answers, which is not there' "bad.csv: line 1: expected a column solved of answers, as was asked for, found the columns '*'" \
    eval plain.trm bad.csv --answer solved
printf 'first,second\n' >bad.csv
data 'eval: no header' "bad.csv: line 1: expected a header with a column question *, found 'first,second'; --question NAME names another" eval plain.trm bad.csv
sed 's/,/;/g; 1s/question/quizzes/; 1s/answer/"solutions"/' right.csv >other.csv
run eval plain.trm other.csv --json
is 'eval: a table with other names and separators' "$(field exact)" 1
sed '1s/question/left/; 1s/answer/right/' right.csv >named.csv
run eval plain.trm named.csv --question left --answer right --json
is 'eval: columns by their names' "$(field exact)" 1
expect 'solve: a column by its name' 0 "$first
$second" '' solve small.trm --file named.csv --question left
printf '# from a program\n1 0 | 3 0\n0 4 | 0 1\n----+----\n0 3 | 0 1\n2 0 | 4 0\n' >drawn
expect 'solve: a puzzle that is drawn' 0 "$first" '' solve small.trm --file drawn
head -n 4 drawn >in
expect 'solve: half a drawing' 1 '' 'trm: standard input: line 4: expected row 3 of 4, of 4 cells, of the puzzle that is drawn from line 2 on*' solve small.trm
: >in
: >bad.csv
data 'eval: an empty file' 'bad.csv: expected a first line * found an empty file' eval plain.trm bad.csv
head -n 1 right.csv >bad.csv
data 'eval: a header alone' 'bad.csv: expected puzzles behind the header, found none' eval plain.trm bad.csv
printf '%s\n%s\n' 'source,question,answer,rating' "a,$puzzle,$first,0" >rows-before
{ cat rows-before; printf 'a,%s,%s,\0000\n' $puzzle "$first"; } >bad.csv
data 'eval: a zero byte' 'bad.csv: line 3: expected text, found byte 0x00 at column 37' eval plain.trm bad.csv
{ cat rows-before; long 12000000; } >bad.csv
data 'eval: a long line' 'bad.csv: line 3: expected a line of less than 1048576 bytes, found a longer one' eval plain.trm bad.csv
: >bad.csv && rm long
data 'eval: no such file' 'missing.csv: cannot be opened: No such file or directory' eval plain.trm missing.csv
data 'eval: a directory' '.: expected a file of puzzles, or a folder with all__inputs.npy*' eval plain.trm .
rows "$(printf '\033[31m\302\233evil,%s,%s,0' $puzzle "$first")" >escape.csv
run eval plain.trm escape.csv
case $(cat out) in *"$(printf '\033')"* | *"$(printf '\233')"*) not_ok 'eval: control characters do not reach the terminal' 'none' ;; *'?[31m?evil'*) ok 'eval: control characters do not reach the terminal' ;; *) not_ok 'eval: control characters do not reach the terminal' '?[31m?evil' ;; esac
printf '\033]0;title\007\n' >bad.csv
data 'the same in errors' "bad.csv: line 1: expected *, found '[?]]0;title[?]'*" eval plain.trm bad.csv

if gzip -c mixed.csv >mixed.csv.gz 2>/dev/null; then
    run eval plain.trm mixed.csv.gz --json
    if grep -q 'no zlib' err; then
        is 'eval: a gzipped file without zlib' "$status $(cat err)" '1 trm: mixed.csv.gz: expected a plain file, as this build has no zlib, found a gzipped one'
    else
        is 'eval: a gzipped file' "$status $(field exact)" '0 0.75'
        head -c 60 mixed.csv.gz >short.csv.gz
        data 'eval: a gzipped file that is cut off' 'short.csv.gz: line *: the gzip data is damaged: it ends too early' eval plain.trm short.csv.gz
        run solve small.trm --file mixed.csv.gz
        is 'solve: a gzipped file' "$status $(head -n 1 out)" "0 $first"
    fi
else
    skip 'eval: a gzipped file' 'gzip is not installed'
fi

run eval plain.trm mixed.csv --json --threads 2
if grep -q 'threads' err; then
    is 'two threads in a build without them' "$status" 1
else
    is 'eval: two threads' "$(field exact)" 0.75
    run eval plain.trm mixed.csv --json --threads 0
    is 'eval: all processors' "$status $(field exact)" '0 0.75'
fi
