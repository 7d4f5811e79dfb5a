# shellcheck shell=sh disable=SC2154
# trm plot. A part of run.sh.

begin='{"event": "begin", "time": 1700000000, "step": 0, "seconds": 0, "steps": 40, "batch": 8, "new": {"of": ["a", "later"]}}'
step() { # step, seconds, answer loss, share of exact puzzles, T, n
    printf '{"event": "step", "step": %s, "seconds": %s, "steps": 40, "loss": 9, "answer_loss": %s, "cell": 0.5, "halted": 4, "exact": %s, "cycles": %s, "updates": %s}\n' "$@"
}
exam() { printf '{"event": "validation", "step": %s, "seconds": 9, "puzzles": 10, "exact": %s, "cell": 0.9}\n' "$@"; }
{ echo "$begin"; step 10 60 2.0 null 1 2; step 20 120 1.5 0.25 1 2; exam 20 0.5; step 30 180 1.25 0.75 2 4; echo '{"event": "weather", "step": "sunny"}'
    echo; echo '{"event": "end", "step": 30, "reason": "stopped"}'; } >'run <&">.jsonl'
expect 'plot' 0 '' '' plot 'run <&">.jsonl' run.svg
is 'plot: whole or not at all' "$(echo run.svg*)" run.svg
expect 'plot --json' 0 '{*"steps": 30, "points": 3, "output": "run.svg"}' '' plot 'run <&">.jsonl' run.svg --json
object 'plot --json: an object' steps points output
if [ -n "$python" ]; then
    is 'plot: XML without anything from elsewhere' "$("$python" -c '
import sys, xml.etree.ElementTree as tree
for e in tree.parse("run.svg").iter():
    for name, value in e.attrib.items():
        if "href" in name or "url(" in value or name.startswith("on"): print(e.tag, name)
    if e.tag.split("}")[1] not in "svg title rect text line path circle g".split(): print(e.tag)' 2>&1)" ''
else
    skip 'plot: XML without anything from elsewhere' 'no python3'
fi
drawn() { # name, texts that stand in the picture
    name=$1
    shift
    for text; do
        grep -q -F -e ">$text</text>" run.svg && continue
        not_ok "$name" "the text '$text' in: $(sed -n 's/.*>\(.*\)<\/text>/\1/p' run.svg | tr '\n' ';')"
        return
    done
    ok "$name"
}
drawn 'plot: file name, steps, batch, time, end' 'run &lt;&amp;&quot;&gt;.jsonl' 'step 30 of 40 · batch 8 · 3 min · stopped'
drawn 'plot: depths' 'T 1 n 2' 'T 2 n 4'
drawn 'plot: axes' 'Answer loss' Accuracy '0 %' '100 %' 30 steps 200 puzzle-steps
drawn 'plot: last values' 1.25 '75.0 % training' '50.0 % validation' '50.0 % cells'
numbers() { tr '\n' ' ' <run.svg | grep -o ' d="[^"]*"' | sed -n "$1p" | tr -d 'd="ML'; } # x y x y ... of a curve
is 'plot: the loss falls from the left to the right' "$(numbers 1 | awk '{ print NF, $1 < $3 && $3 < $5, $2 < $4 && $4 < $6 }')" '6 1 1'
is 'plot: null is a gap' "$(numbers 4 | wc -w | tr -d ' ')" 4

# A run that went on from its checkpoint at step 10, after it had got to step 30.
{ cat 'run <&">.jsonl'; echo '{"event": "begin", "step": 10, "seconds": 0, "steps": 40, "batch": 8}'; step 20 60 1.5 0.25 1 2; step 30 120 0.5 1 1 2; exam 20 0.25; } >resumed.jsonl
expect 'plot: a resumed run' 0 '{*"steps": 30, "points": 3, *}' '' plot resumed.jsonl run.svg --json
drawn 'plot: a resumed run: the later line of a step, and the time of both' 0.5 '100.0 % training' '25.0 % validation' 'step 30 of 40 · batch 8 · 5 min'

