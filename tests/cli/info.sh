# shellcheck shell=sh disable=SC2154
# trm info. A part of run.sh.

size_of_small=$(wc -c <small.trm | tr -d ' ')

expect 'info' 0 'sudoku*parameters*precision *fp32*supervision step*workspace*kernels*model.channels *32*task.alphabet *.1234*' '' info small.trm
case $(cat out) in *'net.0.'*) not_ok 'info: tensors only when asked for' 'none' ;; *) ok 'info: tensors only when asked for' ;; esac
expect 'info --tensors' 0 '*tensors*net.0.*' '' info small.trm --tensors
expect 'info --json' 0 '{*}' '' info small.trm --json
object 'info --json: fields' task architecture block position_encoding gate likelihood instruction_set channels positions prefix \
    vocabulary identifiers blocks high_blocks heads token_hidden channel_hidden cycles updates maximum_steps grid_rows grid_columns \
    parameters file_bytes weight_bytes step_operations workspace_bytes mapped metadata
is 'info --json: file_bytes' "$(field file_bytes)" "$(wc -c <small.trm | tr -d ' ')"
run info small.trm --json --tensors
object 'info --json --tensors' task tensors
TRM_CPU=scalar "$trm" info small.trm --json >out 2>err
is 'info: TRM_CPU' "$(field instruction_set) $(cat err)" 'scalar '
TRM_CPU='' "$trm" info small.trm --json >out 2>err
is 'info: an empty TRM_CPU' "$(cat err)" ''
for command in 'info small.trm' 'bench small.trm --seconds 0.01'; do
    # shellcheck disable=SC2086
    TRM_CPU=sse9 "$trm" $command --json >out 2>err
    is "a TRM_CPU that does not exist: trm $command" "$? $(cat err)" "0 trm: TRM_CPU: expected scalar, avx2, avxvnni, avx512, avx512vnni, neon, dotprod or i8mm, found 'sse9', which changes nothing; the kernels in use are $(field instruction_set)"
done
TRM_CPU=sse9 "$trm" solve -q small.trm $puzzle >out 2>err
is 'not with --quiet' "$? $(cat err)" '0 '
info_target() { run info "$root/models/sudoku-small-int8.trm" --json --target "$@"; }
info_target cortex-m7 --grid 4x4
object 'info --target: fields' target workspace stack flash operations model_workspace solver_workspace model_bytes code ram_available flash_available
small_workspace=$(field workspace) small_operations=$(field operations)
is 'info --target: the model lies in flash' "$(field model_bytes)" "$(wc -c <"$root/models/sudoku-small-int8.trm" | tr -d ' ')"
is 'info --target: the model, and the code' "$(field flash)" "$(($(field model_bytes) + $(field code)))"
info_target rv32 --grid 4x4
is 'info --target: pointers of 32 bits, wherever' "$(field workspace)" "$small_workspace"
info_target cortex-m7 --grid 9x9
is 'info --target: more for more cells' "$(test "$(field workspace)" -gt "$small_workspace" && test "$(field operations)" -gt "$small_operations"; echo $?)" 0
needed=$(($(field workspace) + $(field stack)))
for target in cortex-m4 cortex-m7 cortex-m55 rv32 wasm32; do
    expect "info --target $target" 0 "$target, *RAM, together*flash, together*operations" '' info "$root/models/sudoku-small-int8.trm" --target $target --grid 4x4 --ram 4096 --flash 4096
done
expect 'info --target: too large' 1 'cortex-m4, as asked for: 64 KiB*' "trm: *sudoku-small-int8.trm: expected to fit in the 65536 bytes of RAM of cortex-m4, found that it takes $needed, $((needed - 65536)) too many" \
    info "$root/models/sudoku-small-int8.trm" --target cortex-m4 --grid 9x9 --ram 64 --flash 1024
expect 'info --target: too large for flash' 1 '*' 'trm: *: expected to fit in the 65536 bytes of flash of cortex-m4, found that it takes *' \
    info "$root/models/sudoku-small-int8.trm" --target cortex-m4 --grid 4x4 --flash 64
data 'info --target: a shape that the model does not take' '*shape*' info "$root/models/sudoku-small-int8.trm" --target cortex-m4 --grid 99x99
"$trm" convert -q small.trm deflated.trm --deflate 2>/dev/null &&
    data 'info --target: deflated weights' '*expected raw weights*' info deflated.trm --target cortex-m4
usage 'info: --grid without --target' 'info: --grid: expected --target with it' info small.trm --grid 4x4
usage 'info: --tensors with --target' 'info: --tensors: expected no --target with it' info small.trm --tensors --target rv32
