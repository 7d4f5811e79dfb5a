# shellcheck shell=sh disable=SC2154
# trm train. A part of run.sh.

cat >tiny.conf <<'EOF'
# a run of moments
task = sudoku
boxes = 2x2
	generate=  64
channels = 16
token-hidden = 16
channel-hidden = 16
cycles = 1
updates = 1
maximum-steps = 3
steps = 6
batch = 8
learning-rate = 1e-3
validation-puzzles = 8
validate-every = 3
log-every = 2
output = "tiny.trm"
EOF
expect 'train' 0 '{*"step": 6, "steps": 6, "puzzles": 8, *' 'learning from made up: 64 puzzles*step 3: *% of 8 puzzles exact*step 6: *tiny.trm is written' train tiny.conf --json
object 'train --json' step steps puzzles exact cell seconds output
is 'train: what it leaves' "$(echo tiny.trm*)" 'tiny.trm tiny.trm.checkpoint tiny.trm.jsonl'
expect 'train: the model solves' 0 '????????????????' '' solve tiny.trm $puzzle
expect 'train: the model tells what made it' 0 '*provenance.configuration*steps = 6*provenance.data *made up: 64 puzzles*provenance.result *step 6 of 6*' '' info tiny.trm
is 'train: the log' "$(sed 's/^{"event": "\([a-z]*\)", "step": \([0-9]*\).*}$/\1 \2/' tiny.trm.jsonl | tr '\n' ,)" \
    'begin 0,step 2,validation 3,step 4,step 6,validation 6,end 6,'
if [ -n "$python" ]; then
    is 'train: the log is JSON lines' "$("$python" -c 'import json; [json.loads(line) for line in open("tiny.trm.jsonl")]' 2>&1)" ''
else
    skip 'train: the log is JSON lines' 'no python3'
fi
usage 'train: a run that exists' 'train: tiny.trm.checkpoint exists: --resume goes on *, --restart *' train tiny.conf
usage 'train: both' 'train: expected --resume or --restart, found both' train tiny.conf --resume --restart
usage 'train: another option on the way' "train: the run of tiny.trm.checkpoint began without 'channels = 32'*" train tiny.conf --resume --channels 32
usage 'train: an option left out on the way' "train: the run of tiny.trm.checkpoint began with 'updates = 1'*" train tiny.conf --resume --updates 6
cp tiny.trm whole.trm
run train tiny.conf --restart --threads 2 -q
is 'train: quiet, and the same bits on other threads' "$status $(cat out err; cmp tiny.trm whole.trm)" '0 '
run train tiny.conf --restart --minutes 1e-9
is 'train --minutes: stops at once' "$status $(tail -n 1 err)" '0 tiny.trm is written; the same command with --resume goes on'
expect 'train --resume' 0 '' '*step 6: *' train tiny.conf --resume
is 'train --resume: the same bits' "$(cmp tiny.trm whole.trm)" ''

