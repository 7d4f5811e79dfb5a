/* What every threshold of the halt probability, and every limit of steps, would have made of puzzles that
 * were watched through all steps; and the choice of both. */
#ifndef TRM_CLI_SWEEP_H
#define TRM_CLI_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A puzzle at a step. */
typedef struct sweep_step {
    float probability; /* that the model gave its answer */
    bool right;
} sweep_step;

/* Puzzles of one kind. */
typedef struct sweep_class {
    const char *name;
    size_t count, capacity;
    sweep_step *steps; /* count x the sweep's steps */
} sweep_class;

enum { MOST_CLASSES = 16 };

typedef struct sweep {
    uint32_t steps; /* of each puzzle */
    sweep_class classes[MOST_CLASSES];
    size_t class_count;
} sweep;

/* Of one class, or of all. */
typedef struct sweep_result {
    uint64_t puzzles, sure, mistaken, right, steps;
} sweep_result;

enum { SWEEP_THRESHOLDS = 23 };
double sweep_threshold(int index); /* ascending, from 0.5 */

/* Room for the steps of one more puzzle; false without memory. */
bool sweep_take(const sweep *s, sweep_class *of);

/* Each puzzle stops above the threshold, or at the limit. */
sweep_result sweep_class_result(const sweep *s, const sweep_class *of, double threshold, uint32_t limit);
sweep_result sweep_whole(const sweep *s, double threshold, uint32_t limit);

/* Of the thresholds above which at most `wrong` of what stops is wrong, in each class, the one with the most
 * that is called right and is; of equals the one that is wrong least, then the middle one. -1: none, or
 * nothing stops. */
int sweep_choose_threshold(const sweep *s, double wrong);

/* The lowest power of two, from 8 on, that leaves at most `lost` of each class's right answers to more
   steps. */
uint32_t sweep_choose_limit(const sweep *s, double threshold, double lost);

void sweep_free(sweep *s);

#endif
