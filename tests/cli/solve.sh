# shellcheck shell=sh disable=SC2154
# trm solve. A part of run.sh.

models=$root/models
squares=$(printf '...2...1.3.4.2.3\n%036d\n' 0 | tr 0 .)
if [ -f "$models/sudoku-small.trm" ]; then
    expect 'solve: squares of several sizes' 0 '?????????????????????????????????????????????????????' '' \
        solve "$models/sudoku-small.trm" $squares
    printf 'AABB AABB CCDD CCDD' >quarters
    printf 'AAAAACCCC\nAAECCCCBB\nAAEEECFBB\nDGEFFFFBB\nDGEEFHBBB\nDGEEFHHHI\nDGGFFHIII\nDDGGGHHII\nDDDGHHIII\n' >regions
    jigsaw=4.8.5...3.2.....37...286........8.4...5..32...8342...139..6.784...7.4869.7..9...2
    expect 'solve: a jigsaw' 0 468957123126849537739286415257318946645173298983425671391562784512734869874691352 '' \
        solve "$models/sudoku.trm" --regions regions $jigsaw
    run generate jigsaw --givens 34 --count 6 --seed 4 --output jigsaws.csv -q
    is 'generate jigsaw: regions of nine cells each' "$(sed 1d jigsaws.csv | cut -d, -f5 | fold -w1 | sort | uniq -c | tr -s ' \n' ' ')" ' 54 A 54 B 54 C 54 D 54 E 54 F 54 G 54 H 54 I '
    run generate jigsaw --givens 34 --count 6 --seed 4
    is 'generate jigsaw: the same to standard output' "$(cmp out jigsaws.csv)" ''
    expect 'eval: jigsaws, each with its regions' 0 '*all * 6 * 100.00 %*' '' eval "$models/sudoku.trm" jigsaws.csv
    run generate sudoku --givens 40 --count 2 --seed 4
    { sed -n 's/$/,/; s/rating,$/rating,regions/; p' out; sed -n 2,3p jigsaws.csv; sed -n '2s/$/,/p' out; } >some.csv
    expect 'eval: jigsaws behind Sudokus' 0 '*all * 5 * 100.00 %*' '' eval "$models/sudoku.trm" some.csv
    sed 1d jigsaws.csv | cut -d, -f3 >solved
    run solve "$models/sudoku.trm" --file jigsaws.csv --batch 4
    is 'solve: jigsaws of a table' "$(cmp out solved)" ''
    printf 'question,answer,regions\n%s,%s,%s\n' "$jigsaw" 468957123126849537739286415257318946645173298983425671391562784512734869874691352 "$(tr -d '\n' <regions | tr I H)" >crooked.csv
    data 'eval: regions of another size' "crooked.csv: line 2, column *(regions): expected 9 cells in each region, found one more" \
        eval "$models/sudoku.trm" crooked.csv
    data 'solve: regions of another size in a table' "crooked.csv: line 2, column *(regions): expected 9 cells in each region*" \
        solve "$models/sudoku.trm" --file crooked.csv
    narrow='#####S   G     ##########,#####SoooG     ##########,5,5'
    wide='######S   G       ############,######SoooG       ############,5,6'
    printf 'question,answer,rows,columns\n%s\n%s\n%s\n' "$narrow" "$wide" "$narrow" >mixed.csv
    expect 'eval: grids that say their rows and columns' 0 '*all * 3 * 100.00 %*' '' eval "$models/path.trm" mixed.csv
    expect 'solve: the same' 0 '#####SoooG     ##########
