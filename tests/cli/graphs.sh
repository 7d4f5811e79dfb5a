# shellcheck shell=sh disable=SC2154
# Graphs, JSON lines. A part of run.sh.

run generate colouring --count 40 --positions 6-9 --colours 2-3 --seed 5
mv out printed.jsonl
run generate colouring --count 40 --positions 6-9 --colours 2-3 --seed 5 --output graphs.jsonl -q
is 'generate colouring: a line for each graph' "$(wc -l <graphs.jsonl | tr -d ' ')" 40
is 'generate colouring --output: the same questions' "$(sed 's/.*"question": "\([^"]*\)".*/\1/' printed.jsonl)" "$(sed 's/.*"question": "\([^"]*\)".*/\1/' graphs.jsonl)"
usage 'generate: colours of Sudokus' 'generate: --colours is not an option of the task sudoku' generate sudoku --colours 3
relational='--block relational --channels 8 --channel-hidden 12 --cycles 1 --updates 2'
# shellcheck disable=SC2086
expect 'train: graphs from JSON lines' 0 '*' '*learning from graphs.jsonl: 40 puzzles*' train --task colouring --alphabet .123 --data graphs.jsonl \
    --validation graphs.jsonl $relational --start-noise 1 --steps 4 --batch 8 --output graphs.trm
expect 'info: what a model of graphs is' 0 '*edge=question/positions/sum+max cell=shape/fields/sum+max*shape.most_positions*10000*task.sizes*6-9*' '' info graphs.trm
expect 'eval: graphs by their rules' 0 '*all * 40 *verified: *' '*' eval graphs.trm graphs.jsonl --batch 3
run solve graphs.trm --file graphs.jsonl -q
is 'solve: an answer for each graph' "$(wc -l <out | tr -d ' ')" 40
is 'solve: of as many vertices' "$(awk '{ print length($0) }' out)" "$(awk -F'"' '{ print length($8) }' graphs.jsonl)"
cp graphs.jsonl in
run solve graphs.trm --json
object 'solve --json: graphs of standard input' puzzles count
: >in
# shellcheck disable=SC2086
usage 'train: graphs without relations' 'train: --relations: expected names such as row,column,cell, or NAME=shape*found *edge=question/sum*' train --task colouring --data graphs.jsonl \
    --alphabet .123 $relational --relations edge=question/sum --output no.trm
data 'train: graphs are not for mixers' 'train: puzzles with shapes of their own are learnt by relational models*' train --task colouring --data graphs.jsonl \
    --alphabet .123 --output no.trm
usage 'init: a prefix of a relational model' 'init: a relational model has no prefix: --prefix 0' init no.trm --block relational --relations all --prefix 2
usage 'init: plain gates of a relational model' 'init: a relational model has normed gates: --gate normed' init no.trm --block relational --relations all --gate plain
run init likely.trm -q --block relational --relations all --gate normed --prefix 0 --likelihood stablemax --grid 2x2 --positions 4
run info likely.trm --json
is 'init: the likelihood of a relational model' "$(field likelihood)" stablemax
usage 'init: relations of a mixer' 'init: --relations is an option of relational models*' init no.trm --relations edge=question/positions/sum
echo '{"question": "..", "answer": "12", "relations": {"edge": [[1],[0],[]]}}' >bad.jsonl
data 'eval: a list too many' 'bad.jsonl: line 1, column 15 (question): relation edge: expected 2 lists, found 3' eval graphs.trm bad.jsonl -q
data 'train: a list too many' 'puzzle 0: relation edge: expected 2 lists, found 3' train --task colouring --data bad.jsonl --alphabet .123 --start graphs.trm --output no.trm
echo '{"question": "..", "relation": {}}' >bad.jsonl
data 'solve: a key that is none' 'bad.jsonl: line 1: column 20: expected question, answer, relations*found "relation"' solve graphs.trm --file bad.jsonl
echo '{"question": [0, 1, 0], "relations": {"edge": [[1],[0, 2],[1]]}, "fields": 2}' >path.jsonl
expect 'solve: a list of numbers' 0 '[12][12][12]' '' solve graphs.trm --file path.jsonl -q

for sizes in -4 4-99999999999 6-4 4-6x; do
    usage "train: --sizes $sizes with rules" "train: --sizes: with --rules expected a size or a range*found '$sizes'" train --rules "$root/examples/futoshiki/futoshiki.rules" \
        "--sizes=$sizes" --output no.trm
done
