/* relational_training FILE.safetensors...
 *
 * One training step of relational models against the golden files (tests/golden/README.md), from a noisy
 * start, lists, helpers and features of the question's own among them: logits, halting and losses within
 * 1e-4, and the gradient of every weight within 1e-4 of its largest entry, with and without recomputation.
 * Exit status: 0 when all are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/net/embed.h"
#include "tests/support/classroom.h"
#include "tests/support/relational_golden.h"

static const double tolerance = 1e-4;

typedef struct lesson_book {
    relational_golden golden;
    classroom room;
    double answer, halt, cells; /* losses, summed over the questions */
    double worst_value, worst_gradient;
    uint32_t compared;
    char worst_name[128];
} lesson_book;

static void insist(trm_status status, const trm_error *error)
{
    if (status == TRM_OK)
        return;
    printf("  %s\n", error->message);
    exit(EXIT_FAILURE);
}

static uint8_t *read_file(const char *path, size_t *bytes)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || fseek(stream, 0, SEEK_END) != 0)
        exit(EXIT_FAILURE);
    *bytes = (size_t)ftell(stream);
    uint8_t *data = malloc(*bytes);
    rewind(stream);
    if (data == NULL || fread(data, 1, *bytes, stream) != *bytes)
        exit(EXIT_FAILURE);
    fclose(stream);
    return data;
}

static const double *numbers(lesson_book *b, const char *name, size_t count)
{
    const double *found = relational_golden_numbers(&b->golden, name, count);
    if (found == NULL) {
        printf("  there is no %s of %zu numbers\n", name, count);
        exit(EXIT_FAILURE);
    }
    return found;
}

static void compare_value(lesson_book *b, double golden, double ours)
{
    const double off = fabs(golden - ours);
    b->worst_value = isnan(off) ? INFINITY : fmax(b->worst_value, off);
    b->compared++;
}

/* What comes with question `number`: lists, helpers, features. */
static void ask(lesson_book *b, uint32_t number, float *features)
{
    const reference_question *asked = &b->golden.question[number];
    trmi_question *q = &b->room.question;
    const trmi_config *config = &b->room.model->config;
    q->tokens = asked->tokens;
    q->helper_tokens = asked->helper_tokens;
    for (size_t i = 0; i < (size_t)(asked->positions + asked->helpers) * config->features; i++)
        features[i] = (float)asked->feature_values[i];
    q->features = config->features > 0 ? features : NULL;
    for (uint32_t r = 0; r < config->relations.count; r++)
        if (config->relations.relation[r].source == TRMI_RELATION_QUESTION) {
            b->room.relations[r].first = asked->given[r].first;
            b->room.relations[r].heard = asked->given[r].heard;
        }
}

static size_t place(uint32_t rows, uint32_t n, uint32_t d)
{
    return ((size_t)(d / TRMI_PANEL) * rows + n) * TRMI_PANEL + d % TRMI_PANEL;
}

static void begin_state(lesson_book *b, uint32_t number)
{
    const trmi_config *config = &b->room.model->config;
    const uint32_t rows = b->room.question.extent.rows, channels = config->channels;
    const size_t state = (size_t)rows * channels;
    const double *z = numbers(b, "golden.z_start", b->golden.questions * state) + number * state;
    trmi_fill(b->room.model, b->room.model->state_y, rows, b->room.y);
    trmi_fill(b->room.model, b->room.model->state_z, rows, b->room.z);
    for (uint32_t n = 0; n < rows; n++)
        for (uint32_t d = 0; d < channels; d++)
            b->room.z[place(rows, n, d)] = (float)z[(size_t)n * channels + d];
}

static void compare_logits(lesson_book *b, uint32_t number)
{
    const trmi_config *config = &b->room.model->config;
    const trmi_extent *extent = &b->room.question.extent;
    const trmi_value *logits = classroom_logits(&b->room);
    const uint32_t choices = trmi_has_fields(config) ? extent->fields : config->vocabulary;
    const size_t count = (size_t)extent->positions * choices;
    const double *golden = numbers(b, "golden.train_logits", b->golden.questions * count) + number * count;
    for (uint32_t p = 0; p < extent->positions; p++)
        for (uint32_t t = 0; t < choices; t++)
            compare_value(b, golden[(size_t)p * choices + t],
                          (double)(trmi_has_fields(config)
                                       ? logits->data[((size_t)p * choices + t) * TRMI_PANEL]
                                       : logits->data[place(logits->rows, p, t)]));
}

