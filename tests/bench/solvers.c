/* Plain solvers for tests/bench/solvers.py: a Sudoku of 9x9, the cell with the fewest candidates first, and
 * the shortest way through a grid of 30x30 by A*. Puzzles come one a line, answers leave so.
 *
 *     solvers sudoku|path < PUZZLES */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 9, CELLS = 81, ALL = 0x1ff, MAZE = 30, PLACES = MAZE * MAZE, FAR = PLACES + 1, LONGEST = 2048 };

/* ---- Sudoku ---- */

typedef struct sudoku {
    uint32_t row[SIDE], column[SIDE], box[SIDE]; /* digits that are used, as bits */
    int8_t digit[CELLS];                         /* 1 to 9; 0: blank */
} sudoku;

static int box_of(int cell)
{
    return cell / 27 * 3 + cell % SIDE / 3;
}

static uint32_t candidates(const sudoku *s, int cell)
{
    return ALL & ~(s->row[cell / SIDE] | s->column[cell % SIDE] | s->box[box_of(cell)]);
}

/* Enters a digit, or takes it back. */
static void flip(sudoku *s, int cell, int digit, bool enter)
{
    const uint32_t bit = 1u << (digit - 1);
    s->row[cell / SIDE] ^= bit;
    s->column[cell % SIDE] ^= bit;
    s->box[box_of(cell)] ^= bit;
    s->digit[cell] = (int8_t)(enter ? digit : 0);
}

static int bits_of(uint32_t set)
{
    int count = 0;
    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

/* The blank with the fewest candidates; -1 where none is left. */
static int tightest(const sudoku *s)
{
    int best = -1, fewest = SIDE + 1;
    for (int cell = 0; cell < CELLS && fewest > 1; cell++) {
        const int count = s->digit[cell] == 0 ? bits_of(candidates(s, cell)) : fewest;
        if (count < fewest) {
            fewest = count;
            best = cell;
        }
    }
    return best;
}

static bool fill(sudoku *s)
{
    const int cell = tightest(s);
    if (cell < 0)
        return true;
    const uint32_t may = candidates(s, cell);
    for (int digit = 1; digit <= SIDE; digit++) {
        if ((may & 1u << (digit - 1)) == 0)
            continue;
        flip(s, cell, digit, true);
        if (fill(s))
            return true;
        flip(s, cell, digit, false);
    }
    return false;
}

static bool solve_sudoku(char *line)
{
    sudoku s = { .digit = { 0 } };
    if (strlen(line) != CELLS)
        return false;
    for (int cell = 0; cell < CELLS; cell++)
        if (line[cell] >= '1' && line[cell] <= '9')
            flip(&s, cell, line[cell] - '0', true);
    if (!fill(&s))
        return false;
    for (int cell = 0; cell < CELLS; cell++)
        line[cell] = (char)('0' + s.digit[cell]);
    return true;
}

/* ---- the shortest way ---- */

/* Open places by the length of the way through them that is hoped for, as lists. */
typedef struct search {
    int first[FAR + 2 * MAZE], next[5 * PLACES], place[5 * PLACES], used;
    int length[PLACES], from[PLACES];
    int goal;
} search;

static int hoped(const search *s, int place)
{
    return abs(place / MAZE - s->goal / MAZE) + abs(place % MAZE - s->goal % MAZE);
}

static void reach(search *s, int place, int from, int length)
{
    if (length >= s->length[place])
        return;
    s->length[place] = length;
    s->from[place] = from;
    const int whole = length + hoped(s, place);
    s->place[s->used] = place;
    s->next[s->used] = s->first[whole];
    s->first[whole] = s->used++;
}

static void look_around(search *s, const char *line, int place)
{
    static const int rows[4] = { -1, 1, 0, 0 }, columns[4] = { 0, 0, -1, 1 };
    for (int i = 0; i < 4; i++) {
        const int row = place / MAZE + rows[i], column = place % MAZE + columns[i];
        if (row >= 0 && row < MAZE && column >= 0 && column < MAZE && line[row * MAZE + column] != '#')
            reach(s, row * MAZE + column, place, s->length[place] + 1);
    }
}

static void begin(search *s, int start, int goal)
{
    memset(s->first, -1, sizeof s->first);
    for (int place = 0; place < PLACES; place++)
        s->length[place] = FAR;
    s->used = 0;
    s->goal = goal;
    reach(s, start, start, 0);
}

static bool solve_path(char *line)
{
    static search s;
    const char *start = strchr(line, 'S'), *goal = strchr(line, 'G');
    if (strlen(line) != PLACES || start == NULL || goal == NULL)
        return false;
    begin(&s, (int)(start - line), (int)(goal - line));
    for (int whole = 0; whole < FAR + 2 * MAZE && s.length[s.goal] == FAR; whole++)
        while (s.first[whole] >= 0) {
            const int entry = s.first[whole];
            s.first[whole] = s.next[entry];
            if (s.length[s.place[entry]] + hoped(&s, s.place[entry]) == whole)
                look_around(&s, line, s.place[entry]);
        }
    if (s.length[s.goal] == FAR)
        return false;
    for (int place = s.from[s.goal]; line[place] != 'S'; place = s.from[place])
        line[place] = 'o';
    return true;
}

int main(int count, char **words)
{
    static char line[LONGEST];
    if (count != 2 || (strcmp(words[1], "sudoku") != 0 && strcmp(words[1], "path") != 0)) {
        fputs("usage: solvers sudoku|path < PUZZLES\n", stderr);
        return 2;
    }
    while (fgets(line, LONGEST, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        puts((words[1][0] == 's' ? solve_sudoku : solve_path)(line) ? line : "none");
    }
    return 0;
}
