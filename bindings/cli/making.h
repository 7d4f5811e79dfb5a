/* Puzzles made up at random, as generate and train take them: what the options say, and making them in parts
 * that take a moment each, so that progress and control-C have their turn; the parts change nothing about the
 * puzzles. */
#ifndef TRM_CLI_MAKING_H
#define TRM_CLI_MAKING_H

#include <trm/train.h>

#include "bindings/cli/options.h"

typedef struct puzzle_kind {
    grid_size boxes, grid;
    number_range givens, walls, positions, colours;
    bool open, minimal;
    uint64_t unreachable; /* per cent */
    const char *rules;    /* the file that describes the task, or NULL */
    number_range sizes;   /* of its puzzles */
    const char *rules_text;
} puzzle_kind;

/* clang-format off */
#define KIND_ROWS(type, kind) \
    GRID_ROW(type, kind.boxes, "boxes", "sudoku: rows and columns of a box (default 3x3)"), \
    RANGE_ROW(type, kind.givens, "givens", 1, 625, \
              "sudoku, jigsaw: givens of puzzles made up (default: 24-45 of 9x9)"), \
    GRID_ROW(type, kind.grid, "grid", "rows and columns (default: sudoku by its boxes, jigsaw 9x9, path 10x10)"), \
    RANGE_ROW(type, kind.walls, "walls", 0, 90, \
              "path: per cent of walls in grids made up (default 20-35, with --open 0-35)"), \
    FLAG_ROW(type, kind.open, "open", "path: make up open maps, with several shortest ways"), \
    NUMBER_ROW(type, kind.unreachable, "unreachable", "P", 0, 100, \
               "path: per cent of goals made up that cannot be reached (default 0)"), \
    RANGE_ROW(type, kind.positions, "positions", 4, 512, "colouring: vertices of graphs made up (default 10-24)"), \
    RANGE_ROW(type, kind.colours, "colours", 2, 9, "colouring: colours of graphs made up (default 3-4)"), \
    TEXT_ROW(type, kind.rules, "rules", "FILE", "a task that this file describes, in place of a known one")
/* clang-format on */

/* False after telling which option belongs to another task. */
bool kind_agrees(const char *command, const puzzle_kind *kind, const char *task);

/* Whether the task has a generator. */
bool kind_is_made(const char *task);

/* Grid or boxes of the task, with the defaults; of a colouring the alphabet; or its description. */
trm_task kind_task(const puzzle_kind *kind, const char *name);

/* Adds `count` puzzles from number `first` on; `made` is called after each part, with how many there are in
 * all. Returns a STATUS, after telling about an error. */
typedef void making_report(void *user, uint64_t made);
int make_puzzles(const char *command, trm_puzzles *puzzles, const puzzle_kind *kind, uint64_t seed,
                 uint64_t first, uint64_t count, making_report *made, void *user);

#endif
