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
usage 'generate: rules that are not there' 'generate: no.rules: cannot be read' generate --rules no.rules
usage 'generate: a task beside its rules' 'generate: expected a task or --rules, found both' generate sudoku --rules signs.rules
usage 'generate: nothing' 'generate: expected a task or --rules, found neither' generate
usage 'generate: walls of signs' 'generate: --walls is not an option of tasks that --rules describes' generate --rules signs.rules --walls 1-2
usage 'train: sizes of a model' "train: --sizes: with --rules expected a size or a range of them, such as 4-6, found '4x4'" train --rules signs.rules --sizes 4x4 --output no.trm
usage 'train: a task beside its rules' 'train: --rules says task and alphabet: expected neither beside it' train --task sudoku --rules signs.rules --output no.trm
usage 'train: relations beside rules' 'train: --relations is not an option of tasks that --rules describes' train --rules signs.rules --sizes 4 --block relational --relations row --output no.trm