static void teach(lesson_book *b, uint32_t number, float *features)
{
    const uint32_t positions = b->room.question.extent.positions;
    const double *wanted = numbers(b, "golden.labels", (size_t)b->golden.questions * positions);
    int32_t *labels = malloc(positions * sizeof *labels);
    if (labels == NULL)
        exit(EXIT_FAILURE);
    for (uint32_t p = 0; p < positions; p++)
        labels[p] = (int32_t)wanted[(size_t)number * positions + p];
    ask(b, number, features);
    begin_state(b, number);
    const trmi_lesson lesson = classroom_teach_on(&b->room, labels, NULL);
    compare_value(b, numbers(b, "golden.train_q_halt", b->golden.questions)[number],
                  (double)lesson.halt_logit);
    compare_logits(b, number);
    b->answer += lesson.loss.answer;
    b->halt += lesson.loss.halt;
    b->cells += lesson.loss.cells;
    free(labels);
}

/* With fields the head's bias moves all of a position's logits alike: its gradient is 0, and golden/ has what
 * rounding made of that. */
static bool is_nothing(const lesson_book *b, const trmi_parameter *p)
{
    return p->tensor.role == TRMI_HEAD_TOKENS_BIAS && trmi_has_fields(&b->room.model->config);
}

static void compare_gradients(lesson_book *b)
{
    const trmi_safetensors *file = &b->golden.file;
    for (uint32_t i = 0; i < file->count; i++) {
        const trmi_safetensor *tensor = &file->tensors[i];
        const trmi_parameter *p = classroom_parameter(&b->room.parameters, tensor->name);
        if (strncmp(tensor->name, "golden.grad.", 12) != 0)
            continue;
        float *golden = malloc(tensor->count * sizeof *golden), *ours = malloc(tensor->count * sizeof *ours);
        if (p == NULL || classroom_count(p) != tensor->count || golden == NULL || ours == NULL)
            exit(EXIT_FAILURE);
        insist(trmi_safetensor_floats(file, tensor, golden, NULL), NULL);
        classroom_unpack(p, b->room.flat + p->flat, ours);
        const double distance =
            is_nothing(b, p) ? fabs((double)ours[0]) : classroom_distance(ours, golden, tensor->count);
        if (distance > b->worst_gradient) {
            b->worst_gradient = distance;
            snprintf(b->worst_name, sizeof b->worst_name, "%s", tensor->name + 12);
        }
        b->compared++;
        free(golden);
        free(ours);
    }
}

static bool conforms(const char *path, bool recompute)
{
    size_t bytes;
    trm_error error = TRM_ERROR_INIT;
    lesson_book b = { .worst_name = "none" };
    uint8_t *data = read_file(path, &bytes);
    relational_golden_open(&b.golden, path);
    const reference_question *first = &b.golden.question[0];
    insist(classroom_open_for(&b.room, data, bytes, recompute, first->helpers, &error), &error);
    float *features =
        calloc((size_t)(first->positions + first->helpers) * (b.golden.model.features + 1), sizeof *features);
    const uint32_t count = b.golden.questions;
    for (uint32_t i = 0; i < count && features != NULL; i++)
        teach(&b, i, features);
    compare_value(&b, *numbers(&b, "golden.lm_loss", 1), b.answer / count);
    compare_value(&b, *numbers(&b, "golden.q_loss", 1), b.halt / count);
    compare_value(&b, *numbers(&b, "golden.cell_loss", 1), b.cells / count);
    classroom_reduce(&b.room, 1.0f / (float)count);
    compare_gradients(&b);
    printf("  %u comparisons; values are off by %.3g at most, gradients by %.3g of the largest entry (%s)\n",
           (unsigned)b.compared, b.worst_value, b.worst_gradient, b.worst_name);
    classroom_close(&b.room);
    relational_golden_close(&b.golden);
    free(features);
    free(data);
    return b.worst_value <= tolerance && b.worst_gradient <= tolerance;
}

int main(int count, char **paths)
{
    bool all = count > 1;
    for (int i = 1; i < count; i++)
        for (int recompute = 0; recompute < 2; recompute++) {
            const bool good = conforms(paths[i], recompute != 0);
            printf("%s - %s%s\n", good ? "ok" : "not ok", paths[i], recompute ? ", recomputed" : "");
            all = all && good;
        }
    return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
