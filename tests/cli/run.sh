#!/bin/sh
# The trm command as its users meet it: what it prints, where, and its exit status. Prints TAP.
# usage: TRM_SOURCE_ROOT=DIRECTORY run.sh TRM
set -u
trm=$1
root=$TRM_SOURCE_ROOT
manual=$root/bindings/cli/trm.1
unset TRM_CPU NO_COLOR
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
ulimit -f 200000 # blocks of 512 bytes: a mistake here must not fill the disk

# ------------------------------------------------------------------------------------------- TAP

count=0
ok() { count=$((count + 1)); echo "ok $count - $1"; }
skip() { count=$((count + 1)); echo "ok $count - $1 # SKIP $2"; }
not_ok() { # name, what was expected
    count=$((count + 1))
    echo "not ok $count - $1"
    echo "# expected $2"
    [ -f status ] && sed 's/^/# status: /' status
    for stream in out err; do [ -s $stream ] && head -n 20 $stream | sed "s/^/# $stream: /"; done
}
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "'$3', found '$2'"; fi; }

# Runs trm; its output lies in out and err, its exit status in $status. Standard input is the file `in`.
: >in
run() {
    status=0
    "$trm" "$@" <in >out 2>err || status=$?
    echo "$status" >status
}

# A call of trm: name, exit status, pattern of standard output, pattern of standard error, arguments. Patterns
# are those of `case`.
expect() {
    name=$1 expected=$2 on_out=$3 on_err=$4
    shift 4
    run "$@"
    verdict=yes
    [ "$status" -eq "$expected" ] || verdict=no
    # shellcheck disable=SC2254
    case $(cat out) in $on_out) ;; *) verdict=no ;; esac
    # shellcheck disable=SC2254
    case $(cat err) in $on_err) ;; *) verdict=no ;; esac
    if [ $verdict = yes ]; then ok "$name"; else not_ok "$name" "status $expected, out '$on_out', err '$on_err' of: trm $*"; fi
}
usage() { name=$1 pattern=$2; shift 2; expect "$name" 2 '' "trm: $pattern" "$@"; } # a wrong command line: nothing on standard output
data() { name=$1 pattern=$2; shift 2; expect "$name" 1 '' "trm: $pattern" "$@"; }   # wrong data

# The last line of `out` is one JSON object with these fields, in any order.
python=$(command -v python3 || true)
object() { # name, fields
    name=$1
    shift
    line=$(tail -n 1 out)
    for field; do
        case $line in '{'*"\"$field\": "*'}') ;; *) not_ok "$name" "the field $field"; return ;; esac
    done
    if [ -n "$python" ] && ! printf '%s' "$line" | "$python" -c 'import json, sys; json.load(sys.stdin)' 2>/dev/null; then
        not_ok "$name" 'JSON'
    else
        ok "$name"
    fi
}
field() { tail -n 1 out | sed "s/.*\"$1\": //; s/[,}].*//; s/\"//g"; } # the number or word in a field

# ------------------------------------------------------------------------------------------- models and data

# Tokens of this model are .1234 and nothing else, so that each of its answers is a puzzle, too.
small='--block mixer --channels 32 --positions 16 --prefix 1 --vocabulary 5 --blocks 1 --cycles 1 --updates 1 --seed 1 --grid 4x4'
# shellcheck disable=SC2086
run init small.trm $small --task sudoku --alphabet .1234
run init plain.trm $small --alphabet .1234 # of no task whose answers could be checked against their questions
is 'init makes a model' "$status" 0
puzzle=1.3..4.1.3.12.4.
other=.2.1....3..4..1.
# shellcheck disable=SC2086
"$trm" init -q maze.trm --block attention --heads 2 --channels 32 --positions 16 --vocabulary 6 --blocks 1 --cycles 1 --updates 1 \
    --grid 4x4 --task maze --alphabet '\0# SGo'

# -------------------------------------------------------------------------------------- what is tested

. "$root/tests/cli/command.sh"
. "$root/tests/cli/info.sh"
. "$root/tests/cli/embed.sh"
. "$root/tests/cli/models.sh"
. "$root/tests/cli/solve.sh"
. "$root/tests/cli/eval.sh"
. "$root/tests/cli/convert.sh"
. "$root/tests/cli/bench.sh"
. "$root/tests/cli/generate.sh"
. "$root/tests/cli/train.sh"
. "$root/tests/cli/plot.sh"
. "$root/tests/cli/streams.sh"
. "$root/tests/cli/terminal.sh"
. "$root/tests/cli/own_data.sh"
. "$root/tests/cli/trial.sh"
. "$root/tests/cli/described.sh"
. "$root/tests/cli/graphs.sh"
. "$root/tests/cli/trace.sh"

echo "1..$count"
