/* How several runs of a puzzle are asked for, and what is told of the one that answers. */
#ifndef TRM_CLI_ASKING_H
#define TRM_CLI_ASKING_H

#include "bindings/cli/new_file.h"
#include "bindings/cli/report.h"
#include "bindings/cli/session.h"
#include "bindings/trace/words.h"

/* Gives the options of a solve what the command line says of runs, policy, search and rules. */
void asking_options(trm_solve_options *options, const solve_settings *settings);

/* The views that several runs have, of puzzles of the batch's shape: they stay in the session. */
void asking_views(session *s, const batch *b, const solve_settings *settings);

/* Whether the answer was withheld, because nobody called it right. */
bool is_withheld(const session *s, const batch *b, size_t puzzle);

/* The fields of an answer that tell how it was found. */
void asking_record(record *r, const batch *b, size_t puzzle);

/* An answer, whose text is given, and how it was found. */
void asking_record_answer(record *r, const session *s, const batch *b, size_t puzzle, const char *answer);

/* A file of predictions, one puzzle a line. */
typedef struct predictions {
    new_file file; /* none: nobody wants one */
    bool mistakes_alone;
    char *text; /* room for a question and an answer */
} predictions;

/* False after telling what is wrong; close it in either case. With `good` false what was there before
   stays. */
bool predictions_open(predictions *p, const char *path, bool mistakes_alone);
bool predictions_close(predictions *p, bool good);

/* Writes a puzzle and its answer. */
bool predictions_add(predictions *p, const session *s, const batch *b, size_t puzzle, bool right);

#endif
