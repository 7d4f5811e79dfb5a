# shellcheck shell=sh disable=SC2154
# trm bench. A part of run.sh.

expect 'bench' 0 'supervision step of 1 puzzle, fp32, 1 thread*median*minimum*rate*peak*fraction * median of * steps*spread * to * middle half of the steps*workspace * MB*machine *fp32 * on one core, * on all *' '' bench small.trm --seconds 0.1
is 'bench: the fraction lies within its spread' "$(awk '/fraction/ { f = $2 } /spread/ { print ($2 > 0 && $2 <= f && f <= $4) }' out)" 1
expect 'bench --json' 0 '{*}' '' bench small.trm --seconds 0.1 --precision fp32 --batch 2 --threads 1 --json
object 'bench --json: fields' precision block channels positions prefix batch threads step_ms_median step_ms_min gflops peak_gflops \
    peak_fraction workspace_bytes steps rounds instruction_set core_peak_gflops core_peak_gops_int8 all_peak_gflops all_peak_gops_int8 processors
is 'bench --json: what it was' "$(field precision) $(field batch) $(field threads) $(field channels)" 'fp32 2 1 32'
# Each step has peaks of its own, so the fraction is only near that of the medians. Other processes disturb a
# peak now and then, so there are three tries.
numbers_agree() {
    awk -v g="$(field gflops)" -v p="$(field peak_gflops)" -v f="$(field peak_fraction)" -v a="$(field step_ms_min)" \
        -v b="$(field step_ms_median)" 'BEGIN { d = g / p / f; print (a > 0 && a <= b && d < 4 && d > 0.25 && f > 0 && f <= 1) }'
}
for _ in 1 2 3; do
    agree=$(numbers_agree)
    [ "$agree" = 1 ] && break
    run bench small.trm --seconds 0.1 --precision fp32 --batch 2 --threads 1 --json
done
is 'bench --json: the numbers agree, and no step is faster than the peak' "$agree" 1
is 'bench --json: memory' "$([ "$(field workspace_bytes)" -gt 1000 ] && echo yes)" yes
is 'bench --json: every round has a step' "$([ "$(field steps)" -ge "$(field rounds)" ] && [ "$(field rounds)" -ge 5 ] && echo yes)" yes
peak=$(field peak_gflops)
data 'bench: no such model' 'missing.trm: *' bench missing.trm
TMPDIR=$work/missing "$trm" bench >out 2>err
is 'bench: no place for its model' "$? $(sed 's/bench-....../bench-XXXXXX/' err)" "1 trm: $work/missing/trm-bench-XXXXXX: a temporary file cannot be made: No such file or directory"
if [ "${peak%.*}" -ge 20 ]; then # the paper's size takes too long where a sanitizer looks on
    mkdir temporary
    TMPDIR=$work/temporary "$trm" bench --seconds 0.1 --json >out 2>err
    is "bench: the paper's size" "$? $(field block) $(field channels) $(field positions) $(field prefix)" '0 mixer 512 81 16'
    is 'bench: its model is gone' "$(ls temporary)" ''
else
    skip "bench: the paper's size" "$peak GFLOP/s are too few"
fi
