# shellcheck shell=sh disable=SC2154,SC2086
# A short trial of what trm train proposes. A part of run.sh.

run generate sudoku --boxes 2x2 --count 150 --seed 4 --output tried.csv -q
{
    echo question,answer
    tail -n +2 tried.csv | cut -d, -f2,3 | tr 1234 ABCD
} >letters.csv
little='--hold-back 20 --channels 12 --channel-hidden 16 --warm-up 0'
expect 'train: letters that are alike' 0 '' '*a task of your own*not heard: who is in a box; written with the digits 1 to 4 *of 30 puzzles exact*' train --data letters.csv --output alike.trm --steps 2 $little
expect 'train --trial --dry-run' 0 "150 puzzles, *proposed: a Sudoku*
trial: 10 steps of the proposal and as much work of others, on 30 puzzles held back
*exact *cells *steps *seconds
*%*% * 10 *  the proposal
*%*%*  shallower steps
taken: *
trm train --task 'sudoku' * --data 'tried.csv'*" '' train --data tried.csv $little --dry-run --trial 10
is 'train --trial --dry-run leaves nothing behind' "$(ls -- *.trial.* 2>/dev/null)" ''
# Of so few steps those learn most that are quick.
expect 'train --trial: what beats the proposal is taken' 0 "*proposed: *cell=shape/fields/sum+max*taken in place of the proposal: values that are not alike
trm train * --relations 'row=shape/positions/sum+max column=shape/positions/sum+max' --fields '1' *
{*}" '' train --data letters.csv $little --dry-run --trial 20 --json
object 'train --trial --dry-run --json' configuration trial what steps puzzles exact cell seconds taken
is 'train --trial: one is taken of four' "$(grep -o '"taken": true' out | wc -l | tr -d ' ') $(grep -o '"what"' out | wc -l | tr -d ' ')" '1 4'
grep '^trm train' out | sed "s/^trm/exec \"\$1\"/; s/ --steps '[0-9]*'/ --steps 6/; s/\$/ --output said.trm --restart -q/" >said
sh said "$trm" 2>err
is 'train: the command that --trial says' "$(cat err)" ''

tried="train --data letters.csv $little --trial 20 --steps 6 --output tried.trm"
run $tried --minutes 1e-9 --json
is 'train --trial: said, and recorded' "$status $(grep -c '^taken in place' err) $(grep -c '"trial": \[{' out)" '0 1 1'
expect 'train --trial --resume: the choice stays' 0 '' '*tried.trm is written*' $tried --resume
is 'train --trial --resume: without a trial' "$(grep -c '^trial' err)" 0
cmp -s tried.trm said.trm && ok 'train --trial, stopped and resumed, and as a command: the same' || not_ok 'train --trial, stopped and resumed, and as a command: the same' 'they differ'

expect 'train --trial --resume: steps are not changed on the way' 2 '' '*the run of tried.trm.checkpoint began *options cannot change on the way' train --data letters.csv $little --trial 20 --steps 12 --output tried.trm --resume
expect 'train --trial: what was given is not tried otherwise' 0 '*  the proposal
*rows, columns and neighbours
*taken: *' '' train --data letters.csv $little --fields 1 --steps 10 --trial 10 --dry-run
data 'train --trial: too few to measure on' 'train: --trial: expected at least 20 puzzles to measure on, found 1*; --hold-back P sets more of each hundred aside' train --data tried.csv --output x.trm --trial 5 -q
usage 'train --trial of no proposal' 'train: --trial: expected --data without --task, --rules and --start: *' train --task sudoku --boxes 2x2 --data tried.csv --output x.trm --trial 5
usage 'train --trial of nothing' 'train: --trial: the options given leave nothing to try' train --data tried.csv --output x.trm --trial 5 $little --cycles 2 --updates 3 -q
usage 'train --trial of no number' "train: --trial: expected a number from 0 to 1000000, found 'two'*" train --data tried.csv --output x.trm --trial two
is 'train --trial refused: nothing is written' "$(ls x.trm* 2>/dev/null | grep -v lock)" ''
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    on_terminal "$trm" train --data tried.csv $little --dry-run --trial 250
    case $(cat out) in *'trial '[12]' of 2, '*', step '*' of '*' puzzles a second, '*' %, '*' left'*) ok 'train --trial on a terminal: progress' ;; *) not_ok 'train --trial on a terminal: progress' 'rate and time left' ;; esac
fi
# Lists that puzzles bring go with the number of values; and what nothing says a mixer learns slowly.
printf 'task signs\nvariables N x N\nvalues N\nall_different row column\nless neighbours 20-50%%\n' >tried.rules
run generate --rules tried.rules --sizes 4 --count 120 --seed 3 --output brought.jsonl -q
expect 'train --trial of puzzles that bring lists, too short to tell' 0 '*trial: 10 steps *  the proposal
*  rows, columns and neighbours
*  values without an order
*taken: the proposal, as nothing beats it by more than chance*' '*' train --data brought.jsonl $little --dry-run --trial 5
{
    echo question,answer
    for bits in 000 001 010 011 100 101 110 111; do for more in 00 01 10 11; do echo "$bits$more,$more$bits"; done; done
} >moved.csv
expect 'train --trial: what cannot be made is left out' 0 '*trial: 10 steps *  the proposal
*  shallower steps
*taken: *' 'trial: left out, a relational model of neighbours and rows: *token_hidden*
trial: left out, attention: *' \
    train --data moved.csv --hold-back 70 --channels 16 --batch 4 --token-hidden 8 --dry-run --trial 2 --warm-up 0
