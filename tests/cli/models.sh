# shellcheck shell=sh disable=SC2154
# trm models. A part of run.sh.

mkdir -p shelf/trm/models broken
cp small.trm shelf/trm/models/tiny.trm
: >shelf/trm/models/empty.text
cp small.trm 'shelf/trm/models/no name.trm'
: >broken/tiny.trm
export XDG_DATA_HOME="$work/shelf" TRM_MODELS="$work/nowhere:"
expect 'models: by their names' 0 "tiny *$work/shelf/trm/models/tiny.trm*" '' models
expect 'models --json' 0 "{\"tiny\": {\"path\": \"$work/shelf/trm/models/tiny.trm\", \"task\": \"*\", \"parameters\": *}*" '' models --json
run models --json
is 'models: those alone that have a name' "$(grep -c 'no name' out)" 0
TRM_MODELS="$work/shelf/trm/models:$work/shelf/trm/models"
run models
is 'models: each once' "$(wc -l <out | tr -d ' ')" 1
TRM_MODELS="$work/nowhere:"
expect 'info: a model by its name' 0 '*' '' info tiny
data 'info: no such name' 'small2: expected a file, or the name of a model in *, found neither' info small2
export TRM_MODELS="$work/broken"
expect 'models: one that is none, which hides another' 1 '' "trm: $work/broken/tiny.trm: *" models
unset XDG_DATA_HOME TRM_MODELS
