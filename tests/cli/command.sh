# shellcheck shell=sh disable=SC2154
# The command as such: help, unknown options, wrong values. A part of run.sh.

expect 'without a command: the usage, status 2' 2 '' 'usage: trm COMMAND*solve*bench*'
expect '--help' 0 'usage: trm COMMAND*info*solve*eval*convert*quantize*init*bench*generate*train*plot*calibrate*--version*' '' --help
expect '-h' 0 'usage: trm COMMAND*' '' -h
expect 'help' 0 'usage: trm COMMAND*' '' help
expect 'help COMMAND' 0 'usage: trm solve *' '' help solve
expect '--version' 0 'trm [0-9]*.[0-9]*.[0-9]*' '' --version
is 'the version is that of the build' "$(cat out)" "trm $(sed -n "s/^ *version: '\(.*\)',$/\1/p" "$root/meson.build" | head -n 1)"
usage 'unknown command, with the nearest' "unknown command 'sovle'; did you mean 'solve'[?]" sovle
usage 'unknown command, with none near' "unknown command 'frobnicate'; 'trm --help' *" frobnicate
usage 'unknown option before a command' "unknown option '--versoin'; did you mean '--version'[?]" --versoin
usage 'help for an unknown command' "unknown command 'inof'; did you mean 'info'[?]" help inof
usage 'too many words behind --version' "unexpected 'extra'*" --version extra
usage 'too many words behind help' "unexpected 'extra'*" help solve extra

# Each option in the tables: in the manual page, in both forms, and nothing in the manual page beside them.
for command in info solve eval convert quantize init bench generate train plot calibrate embed; do
    expect "$command --help" 0 "usage: trm $command *" '' $command --help
    cp out help
    run $command -h
    is "$command -h is the same" "$(cat out)" "$(cat help)"
    is "$command --help: no line beyond 100 columns" "$(awk 'length > 100' help)" ''
    sed -n 's/^  \(-., \)\{0,1\}--\([a-z0-9-]*\) .*/\2/p' help | sort >named
    awk -v title="trm $command" '/^\.S[sh] /{ inside = $0 == ".Ss " title } inside' "$manual" |
        grep -o 'Fl -[a-z0-9-]*' | sed 's/Fl -//' | grep -v '^$' | sort -u >written
    echo help >>written
    sort -u -o written written
    is "trm.1 has the options of $command, and no others" "$(tr '\n' ' ' <written)" "$(tr '\n' ' ' <named)"
    usage "$command: unknown option" "$command: unknown option '--frobnicate'; 'trm $command --help' *" $command --frobnicate x y
    usage "$command: unknown option with the nearest" "$command: unknown option '--jsno'; did you mean '--json'[?]" $command --jsno x y
    usage "$command: unknown option with a value" "$command: unknown option '--jsno=3'; did you mean '--json'[?]" $command --jsno=3 x y
    usage "$command: unknown letter" "$command: unknown option '-x'; *" $command -x
    wrong=
    # shellcheck disable=SC2013
    for option in $(grep -v '^help$' named); do
        if grep -q -e "--$option [A-Za-z]" help && ! grep -q -e "--$option  " help; then
            run $command "--$option"
            grep -q "$command: --$option needs a value" err && [ "$status" -eq 2 ] || wrong="$wrong $option"
            [ "$option" = precision ] || run $command "--$option" ''
            [ "$status" -eq 2 ] || wrong="$wrong $option(empty)"
        else
            run $command "--$option=1"
            grep -q "$command: --$option takes no value, found '1'" err && [ "$status" -eq 2 ] || wrong="$wrong $option"
        fi
    done
    is "$command: values missing, empty, or too many" "$wrong" ''
done