# One at a time, until it ends or is killed.
"$trm" train tiny.conf --output twice.trm --steps 1000000 --validate-every 1000000 -q >/dev/null 2>&1 &
first_run=$!
tries=0
until [ -s twice.trm.jsonl ] || [ $tries -gt 200 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
data 'train: another process trains that' "train: twice.trm is being trained by process $first_run" train tiny.conf --output twice.trm --restart
kill -KILL "$first_run"
wait "$first_run" 2>/dev/null
expect 'train: after it was killed' 0 '' '*twice.trm is written' train tiny.conf --output twice.trm --restart
is 'train: the lock goes' "$(echo twice.trm*)" 'twice.trm twice.trm.checkpoint twice.trm.jsonl'

# Standard streams that were closed: files as ever, and a failure where something was to be said there.
for streams in '2>&-' '>&-' '<&-' '<&- >&- 2>&-'; do
    rm -f closed.trm* closed.csv
    eval '"$trm" train tiny.conf --output closed.trm -q' "$streams"
    is "train with $streams: the same model" "$? $(cmp tiny.trm closed.trm)" '0 '
    eval '"$trm" generate sudoku --boxes 2x2 --count 300 --output closed.csv' "$streams"
    is "generate with $streams: puzzles alone" "$? $(wc -l <closed.csv) $(grep -cv '^[^,]*,[1-4.]*,[1-4]*,[0-9]*$' closed.csv)" '0 301 1'
done
eval '"$trm" info tiny.trm >&- 2>err'
is 'info with standard output closed: told' "$? $(cat err)" '1 trm: standard output: Bad file descriptor'

# Escapes, marks of direction and separators of lines in names and alphabets stay away from terminals.
steer=$(printf 'su\033[31m\302\233\342\200\256\342\201\246doku')
run convert tiny.trm steer.trm --task "$steer"
run convert steer.trm steered.trm --alphabet "$(printf '\033\007\233\013')"
for command in 'info steered.trm' 'info --json steered.trm' 'solve steered.trm x' 'solve --json steered.trm x' 'bench --json --seconds 0.01 steered.trm'; do
    run $command
    is "$command: nothing that steers" "$(cat out err | LC_ALL=C tr -d '\n\200-\377 -~' | wc -c) $(cat out err | LC_ALL=C grep -c "$(printf '\233\|\342\200\256\|\342\201\246')")" '0 0'
done
printf '{"event": "st' >>tiny.trm.jsonl
expect 'train --resume: at its end' 0 '' '*going on after step 6 of 6*' train tiny.conf --resume
is 'train --resume: half a line of the log is gone' "$(grep -c '"st{' tiny.trm.jsonl)" 0
is 'train --resume: the model is written again' "$(cmp tiny.trm whole.trm)" ''
run train tiny.conf --resume --output other.trm
is 'train --resume: begins where there is no checkpoint' "$status $(cmp other.trm whole.trm)" '0 '
"$trm" train tiny.conf --output stopped.trm --steps 1000000 --validate-every 1000000 >out 2>err &
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s stopped.trm.jsonl ] && break; sleep 0.3; done
kill -TERM $!
wait $!
is 'train: SIGTERM leaves a checkpoint and a model' "$? $(echo stopped.trm*)" '130 stopped.trm stopped.trm.checkpoint stopped.trm.jsonl'
"$trm" train tiny.conf --output late.trm --steps 1000000 --validate-every 50 >out 2>err &
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q validation late.trm.jsonl 2>/dev/null && break; sleep 0.3; done
kill -TERM $!
wait $!
run info late.trm
is 'train: what was measured belongs to its step' "$(($(sed -n 's/.*provenance.result *step \([0-9]*\) of.*/\1/p' out) % 50))" 0
expect 'train: from written puzzles' 0 '' 'learning from made.csv: 300 puzzles*' train tiny.conf --generate 0 --data made.csv --output files.trm
latin=$(printf 'p\351.csv')
cp made.csv "$latin"
run train tiny.conf --generate 0 --data "$latin" --output latin.trm
is 'train: a file name that is not UTF-8' "$status" 0
expect 'train: its model opens' 0 '*provenance.data *p[?].csv: 300 puzzles*' '' info latin.trm
usage 'train --start: a shape of its own' 'train: --block: the model of --start has its own' train --task sudoku --boxes 2x2 --generate 8 --output x.trm --start tiny.trm --block mixer
expect 'train --start' 0 '' '*' train --task sudoku --boxes 2x2 --generate 8 --output more.trm --start tiny.trm --steps 1 --batch 2
run train --task sudoku --boxes 2x2 --generate 8 --output longer.trm --start tiny.trm --steps 6 --batch 2 --maximum-steps 1 --log-every 1
is 'train --start --maximum-steps: how long a puzzle is learnt from' "$(grep -c '"halted": 2' longer.trm.jsonl)" 6
run info longer.trm --json
is 'train --start --maximum-steps: the model allows what it did' "$(tr , '\n' <out | sed -n 's/^ "maximum_steps": //p')" 3
expect 'train --start: a size that the model takes beside its own' 0 '' '*' train --task sudoku --boxes 2x2 --generate 8 --output small4.trm --start "$root/models/sudoku-small.trm" --steps 1 --batch 2
run quantize -q tiny.trm tiny8.trm
expect 'train --start: weights of 8-bit integers' 0 '' '*' train --task sudoku --boxes 2x2 --generate 8 --output more8.trm --start tiny8.trm --steps 1 --batch 2
data 'train --start: no model' 'made.csv: *' train --task sudoku --boxes 2x2 --generate 8 --output x.trm --start made.csv
data 'train --start: another size' 'the puzzles have 36 cells, the model 16 positions' train --task sudoku --boxes 2x3 --generate 8 --output x.trm --start tiny.trm
usage 'train: no task' 'train: --data, --task or --rules is missing; *' train
usage 'train: no output' 'train: --output is missing; *' train --task sudoku
usage 'train: no puzzles' 'train: --data or --generate is missing; *' train --task sudoku --output x.trm
usage 'train: no alphabet' 'train: --alphabet is missing; *' train --task knights --output x.trm
usage 'train: no grid' 'train: --grid is missing; *' train --task knights --output x.trm --alphabet ab
usage 'train: no generator' 'train: --generate: there is no generator for the task knights' train --task knights --output x.trm --alphabet ab --grid 2x2 --data x --generate 5
usage 'train: an option of another task' 'train: --walls is not an option of the task sudoku' train --task sudoku --walls 20
usage 'train: out of the range that the library has' 'train: --beta1 must be at least 0 and below 1; found 1' train tiny.conf --restart --beta1 1
usage 'train: a warm-up longer than the run' 'train: --warm-up must be from 0 to *; found 100000' train tiny.conf --restart --warm-up 100000
data 'train: no such configuration' 'missing.conf: No such file or directory' train missing.conf
data 'train: no such data' 'missing.csv: *No such file*' train tiny.conf --restart --data missing.csv
data 'train: no such directory' 'missing/x.trm*No such file*' train tiny.conf --output missing/x.trm
printf 'source,question,answer,rating\na,%s,1111222233334444,0\n' $puzzle >wrong.csv
data 'train: an answer that contradicts' 'wrong.csv: line 2, column *' train tiny.conf --restart --data wrong.csv
conf() { name=$1 pattern=$2; printf "$3" >bad.conf; usage "train, configuration: $name" "bad.conf, line $pattern" train bad.conf; }
conf 'an unknown key' "2: unknown key 'chanels'; did you mean 'channels'[?]" 'task = sudoku\nchanels = 3\n'
conf 'an unknown key, none near' "1: unknown key 'frobnicate'; 'trm train --help' *" 'frobnicate = 3'
conf 'no equals sign' "1: expected 'key = value', found 'steps 3'" 'steps 3'
conf 'a value out of range' "1: steps: expected a number from 1 to 1000000000000000, found '0'" 'steps = 0'
conf 'a rate that is none' "1: clip: expected a number from 0 to 1000000, such as 0.5 or 1e-3, found 'big'" 'clip = big'
conf 'twice' "3: 'steps' has a value since line 1" 'steps = 1\n\nsteps = 2\n'
conf 'a flag' "1: 'resume' belongs on the command line, as --resume" 'resume = yes'
conf 'no value' "1: task: expected some text, found ''" 'task ='
printf 'task = sudoku\000\n' >bad.conf
data 'train, configuration: a zero byte' 'bad.conf: expected text, found byte 0x00 at offset 13' train bad.conf
head -c 70000 /dev/zero | tr '\0' '#' >bad.conf
data 'train, configuration: too long' 'bad.conf: expected a configuration of at most 65536 bytes' train bad.conf
cp small.trm tiny.trm.checkpoint
data 'train --resume: a model is no checkpoint' 'train: tiny.trm.checkpoint: expected a checkpoint of trm train' train tiny.conf --resume
head -c 3000 other.trm.checkpoint >tiny.trm.checkpoint
data 'train --resume: a checkpoint cut short' 'tiny.trm.checkpoint: *' train tiny.conf --resume

# Of several shortest ways another than the list's is right: here all lists are seen upside down.
run generate path --open --walls 0-10 --grid 10x10 --count 40 --seed 3 -q
{
    echo question,answer
    tail -n +2 out | cut -d, -f2 | rev >questions
    tail -n +2 out | cut -d, -f3 | rev | paste -d, questions -
} >turned.csv
run train --start "$root/models/path-small.trm" --task path --grid 10x10 --data turned.csv --validation turned.csv --steps 1 --warm-up 0 --batch 4 \
    --learning-rate 0 --muon-learning-rate 0 --json -q --output ways.trm
measured=$(field exact)
run eval ways.trm turned.csv --json -q
is 'train: what the rules call right is right, as in eval' "$measured $(field exact)" "$(field exact) $(field verified)"

# A wrong given counts in puzzles that are too large to be searched for another answer, too.
if [ -n "$python" ]; then
    "$python" -c 'import string
letters = string.digits[1:] + string.ascii_uppercase[:16]
print("question,answer")
for first in range(4):
    answer = "".join(letters[(5 * (r % 5) + r // 5 + c + first) % 25] for r in range(25) for c in range(25))
    print("".join(x if i % 3 else "." for i, x in enumerate(answer)) + "," + answer)' >large.csv
    run train --task sudoku --boxes 5x5 --data large.csv --block relational --channels 8 --channel-hidden 8 --cycles 1 --updates 1 --batch 2 --steps 1 \
        --warm-up 0 --validation-puzzles 0 --wrong-givens 1 --log-every 1 -q --output large-wrong.trm
    is 'train --wrong-givens of large puzzles' "$status $(grep -o '"answer_loss": [0-9.]*' large-wrong.trm.jsonl)" '0 "answer_loss": 0'
else
    skip 'train --wrong-givens of large puzzles' 'there is no python3'
fi
