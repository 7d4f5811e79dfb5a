# shellcheck shell=sh disable=SC2154
# trm trace. A part of run.sh.

hard=8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..
small=$root/models/sudoku-small.trm
run solve "$small" $hard --runs 3 --views none --steps 4 --json
mv out solved.json
run trace "$small" $hard --runs 3 --views none --steps 4 -o trace.json --json
object 'trace --json: what was written' output steps verdict how runs pins total_steps
checks='
import json, struct, sys
solved = json.load(open("solved.json"))["puzzles"][0]
trace = json.load(open("trace.json"))
steps = [step for run in trace["runs"] for step in run["steps"]]
last = next(run for run in trace["runs"] if run["run"] == trace["answer"]["run"])["steps"][-1]
assert (trace["format"], trace["version"], trace["positions"], trace["blank"]) == ("trm-trace", 1, 81, ".")
assert trace["grid"] == {"rows": 9, "columns": 9, "box_rows": 3, "box_columns": 3}
assert len(trace["runs"]) == solved["runs"] == 3 and len(steps) == solved["total_steps"]
assert [step["step"] for step in trace["runs"][1]["steps"]] == list(range(1, len(trace["runs"][1]["steps"]) + 1))
assert last["text"] == trace["answer"]["text"] == solved["answer"] and last["halt_probability"] == trace["answer"]["halt_probability"]
assert all(len(step["text"]) == len(step["probabilities"]) == 81 and 0 < min(step["probabilities"]) for step in steps)
floats = [number for step in steps for number in step["probabilities"] + [step["halt_logit"], step["halt_probability"]]]
assert all("%.9g" % struct.unpack("f", struct.pack("f", number))[0] == "%.9g" % number for number in floats)
for run in trace["runs"]:
    before = [None] * 81
    for step in run["steps"]:
        assert step["changed"] == sum(a != b for a, b in zip(before, step["text"]))
        before = step["text"]