# "NAME DEFAULT" a line: of what --help says, and of a section of the manual page ("the defaults are 0.02, 0.005
# and 0.95.").
help_defaults() {
    awk '/^  -/ { if (text) print text; match($0, /--[a-z0-9-]*/); text = substr($0, RSTART + 2, RLENGTH - 2) "|" }
        { text = text " " $0 } END { print text }' | sed -n 's/^\([a-z0-9-]*\)|.*(default \([^ ):]*\)).*/\1 \2/p' | sort
}
manual_defaults() {
    awk -v title="$1" '/^\.It / { if (names) print names "|" text; names = text = ""; left = $0
            while (match(left, /Fl -[a-z0-9-]+/)) {
                names = names " " substr(left, RSTART + 4, RLENGTH - 4); left = substr(left, RSTART + RLENGTH) }
            next }
        /^\.S[sh] / { if (names) print names "|" text; names = ""; inside = $0 == ".Ss " title }
        { if (!inside) names = ""; text = text " " $0 }' "$manual" |
        sed -n 's/^ *\([^|]*\)|.*defaults\{0,1\} \(is\|are\) \([^;]*\)\.$/\1|\3/p' |
        awk -F'|' '{ sub(/\. .*/, "", $2); gsub(/\.Cm | $/, "", $2); n = split($1, names, " ")
            if (split($2, values, /, | and /) == n) for (i = 1; i <= n; i++) print names[i], values[i] }' | sort
}
run train --help
help_defaults <out >named
manual_defaults 'trm train' >written
join named written >both
is 'trm.1 has the defaults of trm train' "$(awk '$2 != $3' both)" ''
is 'trm.1 has them' "$(awk 'NR >= 30 { enough = 1 } END { print enough + 0 }' both)" 1

usage 'too few words' 'solve: something is missing; usage: trm solve *' solve
usage 'too few words: eval' 'eval: something is missing; *' eval plain.trm
usage 'too many words' "info: unexpected 'b'; usage: trm info *" info a b
usage 'too many words: eval' "eval: unexpected 'c'; *" eval a b c
expect 'options behind the words' 0 '{*}' '' info small.trm --json
expect 'name=value' 0 '????????????????' '' solve --steps=2 small.trm $puzzle

# Numbers: nothing but digits, within bounds.
for value in 0 -1 +1 1x '' ' 1' 1.5 0x10 65537 99999999999999999999999; do
    usage "not a number of steps: '$value'" "solve: --steps: expected a number from 1 to 65536, found '$value'" solve small.trm --steps "$value"
done
usage 'not a batch: 0' "solve: --batch: expected a number from 1 to 65536, found '0'" solve small.trm --batch 0
usage 'not a number of threads: -1' "eval: --threads: expected a number from 0 to 1024, found '-1'" eval plain.trm x --threads -1
usage 'not a number of stable steps: 1' "solve: --stable: expected a number from 2 to 65536, found '1'" solve small.trm --stable 1
usage 'not a limit: 0' "eval: --limit: expected a number from 1 to 18446744073709551615, found '0'" eval plain.trm x --limit 0
usage 'not a limit: 2^64' "eval: --limit: expected *, found '18446744073709551616'" eval plain.trm x --limit 18446744073709551616
for value in 0 0.0 0e5 -1 e3 1e 1e+ 1e10 nan inf 0x1 . 5x ' 5' 1000000001; do
    usage "not a budget: '$value'" "solve: --budget: expected a number above 0, such as 0.5, to 1000000000, found '$value'" solve small.trm --budget "$value"
done
for value in 9 x9 9x 0x9 9x0 9x-9 '9x 9' 9x9x 9X9 65537x1; do
    usage "not a grid: '$value'" "init: --grid: expected ROWSxCOLUMNS, such as 9x9, found '$value'" init x.trm --grid "$value"
done
usage 'not a kind' "init: --block: expected mixer or attention or relational, found 'moxer'" init x.trm --block moxer
usage 'a precision that does not exist' "bench: --precision: expected fp32 or int8, found 'int4'" bench --precision int4
usage 'options that contradict each other: steps' 'solve: expected --all-steps or --stable, found both' solve small.trm --all-steps --stable 2
usage 'the same in eval' 'eval: expected --all-steps or --stable, found both' eval plain.trm x --all-steps --stable 2
usage 'options that contradict each other: puzzles' 'solve: expected puzzles as arguments or --file, found both' solve small.trm --file - $puzzle