######SoooG       ############
#####SoooG     ##########' '' solve "$models/path.trm" --file mixed.csv
    printf 'question,answer\n%s\n' "${wide%%,5,6}" >mixed.csv
    data 'eval: a grid that does not, and is no square' 'mixed.csv: line 2, column 1 (question): expected a puzzle of 100 characters, found 30, which is no square: --grid or columns rows and columns say its shape' \
        eval "$models/path.trm" mixed.csv
    "$trm" generate sudoku --boxes 2x2 --count 9 --seed 1 -q >twos.csv
    "$trm" generate sudoku --boxes 2x3 --count 9 --seed 2 -q | sed 1d >threes.csv
    { sed -n 1p twos.csv && sed 1d twos.csv | paste -d '\n' - threes.csv; } >both.csv
    run eval "$models/sudoku-small.trm" both.csv --batch 4 --threads 2 --predictions gathered.csv
    is 'eval: sizes that are mixed, in the order of the file' "$(sed 1d gathered.csv | cut -d, -f1)" "$(sed 1d both.csv | cut -d, -f2)"
    expect 'eval: the same, one by one' 0 '*all * 18 * 100.00 %*' '' eval "$models/sudoku-small.trm" both.csv --batch 1 --predictions single.csv
    is 'eval: gathered or one by one, the same answers' "$(cmp gathered.csv single.csv 2>&1)" ''
    for columns in 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do # more shapes than are gathered at a time
        "$trm" generate path --grid 5x$columns --count 2 --seed $columns -q | sed "1d; s/\$/,5,$columns/"
    done | sort -t, -k2 | sed '1i source,question,answer,rating,rows,columns' >shapes.csv
    run eval "$models/path.trm" shapes.csv --batch 3 --predictions gathered.csv
    is 'eval: many shapes' "$(sed 1d gathered.csv | cut -d, -f1)" "$(sed 1d shapes.csv | cut -d, -f2)"
    run eval "$models/path.trm" shapes.csv --batch 1 --predictions single.csv
    is 'eval: many shapes, the same answers one by one' "$(cmp gathered.csv single.csv 2>&1)" ''
    { cat both.csv && echo 'x,....................,12341234123412341234,0'; } >bad.csv
    data 'eval: among squares one that is none' 'bad.csv: line 20, column 3 (question): expected a puzzle of 81 characters, found 20, which is no square: --grid or columns rows and columns say its shape' \
        eval "$models/sudoku-small.trm" bad.csv
    drawer=$models/sudoku-small.trm picture='+-----+-----+
| 1 . | 3 . |
| . 4 | . 2 |
+-----+-----+
| . 3 | . 1 |
| 2 . | 4 . |
+-----+-----+'
    expect 'solve: a puzzle that was pasted as a picture' 0 1234341243212143 '' solve "$drawer" "$picture"
    expect 'solve: two pictures, and a line' 0 '1234341243212143
1234341243212143
1234341243212143' '' solve "$drawer" "$picture

$picture" 1.3..4.2.3.12.4.
    expect 'hint: a picture' 0 'r1c2: 2, *' '' hint "$drawer" "$picture"
    data 'hint: two pictures' 'the puzzle: expected one, found another in line *' hint "$drawer" "$picture

$picture"
    expect 'trace: a picture' 0 '' '' trace -q "$drawer" "$picture" -o drawn.json
    expect 'trace: the same in a line' 0 '' '' trace -q "$drawer" 1.3..4.2.3.12.4. -o line.json
    is 'trace: the same numbers' "$(cmp drawn.json line.json 2>&1)" ''
    expect 'solve: a map' 0 '######SoooG ##################' '' solve "$models/path.trm" '######
S   G
######
######
######' --grid 5x6
    data 'solve: a picture with a character that is no cell' 'puzzle 1: line 3: expected row 3 of 4, *' solve "$drawer" "$(printf '1.3.\n.4.2\n.3.x\n2.4.')"
    data 'solve: empty lines' 'the puzzle: expected cells, found none' solve "$drawer" '

'
    data 'solve: regions of another size' '-: expected 81 letters, the region of each cell, found 0' \
        solve "$models/sudoku.trm" --regions - $jigsaw </dev/null
    echo '{"question": "..", "relations": {"edge": [[1],[0]]}, "features": [1,2]}' >features
    data 'solve: features that the model has not' 'features: line 1: expected 0 features for each cell and helper, as the model has, found 1' \
        solve "$models/colouring.trm" --file features
    tr I H <regions >uneven
    data 'solve: a letter too often in a picture of regions' "uneven: expected 9 cells in each region, found 18 of 'H'" \
        solve "$models/sudoku.trm" --regions uneven $jigsaw
    echo 7..2...1.3.4.2.3 >digits
    data 'solve: a digit that a grid of this size has not' 'digits: line 1: character 1: expected one of ".1234", found '"'7'" \
        solve "$models/sudoku-small.trm" --file digits
    printf 'question,answer\n...2...1.3.4.2.3,9142243113244213\n' >digits
    data 'eval: an answer with such a digit' "digits: line 2, column 18 (answer): character 1: expected one of \".1234\", found '9'" \
        eval "$models/sudoku-small.trm" digits
    data 'solve: regions for a model that has none' '*expected the name of a relation of the model (it has none), found box*' \
        solve "$models/sudoku-4x4.trm" --regions quarters $puzzle
    "$trm" generate jigsaw --grid 7x7 --count 3 --seed 5 -q >sevens.csv
    expect 'solve: jigsaws of a side without boxes' 0 "$(tail -n +2 sevens.csv | cut -d, -f3)" '' \
        solve "$models/sudoku-small.trm" --file sevens.csv
    data 'solve: such a side without regions' 'relation box: expected a shape with boxes, or lists with the question, found 49*' \
        solve "$models/sudoku-small.trm" "$(printf '%049d' 0 | tr 0 .)"
    data 'solve: a square that the model does not take' 'puzzle 1: shape.rows: expected 4 to 9, as this model takes, found 10*' \
        solve "$models/sudoku-small.trm" "$(printf '%0100d' 0 | tr 0 .)"
    expect 'solve: a grid of any rows and columns' 0 '#####SoooG     ##########' '' \
        solve "$models/path.trm" --grid 5x5 '#####S   G     ##########'