print("good")
'
is 'trace: every step, and the answer of trm solve' "$("$python" -c "$checks" 2>&1 | tail -n 1)" good
run trace "$small" $hard --search --steps 2 --step-budget 20 -o pins.json -q
pins='
import json
runs = json.load(open("pins.json"))["runs"]
question = json.load(open("pins.json"))["question"]
pins = [pin for run in runs if run["how"] == "search" for pin in run["pins"]]
assert pins and all(question[pin["position"]] == "." and pin["text"] in "123456789" for pin in pins)
print("good")
'
is 'trace: the guesses of a search' "$("$python" -c "$pins" 2>&1 | tail -n 1)" good
run trace "$small" $hard --steps 4 -o one.svg
mv one.svg two.svg
run trace "$small" $hard --steps 4 -o one.svg
is 'trace: a picture is the same bytes' "$(cmp one.svg two.svg; grep -c '<svg' one.svg; "$python" -c 'import xml.dom.minidom; xml.dom.minidom.parse("one.svg"); print("good")')" '1
good'
run trace "$small" $hard --steps 4 -o page.html
page='
import json, re
text = open("page.html").read()
inside = re.search(r"<script type=\"application/json\" id=\"trace\">(.*?)</script>", text, re.S).group(1)
assert json.loads(inside)["format"] == "trm-trace" and "<" not in inside and "@TRACE@" not in text
assert not re.search(r"(src|href)\s*=|https?://(?!www\.w3\.org/2000/svg)", text)
print("good")
'
is 'trace: a page holds it, and asks for nothing else' "$("$python" -c "$page" 2>&1 | tail -n 1)" good
printf '%s\n' '#########' '#S  #  G#' '#   #   #' '#       #' '#########' '#########' '#########' '#########' '#########' >map.txt
expect 'trace: a map as drawn' 0 '' 'map.svg: * steps of * runs, *' trace "$root/models/path.trm" --file map.txt --runs 4 -o map.svg
expect 'trace: nothing that rules call right' 3 '' '*refuted' trace "$small" $hard --steps 1 --require-verified -o withheld.json
is 'trace: what is withheld is not in the answer' "$("$python" -c 'import json; print("text" in json.load(open("withheld.json"))["answer"])')" False
usage 'trace: no output' 'trace: expected -o FILE whose name ends in .json, .html or .svg, found none' trace "$small" $hard
usage 'trace: an unknown ending' "trace: expected -o FILE whose name ends in .json, .html or .svg, found 'trace.png'" trace "$small" $hard -o trace.png
usage 'trace: two puzzles' 'trace: expected a puzzle as argument or --file, found both' trace "$small" $hard --file map.txt -o trace.json
data 'trace: no puzzle' 'standard input: expected a puzzle, found none' trace "$small" -o none.json
data 'trace: a folder that is not there' '*: *' trace "$small" $hard -o absent/trace.json
data 'trace: letters in the puzzle' 'the puzzle: *' trace "$small" x${hard#?} -o none.json
is 'trace: a failure leaves no file' "$(ls none.json none.json* 2>/dev/null)" ''
run trace pins.json -o again.json -q
is 'trace: what is read is what was written' "$(cmp pins.json again.json && echo same)" same
for ending in svg html; do
    run trace "$small" $hard --steps 4 -o "solved.$ending" -q
    run trace "$small" $hard --steps 4 -o numbers.json -q
    expect "trace: a $ending of numbers" 0 '' "read.$ending: 4 steps of 1 run, refuted" trace numbers.json -o "read.$ending"
    is "trace: the same $ending of numbers" "$(cmp "solved.$ending" "read.$ending" && echo same)" same
done
run trace withheld.json -o withheld.svg --json
is 'trace: an answer that was withheld stays so' "$status" 3
object 'trace --json: what was read' output steps verdict how runs pins total_steps
spoil() { # what is wrong, a statement that does it to the trace t, the sentence
    "$python" -c 'import json, sys; t = json.load(open("numbers.json")); exec(sys.argv[1]); json.dump(t, open("wrong.json", "w"))' "$2"
    data "trace: $1" "wrong.json: $3" trace wrong.json -o wrong.svg
}
spoil 'another version' 't["version"] = 2' 'expected a trace of version 1, found one of version 2'
spoil 'other JSON' 'del t["format"]' 'expected a trace of trm ("format": "trm-trace"), found other JSON'
spoil 'too many probabilities' 't["runs"][0]["steps"][1]["probabilities"].append(1)' \
    'runs?0?.steps?1?.probabilities: expected 81 numbers from 0 to 1, found a list of 82'
spoil 'a probability above 1' 't["runs"][0]["steps"][3]["probabilities"][80] = 1.5' \
    'runs?0?.steps?3?.probabilities: expected 81 numbers from 0 to 1, found 1.5'
spoil 'a short question' 't["question"] = "123"' 'question: expected 81 characters of an alphabet, found a text of 3 bytes'
spoil 'a letter that no alphabet has' 't["question"] = "\u0142" + t["question"][1:]' \
    'question: expected 81 characters of an alphabet, found a text of 82 bytes'
spoil 'a grid of other cells' 't["grid"]["rows"] = 8' 'grid: expected 81 cells, found 8 x 9'
spoil 'an unknown word' 't["runs"][0]["steps"][0]["verdict"] = "maybe"' \
    'runs?0?.steps?0?.verdict: expected one of unverified, verified, refuted, found a text of 5 bytes'
spoil 'steps that stand still' 't["runs"][0]["steps"][2]["step"] = 2' \
    'runs?0?.steps?2?.step: expected numbers that ascend from 1, found 2'
spoil 'no runs' 't["runs"] = []' 'runs: expected at least one run, found a list of 0'
spoil 'a run without steps' 't["runs"][0]["steps"] = []' 'runs?0?.steps: expected at least one step, found a list of 0'
spoil 'a run that is not there' 't["answer"]["run"] = 7' 'answer.run: expected one of the runs, found 7'
spoil 'a pin outside' 't["runs"][0]["pins"] = [{"position": 81, "text": "1"}]' \
    'runs?0?.position: expected a whole number up to 80, found 81'
spoil 'a relation that leads nowhere' 't["relations"] = {"box": [[3], [1]]}' \
    "relations: list 0 of 'box': expected numbers below 2, found others"
spoil 'too many positions' 't["positions"] = 10 ** 6' 'positions: expected a whole number up to 65536, found 1000000'
head -c 3000 numbers.json >wrong.json
data 'trace: half a trace' 'wrong.json: expected a whole trace, found one that ends after 3000 bytes' trace wrong.json -o wrong.svg
echo nonsense >wrong.json
data 'trace: no JSON' 'wrong.json: expected a trace, which is JSON, found what is none: line 1, column *' trace wrong.json -o wrong.svg
ln -s /dev/zero endless.json
data 'trace: too large' 'endless.json: expected a trace of at most 268435456 bytes, found more' trace endless.json -o wrong.svg
rm wrong.json
data 'trace: numbers that are not there' 'wrong.json: No such file or directory' trace wrong.json -o wrong.svg
is 'trace: what is wrong leaves no file' "$(ls wrong.svg* 2>/dev/null)" ''
usage 'trace: a trace and a puzzle' 'trace: expected a trace alone, found a puzzle, too' trace numbers.json $hard -o wrong.svg
usage 'trace: a trace and steps' 'trace: expected -o, --json or --quiet with a trace, found --steps' trace numbers.json --steps 2 -o wrong.svg
