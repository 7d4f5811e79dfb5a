# A model that was trained on rows, columns and boxes hears diagonals as part of the boxes: puzzles of
# x_sudoku.rules, a line each, get lists of a relation box in place of diagonal, in which each cell has who is
# in its box or on a diagonal with it. Of 4x4, 6x6 and 9x9.
#
#     awk -f boxes.awk x_sudokus.jsonl >boxes.jsonl
function same_box(a, b) {
    return int(a / n / down) == int(b / n / down) && int(a % n / across) == int(b % n / across)
}

function same_diagonal(a, b) {
    return (a % (n + 1) == 0 && b % (n + 1) == 0) || (rises(a) && rises(b))
}

function rises(cell) {
    return int(cell / n) + cell % n == n - 1
}

# The lists of all cells, as JSON has them.
function make_lists(    a, b, list) {
    lists = ""
    down = n == 9 ? 3 : 2
    across = n / down
    for (a = 0; a < n * n; a++) {
        list = ""
        for (b = 0; b < n * n; b++)
            if (same_box(a, b) || same_diagonal(a, b))
                list = list (list == "" ? "" : ",") b
        lists = lists (a == 0 ? "" : ",") "[" list "]"
    }
}

{
    match($0, /"rows": [0-9]+/)
    side = substr($0, RSTART + 8, RLENGTH - 8) + 0
    if (side != n) {
        n = side
        make_lists()
    }
    sub(/"relations": .*/, "\"relations\": {\"box\": [" lists "]}}")
    print
}