step 1 2 3.0 0 1 1 >run.jsonl
expect 'plot: one step alone' 0 '{*"steps": 1, "points": 1, *}' '' plot run.jsonl run.svg --json
drawn 'plot: one step: what is known' 'step 1 of 40 · 2.0 s' 3
is 'plot: no number that is none' "$(grep -c -e nan -e inf run.svg)" 0
{ step 10 1 3 null 1 1; step 20 2 2 null 1 1; step 30 3 null null 1 1; step 40 4 2 null 1 1; step 50 5 1 null 1 1; } >run.jsonl
run plot run.jsonl run.svg
is 'plot: a gap parts a curve' "$(tr '\n' ' ' <run.svg | grep -o ' d="[^"]*"' | head -n 1 | tr -d '0-9. ')" 'd="MLML"'
{ step 1 2 1e308 0 1 1; step 2 3 0.5 9e307 1 1; step 3 4 -1e308 1 1 1; } >run.jsonl
expect 'plot: numbers beyond all bounds are gaps' 0 '{*"points": 3, *}' '' plot run.jsonl run.svg --json
drawn 'plot: what is left beside them' 0.5 '88.1 % training'
awk 'BEGIN { for (i = 1; i <= 20000; i++) printf "{\"event\": \"step\", \"step\": %d, \"answer_loss\": %s, \"cell\": 0.5}\n", i, i == 7777 ? "7e-5" : 4 * exp(-i / 4000) }' >run.jsonl
expect 'plot: a long run' 0 '{*"steps": 20000, "points": 20000, *}' '' plot run.jsonl run.svg --json
is 'plot: a long run is thinned out' "$([ "$(wc -c <run.svg)" -lt 100000 ] && echo yes)" yes
drawn 'plot: a loss that falls far has a logarithmic scale' 'Answer loss, logarithmic' 1 0.1
is 'plot: one low value among many stays to be seen' "$(numbers 1 | awk '{ for (i = 1; i < NF; i += 2) n += $i > 355 && $i < 359 && $(i + 1) > 340; print n }')" 1

{ echo "$begin"; step 10 60 2.0 null 1 2; printf '{"event": "step", "step": 20, "answ'; } >cut.jsonl
expect 'plot: a last line that is cut short' 0 '{*"steps": 10, *}' 'trm: cut.jsonl: line 3, the last one, is cut short at column *: it is left out' plot cut.jsonl run.svg --json
expect 'plot: the same with --quiet' 0 '' '' plot cut.jsonl run.svg --quiet
{ cat cut.jsonl; echo; } >malformed.jsonl
expect 'plot: a last line that is no JSON' 0 '{*"steps": 10, *}' 'trm: malformed.jsonl: line 3, the last one, is no JSON at column *: it is left out' plot malformed.jsonl run.svg --json
{ cat cut.jsonl; echo; step 30 90 1 1 1 2; } >broken.jsonl
rm run.svg
data 'plot: another line that is cut short' 'broken.jsonl: line 3, column 3?: *' plot broken.jsonl run.svg
: >run.jsonl
data 'plot: an empty log' 'run.jsonl: expected the log of a training run, found no steps in it' plot run.jsonl run.svg
echo "$begin" >run.jsonl
data 'plot: no steps' 'run.jsonl: expected the log of a training run, found no steps in it' plot run.jsonl run.svg
wrong() { # name, what is said of line 2, line
    { echo "$begin"; echo "$3"; echo "$begin"; } >run.jsonl
    data "plot: $1" "run.jsonl: line 2$2" plot run.jsonl run.svg
}
wrong 'not JSON' ', column [1-4]: *' 'step 10'
wrong 'a number that JSON has not' ', column 3[4-7]: *' '{"event": "step", "step": 1, "x": NaN}'
wrong 'two objects' ', column *' '{"event": "x"} {"event": "x"}'
wrong 'twice the same field' ', column *' '{"event": "x", "event": "step"}'
wrong 'no object' ': expected an object with a text "event"*' '[1]'
wrong 'no event' ': expected an object with a text "event"*' '{"step": 10}'
wrong 'no step' ': expected a whole number from 0 to 2^53 for "step"' '{"event": "step"}'
wrong 'half a step' ': expected a whole number from 0 to 2^53 for "step"' '{"event": "step", "step": 1.5}'
wrong 'a step below 0' ': expected a whole number *' '{"event": "step", "step": -1}'
wrong 'a step that is too large' ': expected a whole number *' '{"event": "validation", "step": 9007199254740993}'
wrong 'a batch that is none' ': expected a whole number from 0 to 2^53 for "batch"' '{"event": "begin", "batch": null}'
wrong 'a word for a number' ': expected a number for "answer_loss"' '{"event": "step", "step": 1, "answer_loss": "low"}'
wrong 'a line beyond all' ': expected a line of a log, found one beyond 1 MiB' "$(head -c 1100000 /dev/zero | tr '\0' 1)"
is 'plot: a failure leaves nothing' "$(echo run.svg*)" 'run.svg*'
data 'plot: no such log' 'missing.jsonl: No such file or directory' plot missing.jsonl run.svg
data 'plot: a directory' '.: Is a directory' plot . run.svg
data 'plot: no such directory' 'missing/run.svg: No such file or directory' plot resumed.jsonl missing/run.svg
mkdir folder.svg
data 'plot: a directory as the output' 'folder.svg: the output must be a regular file or not exist yet' plot resumed.jsonl folder.svg
usage 'plot: not a picture of this kind' "plot: expected an output whose name ends in .svg, found 'run.png'" plot resumed.jsonl run.png
usage 'plot: the other way round' "plot: expected an output whose name ends in .svg, found 'resumed.jsonl'" plot run.svg resumed.jsonl
usage 'plot: no output' 'plot: something is missing; *' plot resumed.jsonl
echo kept >run.svg
data 'plot: what was there stays after a failure' 'broken.jsonl: *' plot broken.jsonl run.svg
is 'plot: what was there' "$(cat run.svg)" kept
if [ -f tiny.trm.jsonl ]; then
    expect 'plot: a log of trm train' 0 '{*"steps": 6, *}' '' plot tiny.trm.jsonl run.svg --json
else
    not_ok 'plot: a log of trm train' 'tiny.trm.jsonl'
fi