fi

answer_of() { "$trm" solve small.trm "$1"; }
expect 'solve: an argument' 0 '????????????????' '' solve small.trm $puzzle
first=$(cat out)
second=$(answer_of $other)
expect 'solve: two arguments, in order' 0 "$first
$second" '' solve small.trm $puzzle $other
printf '%s\n%s\n' $puzzle $other >lines
expect 'solve: a file' 0 "$first
$second" '' solve small.trm --file lines
cp lines in
expect 'solve: standard input' 0 "$first
$second" '' solve small.trm
expect 'solve: standard input as -' 0 "$first
$second" '' solve small.trm --file -
printf '%s\r\n%s' $puzzle $other >in
expect 'solve: lines that end in CR LF, and a last one without an end' 0 "$first
$second" '' solve small.trm
for cpu in scalar avx2 avx512; do # the best of the machine, where that is less
    for threads in 1 2; do
        TRM_CPU=$cpu "$trm" solve small.trm --file lines --threads $threads --batch 2 >out 2>err
        code=$?
        if grep -q "this build has only the caller's" err; then
            skip "solve: $cpu, $threads threads" 'a build without threads'
        else
            is "solve: $cpu, $threads threads" "$code $(cat out err)" "0 $first
$second"
        fi
    done
done
expect 'solve: a batch' 0 "$first
$second" '' solve small.trm --batch 7
printf 'source,question,answer,rating\na,%s,%s,0\nb,%s,%s,0\n' $puzzle "$first" $other "$second" >right.csv
expect 'solve: a CSV file' 0 "$first
$second" '' solve small.trm --file right.csv
: >in
expect 'solve: nothing' 0 '' '' solve small.trm
expect 'solve: --json' 0 '{*}' '' solve small.trm --json $puzzle $other
object 'solve --json: fields' puzzles answer steps stop halt_probability verdict how runs pins total_steps count seconds
is 'solve --json: count' "$(field count)" 2
case $(cat out) in *"\"answer\": \"$first\""*"\"answer\": \"$second\""*) ok 'solve --json: the answers' ;; *) not_ok 'solve --json: the answers' "$first" ;; esac
run solve small.trm --json
object 'solve --json: nothing' puzzles count
run solve small.trm --json --steps 3 --all-steps $puzzle
is 'solve: --steps' "$(field steps)" 3
is 'solve: stopped by the limit' "$(field stop)" limit
run solve small.trm --json --budget 0.000001 $puzzle
is 'solve: a budget that is over at once makes one step' "$(field steps) $(field stop)" '1 deadline'
"$trm" init -q calm.trm --channels 1 --positions 16 --prefix 0 --vocabulary 5 --blocks 1 --cycles 1 --updates 1 --seed 3 --alphabet .1234
run solve calm.trm --json --steps 500 $puzzle
is 'solve: an answer that is stable goes on' "$(field steps) $(field stop)" '500 limit'
run solve calm.trm --json --steps 500 --stable 2 $puzzle
is 'solve: unless --stable' "$(field stop)" stable

# What overflows has no answer, and says so.
cp "$root/tests/golden/overflow.trm" .
run solve overflow.trm -q aaaa
alone=$(cat out)
expect 'solve: an overflow has no answer, the next puzzle has its own' 0 "aaaa
$alone" 'trm: puzzle 1: a number became too large for a float, so it has no answer' solve overflow.trm cccc aaaa
run solve overflow.trm --json cccc
is 'solve --json: an overflow' "$(field steps) $(field stop) $(field halt_probability)" '1 overflow 0'

