# shellcheck shell=sh disable=SC2154
# Data that say their task. A part of run.sh.

run generate sudoku --boxes 2x3 --count 80 --seed 4 --output six.csv -q
expect 'train --dry-run' 0 "80 puzzles, *36 cells, a grid of 6 x 6, *box of 2 x 3*proposed: a Sudoku; *trm train --task 'sudoku' --boxes '2x3' --hold-back '10' *--fields '6' * --data 'six.csv'*" '' \
    train --data six.csv --dry-run
is 'train --dry-run writes nothing' "$(ls six.trm* 2>/dev/null)" ''
tail -n 1 out | sed "s/^trm/exec \"\$1\"/; s/\$/ --output plan.trm --steps 3 --warm-up 0 --channels 8 --channel-hidden 12 -q/" >plan
sh plan "$trm" 2>err
is 'train: the command that --dry-run says' "$(cat err)" ''
expect 'train: data alone' 0 '' '*proposed: a Sudoku; *learning from six.csv: 80 puzzles*of 8 puzzles exact*' train --data six.csv --output six.trm --steps 3 --warm-up 0 \
    --channels 8 --channel-hidden 12
cmp -s six.trm plan.trm && ok 'train: data alone, and as a command: the same' || not_ok 'train: data alone, and as a command: the same' 'they differ'
expect 'info: what data alone say' 0 '*task = sudoku*hold-back = 10*' '' info six.trm
expect 'train: relations by name' 0 '' '*' train --data six.csv --output named.trm --steps 2 --warm-up 0 --relations row,column,cell --channels 8 --channel-hidden 12
expect 'info: relations by name' 0 '*row=shape/positions/sum+max column=shape/positions/sum+max cell=shape/fields/sum+max*' '' info named.trm
data 'train: a relation that data do not have' '*relation colunm: expected lists with each puzzle, found none' train --data six.csv --output x.trm --relations row,colunm -q
usage 'train: relations that are none' "train: --relations: expected names such as row,column,cell, or *found 'row,,cell'" train --data six.csv --output x.trm --relations row,,cell -q
head -n 12 six.csv >few.csv
data 'train: too few to hold back' 'train: few.csv: expected at least 20 different puzzles, *found 11; --validation-puzzles 0 *' train --data few.csv --output x.trm
awk -F, -v OFS=, 'NR == 30 { gsub("1", "#", $3); gsub("2", "1", $3); gsub("#", "2", $3) } 1' six.csv >wrong.csv
data 'train: an answer that contradicts its question' 'wrong.csv: what a question gives is in its answer in 79 of 80 puzzles, unlike those of lines 30: *' train --data wrong.csv --output x.trm
usage 'train: --hold-back beside --validation' 'train: --hold-back: expected --data, and no --validation' train --task sudoku --data six.csv --output x.trm --hold-back 10 --validation six.csv
expect 'train --dry-run: further lists' 0 "*trm train * --data 'six.csv' --mix 'six.csv=0.5'*" '' train --data six.csv --mix six.csv=0.5 --dry-run
