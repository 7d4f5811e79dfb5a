/* Relations: which positions, fields or nodes hear which. A model's file names them in its order; what a name
 * means is worked out here, as lists of numbers, for any shape that has it.
 *
 * Who owns what: a trmi_relations is plain data. A table's lists lie in the arena that it was laid out in,
 * or, when they came with the question, in the caller's arrays; the table itself owns nothing, and is valid
 * as long as they are. Nothing here allocates. */
#ifndef TRMI_TASK_RELATIONS_H
#define TRMI_TASK_RELATIONS_H

#include "lib/core/export.h"
#include "lib/core/memory.h"
#include "lib/kernels/relation.h"
#include "lib/task/shape.h"

enum {
    TRMI_RELATIONS = 32,           /* of a model */
    TRMI_RELATION_NAME_BYTES = 32, /* with its zero */
    TRMI_RELATIONS_BYTES = 2048    /* of the text of TRMI_RELATIONS relations, with its zero */
};

typedef enum trmi_relation_source {
    TRMI_RELATION_SHAPE,   /* named: worked out from the shape, unless the question brings lists of its own */
    TRMI_RELATION_FILE,    /* metadata relation.NAME */
    TRMI_RELATION_QUESTION /* every question brings its own */
} trmi_relation_source;

/* What a node takes from the list that it hears: a set of these, SUM and MAX or NODE alone. */
typedef enum trmi_aggregate_flag {
    TRMI_AGGREGATE_SUM = 1,
    TRMI_AGGREGATE_MAX = 2,
    TRMI_AGGREGATE_NODE = 4 /* lists of at most one: the sum without a factor */
} trmi_aggregate_flag;

typedef struct trmi_relation {
    char name[TRMI_RELATION_NAME_BYTES];
    uint32_t source, level, aggregates;
} trmi_relation;

typedef struct trmi_relations {
    uint32_t count;
    trmi_relation relation[TRMI_RELATIONS];
} trmi_relations;

/* Reads the text of metadata model.relations (doc/format.md): NAME=SOURCE/LEVEL/AGGREGATES, one space
 * between. The text needs no zero behind it. TRM_ERROR_FORMAT; the sentence names the character. */
TRMI_EXPORT trm_status trmi_relations_parse(const char *text, size_t length, trmi_relations *relations,
                                            trm_error *error);

/* The text that trmi_relations_parse() reads; returns its length without the zero. */
TRMI_EXPORT size_t trmi_relations_print(const trmi_relations *relations, char text[TRMI_RELATIONS_BYTES]);

/* How many elements a table of this level has, and its lists have numbers of: positions, fields or nodes. */
TRMI_EXPORT uint32_t trmi_relation_elements(uint32_t level, const trmi_shape *shape);

/* Whether a shape that was checked has such a relation: no boxes, say, where its side is prime.
   TRM_ERROR_PUZZLE. */
TRMI_EXPORT trm_status trmi_relation_check_shape(const trmi_relation *relation, const trmi_shape *shape,
                                                 trm_error *error);

/* Works a relation of source TRMI_RELATION_SHAPE out for a shape that was checked. Carves the lists from
 * `arena`; without a base it measures, and leaves the table's pointers NULL and the rest as it will be.
 * Fails as trmi_relation_check_shape() does. */
trm_status trmi_relation_of_shape(const trmi_relation *relation, const trmi_shape *shape, trmi_arena *arena,
                                  trmi_relation_table *table, trm_error *error);

/* The same for metadata relation.NAME, `length` bytes of any alignment: a number of lists, which must be
 * `elements`, that many offsets and one, and the numbers heard. Everything is checked while measuring, too.
 * TRM_ERROR_FORMAT. */
trm_status trmi_relation_of_file(const trmi_relation *relation, const void *bytes, size_t length,
                                 uint32_t elements, trmi_arena *arena, trmi_relation_table *table,
                                 trm_error *error);

/* Checks lists of a caller: `lists` of them (elements, times the questions that they run on over), offsets
 * that begin at 0, never fall and end at heard_count, numbers below `elements` and strictly ascending in each
 * list; with `single` at most one in each. Of question q the table is then { level, elements, NULL, first + q
 * * elements, heard }. TRM_ERROR_PUZZLE. */
TRMI_EXPORT trm_status trmi_relation_check(const trmi_relation *relation, const uint32_t *first,
                                           const uint32_t *heard, uint64_t heard_count, uint64_t lists,
                                           uint32_t elements, trm_error *error);

#endif