# Spaces are cells: they stay, at both ends.
printf ' ## S  #  #    G\n  ##S  #  #   G \n' >mazes
expect 'solve: spaces are not trimmed' 0 '????????????????
????????????????' '' solve maze.trm --file mazes
data 'solve: a line that lost a space' 'puzzle 1: expected a puzzle of 16 characters, found 15' solve maze.trm '  ##S  #  #   G'

# What cannot be read is named, after the answers to what could.
data 'solve: too short' 'puzzle 1: expected a puzzle of 16 characters, found 3' solve small.trm 1.3
data 'solve: an unknown character' 'puzzle 1: character 16: expected one of ".1234", found '"'x'" solve small.trm 1.3..4.1.3.12.4x
data 'solve: words behind -- are puzzles' 'puzzle 1: character 2: expected one of ".1234", found '"'x'" solve small.trm -- -x3..4.1.3.12.4.
printf '%s\n%s\n1.x\n%s\n' $puzzle $other $puzzle >in
for batch in 1 2 16; do
    expect "solve: the answers before a wrong line, batch $batch" 1 "$first
$second" 'trm: standard input: line 3: expected a puzzle of 16 characters, found 3' solve small.trm --batch $batch
done
run solve small.trm --json
object 'solve --json: an object also then' puzzles count
: >in
printf '%s\n\n' $puzzle >gap
expect 'solve: an empty line is passed over' 0 "$first" '' solve small.trm --file gap
printf 'source,question,answer,rating\na,%s,%s\n' $puzzle "$first" >columns.csv
data 'solve: a CSV line with a column too few' 'columns.csv: line 2: expected 4 columns (source,question,answer,rating), found 3' solve small.trm --file columns.csv
printf '%s\n1.3.\0.4.1.3.12.4.\n' $puzzle >zero
expect 'solve: a zero byte' 1 "$first" 'trm: zero: line 2: expected text, found byte 0x00 at column 5' solve small.trm --file zero
printf 'source,question,answer,rating\0junk\n%s\n' $puzzle >zero
data 'solve: a header with a zero byte is none' 'zero: line 1: expected text, found byte 0x00 at column 30' solve small.trm --file zero
printf 'source,question,answer,rating\na\0b,%s,%s,0\n' $puzzle "$first" >zero
data 'solve: a zero byte in another column' 'zero: line 2: expected text, found byte 0x00 at column 2' solve small.trm --file zero
long() { head -c "$1" /dev/zero | tr '\0' 1; echo; } # a line of so many characters
{ echo $puzzle; long 1048575; } >long
expect 'solve: the longest line' 1 "$first" 'trm: long: line 2: expected a puzzle of 16 characters, found 1048575' solve small.trm --file long
for length in 1048576 12000000; do
    { echo $puzzle; long $length; } >long
    expect "solve: a line of $length characters" 1 "$first" 'trm: long: line 2: expected a line of less than 1048576 bytes, found a longer one' solve small.trm --file long
done
data 'solve: a safetensors file' "$root/tests/golden/*.safetensors: expected a .trm file, found what looks like safetensors: convert it first" solve "$(echo "$root"/tests/golden/*.safetensors | cut -d ' ' -f 1)" $puzzle
data 'solve: no such file' 'missing: cannot be opened: No such file or directory' solve small.trm --file missing
data 'solve: a directory' '.: expected a file of puzzles, or a folder with all__inputs.npy*' solve small.trm --file .
data 'solve: no such model' 'missing.trm: *' solve missing.trm $puzzle
# shellcheck disable=SC2086
"$trm" init -q mute.trm $small
data 'solve: a model without an alphabet' 'puzzle 1: expected a model with an alphabet*' solve mute.trm $puzzle

cp small.trm closed.trm && cp right.csv closed.csv && chmod 000 closed.trm closed.csv
if [ -r closed.trm ]; then
    for words in 'info' 'solve: the model' 'solve: the puzzles' eval convert; do skip "$words: an unreadable file" 'root reads everything'; done
else
    data 'info: an unreadable file' 'closed.trm: *Permission denied' info closed.trm
    data 'solve: the model: an unreadable file' 'closed.trm: *Permission denied' solve closed.trm $puzzle
    data 'solve: the puzzles: an unreadable file' 'closed.csv: *Permission denied' solve small.trm --file closed.csv
    data 'eval: an unreadable file' 'closed.csv: *Permission denied' eval plain.trm closed.csv
    data 'convert: an unreadable file' 'closed.trm: *Permission denied' convert closed.trm x.trm
fi
