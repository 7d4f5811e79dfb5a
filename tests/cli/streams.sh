# shellcheck shell=sh disable=SC2154
# Streams and signals. A part of run.sh.

if [ -w /dev/full ]; then
    for words in '--version' '--help' 'solve --help' 'info small.trm' 'info small.trm --json' "solve small.trm $puzzle" \
        "solve small.trm --json $puzzle" 'eval plain.trm mixed.csv' 'bench small.trm --seconds 0.1'; do
        # shellcheck disable=SC2086
        "$trm" $words >/dev/full 2>err
        is "a full disk: trm $words" "$? $(cat err)" '1 trm: standard output: No space left on device'
    done
else
    skip 'a full disk' 'there is no /dev/full'
fi
yes $puzzle | head -n 200000 >many
{ "$trm" solve small.trm --file many 2>err; echo $? >status; } | head -n 1 >out
is 'a closed pipe ends it quietly' "$(cat out) $(cat err) $(cat status)" "$first  141"
for words in 'solve small.trm --file many' 'solve small.trm --json --file many' 'generate sudoku --boxes 2x2 --count 100000' 'solve --help'; do
    # shellcheck disable=SC2086
    { (trap '' PIPE; sleep 0.1; exec "$trm" $words 2>err); echo $? >status; } | :
    is "the same where SIGPIPE is ignored: trm $words" "$(cat err) $(cat status)" ' 141'
done

# While it waits for more, it has printed what it has; ctrl-C ends it.
mkfifo fifo
"$trm" solve small.trm --batch 4 <fifo >out 2>err &
process=$!
exec 3>fifo
printf '%s\n%s\n' $puzzle $other >&3
tries=0
while [ "$(wc -l <out)" -lt 2 ] && [ $tries -lt 50 ]; do sleep 0.2; tries=$((tries + 1)); done
is 'answers come as soon as puzzles do' "$(cat out)" "$first
$second"
kill -INT $process
exec 3>&-
wait $process
is 'solve: ctrl-C' "$? $(cat err)" '130 '

{ head -n 1 mixed.csv; for _ in 1 2 3 4 5 6 7 8 9 10; do sed 1d mixed.csv; done; } >longer.csv
"$trm" eval plain.trm longer.csv --json --all-steps --steps 65536 --batch 1 >out 2>err &
process=$!
sleep 1
kill -INT $process
wait $process
is 'eval: ctrl-C' "$? $(cat err)" '130 '
object 'eval: a report of what was done by then' puzzles exact cell mean_steps puzzles_per_second
