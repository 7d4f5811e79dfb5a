# shellcheck shell=sh disable=SC2154
# trm convert, trm init. A part of run.sh.

expect 'convert to safetensors' 0 '' 'small.safetensors: written *' convert small.trm small.safetensors
weights=$root/../shared/weights/path_d32.safetensors
if [ -f "$weights" ]; then
    run convert -q "$weights" way.trm
    expect 'convert: the alphabet of a configuration' 0 '*task.alphabet *# SGo*' '' info way.trm
    run convert -q "$weights" way.trm --alphabet abcde
    expect 'convert: that of the options wins' 0 '*task.alphabet *abcde*' '' info way.trm
else
    skip 'convert: the alphabet of a configuration' "no $weights"
fi
expect 'convert back' 0 '' '' convert -q small.safetensors back.trm
if cmp -s small.trm back.trm; then ok 'convert there and back: the same bytes'; else not_ok 'convert there and back: the same bytes' 'small.trm'; fi
for file in "$root"/tests/golden/*.safetensors; do
    name=$(basename "$file" .safetensors)
    expect "convert: $name" 0 '{*}' '' convert -q "$file" golden.trm --json
    object "convert --json: $name" output seconds
    expect "info: $name" 0 '*model.channels*' '' info golden.trm
done
expect 'convert with a task, an alphabet and a grid' 0 '' '' convert -q mute.trm spoken.trm --task sudoku --alphabet .1234 --grid 4x4
expect 'what it was given is there' 0 "$first" '' solve spoken.trm $puzzle
usage 'convert: a grid that does not fit' 'convert: *the grid: expected rows x columns to be the 16 positions, found 3 x 3' convert small.trm x.trm --grid 3x3
usage 'convert: an alphabet that does not fit' 'convert: *alphabet*' convert small.trm x.trm --alphabet .123456789
usage 'convert: an alphabet of nothing' "convert: --alphabet: expected characters, found only '?0'" convert small.trm x.trm --alphabet '\0'
usage 'convert: safetensors cannot be deflated' 'convert: safetensors files cannot be deflated' convert small.trm x.safetensors --deflate
data 'convert: no such file' 'missing: *No such file*' convert missing x.trm
data 'convert: not a model' 'help: *' convert help x.trm
data 'convert: a damaged model' 'damaged.trm: *' convert damaged.trm x.trm
mkdir folder.trm
data 'convert: into a directory' 'folder.trm: the output must be a regular file *' convert small.trm folder.trm
rmdir folder.trm
usage 'convert: to what is not known' 'convert: x.onnx: expected an output that ends in .trm or .safetensors*' convert small.trm x.onnx
data 'convert: into a directory that is not there' 'missing/x.trm: cannot create the file: No such file or directory' convert small.trm missing/x.trm
data 'convert: no such configuration' '*missing.json*' convert small.safetensors x.trm --config missing.json
is 'no output and no part of it was left behind' "$(find . -name 'x.*' -o -name '*.tmp-*')" ''
cp small.trm kept.trm
expect 'quantize' 0 '' 'eight.trm: * bytes, from *, in *' quantize small.trm eight.trm
expect 'quantize --json' 0 '{*}' '' quantize -q small.trm eight.trm --json
object 'quantize --json' output bytes seconds
is 'quantize: smaller' "$(awk -v a="$(wc -c <eight.trm)" -v b="$(wc -c <small.trm)" 'BEGIN { print a < 0.5 * b }')" 1
run info eight.trm --tensors
is 'quantize: the tensors' "$(grep -c ' i8 ' out)" "$(grep -c 'net\.' out)"
run solve -q small.trm --precision int8 $puzzle
mv out made
run solve -q eight.trm $puzzle
if cmp -s out made; then ok 'solve --precision int8: the answer of the quantized file'; else not_ok 'solve --precision int8: the answer of the quantized file' "$(cat out made)"; fi
run quantize -q small.trm some.trm --keep net.0.tokens.down,net.0.channels.down
run info some.trm --tensors
is 'quantize --keep' "$(grep -c ' i8 ' out) $(grep 'net.0.*down' out | grep -c f32)" "$(($(grep -c 'net\.' out) - 2)) 2"
usage 'quantize: a tensor that is not there' 'quantize: *keep: the model has no tensor net.9.tokens.down that could be quantised*' quantize small.trm x.trm --keep net.9.tokens.down
data 'quantize: no such file' 'missing: *No such file*' quantize missing x.trm
run generate sudoku --boxes 2x2 --count 3 --output three.csv
expect 'quantize --report' 0 'quantised *(none) *net.0.tokens.gate_up *(all) *' '' quantize -q small.trm eight.trm --report three.csv
run quantize -q small.trm eight.trm --report three.csv --limit 2 --json
is 'quantize --report: a line for each' "$(grep -c '"puzzles": 2' out)" "$(($("$trm" info eight.trm --tensors | grep -c ' i8 ') + 2))"
object 'quantize --report --json' quantised puzzles exact cell mean_steps
data 'quantize --report: no such file' 'missing.csv: *' quantize -q small.trm eight.trm --report missing.csv
expect 'bench int8' 0 '{*"precision": "int8"*}' '' bench --precision int8 small.trm --seconds 0.01 --json

run convert damaged.trm kept.trm
if cmp -s small.trm kept.trm; then ok 'an output is untouched by a failure'; else not_ok 'an output is untouched by a failure' small.trm; fi
run convert small.trm deflated.trm --deflate
if grep -q zlib err; then
    is 'convert --deflate without zlib' "$status" 1
else
    is 'convert --deflate' "$status $(wc -c <deflated.trm | awk -v raw="$size" '{ print ($1 < raw) }')" '0 1'
    expect 'a deflated model gives the same answer' 0 "$first" '' solve deflated.trm $puzzle
    # shellcheck disable=SC2086
    expect 'init --deflate' 0 '' '' init -q flat.trm $small --task sudoku --alphabet .1234 --deflate
    expect 'it gives the same answer' 0 "$first" '' solve flat.trm $puzzle
fi

# shellcheck disable=SC2086
expect 'init talks on standard error' 0 '' 'again.trm: random weights*' init again.trm $small --task sudoku --alphabet .1234
if cmp -s small.trm again.trm; then ok 'the same options make the same bytes'; else not_ok 'the same options make the same bytes' 'small.trm'; fi
# shellcheck disable=SC2086
run init -q again.trm $small --task sudoku --alphabet .1234 --seed 2
if cmp -s small.trm again.trm; then not_ok 'another seed makes others' 'other bytes'; else ok 'another seed makes others'; fi
# shellcheck disable=SC2086
expect 'init --json' 0 '{*}' '' init -q again.trm $small --json
object 'init --json: fields' output seconds
expect 'init: everything else' 0 '' '' init -q all.trm --block attention --architecture hrm --channels 32 --positions 16 --prefix 2 --vocabulary 5 \
    --blocks 2 --high-blocks 1 --heads 4 --cycles 2 --updates 3 --gate normed --channel-hidden 48 --position-encoding learned \
    --identifiers 3 --puzzle-width 40 --head-bias --likelihood softmax --maximum-steps 5 --task path --grid 2x8 --alphabet '\0abcd'
run info all.trm --json
is 'init: each of them is in the file' "$(for name in architecture block gate likelihood position_encoding channels positions prefix vocabulary \
    identifiers blocks high_blocks heads channel_hidden cycles updates maximum_steps grid_rows grid_columns; do printf '%s ' "$(field $name)"; done)" \
    'hrm attention normed softmax learned 32 16 2 5 3 2 1 4 48 2 3 5 2 8 '
expect 'init: a width of the token mixing' 0 '' '' init -q all.trm --channels 32 --positions 16 --prefix 1 --vocabulary 5 --token-hidden 48
run info all.trm --json
is 'it is in the file' "$(field token_hidden)" 48
usage 'init: heads in a mixer' 'init: a mixer: expected *heads 0, found *' init x.trm --heads 3
usage 'init: heads that do not divide the channels' 'init: attention: expected heads that divide the 30 channels, found 4' init x.trm --block attention --channels 30 --heads 4
usage 'init: a grid that does not fit' 'init: the grid: expected *, found 3 x 3' init x.trm --grid 3x3
usage 'init: too many positions' 'init: *at most 65536*' init x.trm --positions 65536 --prefix 16
data 'init: into a directory' '.: the output must be a regular file *' init .
data 'init: into a directory that is not there' 'missing/x.trm: cannot create the file: No such file or directory' init missing/x.trm
is 'nothing was left behind' "$(find . -name 'x.*' -o -name '*.tmp-*')" ''
