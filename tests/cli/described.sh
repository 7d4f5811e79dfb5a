# shellcheck shell=sh disable=SC2154
# Described tasks. A part of run.sh.

printf 'task signs # Futoshiki\nvariables N x N\nvalues N\nall_different row column\nless neighbours 20-50%%\n' >signs.rules
printf 'task clauses\nvariables N\nvalues 2 as 01\nclause groups 2-3\n' >clauses.rules
for task in signs clauses; do
    run generate --rules $task.rules --sizes 3-5 --count 20 --seed 5
    mv out printed.jsonl
    run generate --rules $task.rules --sizes 3-5 --count 20 --seed 5 --output $task.jsonl -q
    is "generate --rules $task: the same in a file" "$(sed 's/^{"source": "generated", //; s/ //g' printed.jsonl)" "$(sed 's/^{"source": "generated", //; s/ //g' $task.jsonl)"
    expect "train --rules $task" 0 '*' '*learning from made up: 30 puzzles*' train --rules $task.rules --sizes 3-4 --generate 30 \
        --validation-puzzles 5 --channels 8 --channel-hidden 12 --steps 4 --batch 8 --output $task.trm
    expect "eval: $task of another size" 0 '*all * 20 *' '*' eval $task.trm $task.jsonl --search --step-budget 20
    expect "train --data of $task" 0 '*' '*learning from '$task'.jsonl: 20 puzzles*' train --rules $task.rules --data $task.jsonl --validation-puzzles 0 \
        --channels 8 --channel-hidden 12 --steps 2 --batch 4 --output $task.trm --restart
done
expect 'info: what a model of signs is' 0 '*greater=question/positions/sum+max*task.rules * different=row,column less=greater*task.sizes * 3x3-5x5*' '' info signs.trm
printf 'task signs\nvariables N x N\nvalues N\nless neighbors\n' >bad.rules
usage 'generate: rules that are none' "generate: bad.rules: rules: line 4, column 6: expected neighbours or pairs, found 'neighbors'" generate --rules bad.rules
printf 'task signs\nvariables N\000' >zero.rules
usage 'generate: rules with a byte 0x00' 'generate: zero.rules: expected text, found byte 0x00 at offset 22' generate --rules zero.rules
head -c 5000 /dev/zero | tr '\000' '#' >long.rules
usage 'generate: rules that are too long' 'generate: long.rules: expected a text of at most 4095 bytes' generate --rules long.rules
usage 'generate: rules that are not there' 'generate: no.rules: cannot be read' generate --rules no.rules
usage 'generate: a task beside its rules' 'generate: expected a task or --rules, found both' generate sudoku --rules signs.rules
usage 'generate: nothing' 'generate: expected a task or --rules, found neither' generate
usage 'generate: walls of signs' 'generate: --walls is not an option of tasks that --rules describes' generate --rules signs.rules --walls 1-2
usage 'train: sizes of a model' "train: --sizes: with --rules expected a size or a range of them, such as 4-6, found '4x4'" train --rules signs.rules --sizes 4x4 --output no.trm
usage 'train: a task beside its rules' 'train: --rules says task and alphabet: expected neither beside it' train --task sudoku --rules signs.rules --output no.trm
usage 'train: relations beside rules' 'train: --relations is not an option of tasks that --rules describes' train --rules signs.rules --sizes 4 --block relational --relations row --output no.trm
printf '{"question": "12..", "answer": "1221", "rows": 2, "columns": 2}\n' >bare.jsonl
head -n 2 signs.jsonl | cat - bare.jsonl >unlike.jsonl
data 'train --rules: a row without what the rules are about' 'unlike.jsonl: line 3, column 15 (question): expected a relation greater with the question, as the rules of signs have it, found none' \
    train --rules signs.rules --data unlike.jsonl --output no.trm -q
# A table says nothing of shapes, a description does.
printf 'task plain\nvariables N x N\nvalues N\nall_different row column\n' >plain.rules
run generate sudoku --boxes 2x2 --count 40 --seed 4 --output table.csv -q
expect 'train --rules: a table' 0 '' '*learning from table.csv: 40 puzzles*' train --rules plain.rules --data table.csv --output table.trm --validation-puzzles 0 --channels 8 --channel-hidden 12 --steps 2 --batch 4
printf 'task bars\nvariables N\nvalues 2\nconflict pairs 2-3 values 11 12 21 22\n' >bars.rules
usage 'generate: a list that bars every pair' 'generate: bars.rules: rules: conflict: expected a pair of the 2 values that may stand side by side, found none' generate --rules bars.rules --sizes 6
printf 'task bars\nvariables N x N\nvalues N\nconflict neighbours 50%% values 11 12 21 22\n' >bars.rules
usage 'generate: a list that bars every pair of a size' 'generate: bars: a conflict bars every pair of the 2 values of size 2' generate --rules bars.rules --sizes 2
expect 'generate: a list that bars every pair of smaller sizes' 0 '*"barred": *' '*' generate --rules bars.rules --sizes 3 --count 2
{
    printf 'task wide\nvariables N\nvalues 9\nconflict pairs 4 values'
    for a in 1 2 3 4 5 6 7 8 9; do for b in 1 3 5 7 9; do printf ' %s' $a$b; done; done
} >wide.rules
usage 'generate: more than there is room for' 'generate: wide: a puzzle of size 300 needs more room than there is, for 8192 constraints of 32768 variables or values in all: expected a smaller size, *' generate --rules wide.rules --sizes 300 --count 1
