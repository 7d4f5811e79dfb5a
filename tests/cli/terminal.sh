# shellcheck shell=sh disable=SC2154
# A terminal. A part of run.sh.

escape=$(printf '\033')
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    on_terminal() { TERM=xterm script -qec "$*" /dev/null </dev/null >out 2>err; }
    on_terminal "$trm" solve small.trm $puzzle
    case $(tr -d '\r' <out) in
    *'+-----+-----+'*"| ${escape}[1m1"*'halt probability'*) ok 'solve on a terminal: a grid, givens bold' ;;
    *) not_ok 'solve on a terminal: a grid, givens bold' "a grid" ;;
    esac
    # Of the cells that are not blank, those that the answer keeps are bold, those that it changes reversed; a
    # blank that is answered with a blank is neither.
    cells() { # expression of awk over q, the question's cell, and a, the answer's
        printf '%s %s\n' "$1" "$2" | awk '{ for (i = 1; i <= 16; i++) { q = substr($1, i, 1); a = substr($2, i, 1); n += '"$3"' }; print n + 0 }'
    }
    seen=0
    for question in $puzzle ................ 1234123412341234; do
        answer=$(answer_of "$question")
        kept=$(cells "$question" "$answer" 'q != "." && q == a')
        changed=$(cells "$question" "$answer" 'q != "." && q != a')
        seen=$((seen | (kept > 0) | (changed > 0) << 1 | ($(cells "$question" "$answer" 'q == "." && a == "."') > 0) << 2))
        on_terminal "$trm" solve small.trm "$question"
        is "a grid: $kept givens kept, $changed changed" "$(grep -o "${escape}\[1m" out | wc -l | tr -d ' ') $(
            grep -o "${escape}\[7;31m" out | wc -l | tr -d ' ') $(sed -n "s/.*${escape}\[31m\([0-9]*\) givens* changed.*/\1/p" out)" \
            "$kept $changed $([ "$changed" -gt 0 ] && echo "$changed")"
    done
    is 'these grids had givens of both kinds, and blanks that stayed' $seen 7
    NO_COLOR=1 on_terminal "$trm" solve small.trm $puzzle
    case $(tr -d '\r' <out) in
    *"$escape"*) not_ok 'NO_COLOR' 'no colours' ;;
    *'+-----+-----+'*'halt probability'*) ok 'NO_COLOR' ;;
    *) not_ok 'NO_COLOR' 'a grid' ;;
    esac
    on_terminal "$trm" solve small.trm --json $puzzle
    tr -d '\r' <out >plain && mv plain out
    object 'solve --json on a terminal' puzzles count
    on_terminal "$trm" solve maze.trm "'  ##S  #  #   G '"
    is 'a maze on a terminal: four rows and a verdict' "$(grep -v 'changed' out | grep -c .)" 6
    # Whoever types a wrong line may try again.
    typed=$(command -v timeout || true)
    printf '%s\n1.x\n%s\n\004' $puzzle $other | TERM=xterm ${typed:+timeout 20} script -qec "$trm solve --batch 3 small.trm >typed; echo status \$?" /dev/null >out 2>err
    is 'solve: typed lines, one of them wrong' "$(cat typed) $(grep -c 'standard input: line 2: expected a puzzle of 16 characters, found 3' out) $(grep -o 'status [0-9]*' out)" "$first
$second 1 status 0"
    on_terminal "$trm" solve "$small_sudoku" --watch --runs 2 12..34......4..1
    is 'solve --watch: steps of both runs, then the answer' \
        "$(grep -c 'step 1 of run 1\|step 1 of view 2' out) $(tail -n 2 out | grep -c 'verified, by')" '2 1'
    on_terminal "$trm" info small.trm
    case $(cat out) in *"${escape}[1msudoku"*) ok 'info on a terminal: colours' ;; *) not_ok 'info on a terminal: colours' bold ;; esac
    on_terminal "$trm" eval plain.trm longer.csv --all-steps --steps 1000 --batch 1
    case $(cat out) in *'puzzles, '*'a second'*'% exact'*' left'*) ok 'eval on a terminal: progress' ;; *) not_ok 'eval on a terminal: progress' 'rate and time left' ;; esac
    on_terminal "$trm" eval plain.trm longer.csv --all-steps --steps 1000 --batch 1 --quiet
    case $(cat out) in *' left'*) not_ok 'eval --quiet on a terminal' 'no progress' ;; *) ok 'eval --quiet on a terminal' ;; esac
else
    skip 'on a terminal' 'script is not installed'
fi
