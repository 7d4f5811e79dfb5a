/* Losses against slopes: the mathematics is written once more in double precision, and differentiated by
 * central differences. */
#include <math.h>
#include <string.h>

#include "lib/kernels/gradients.h"
#include "lib/kernels/halting.h"
#include "lib/learning/loss.h"
#include "tests/support/random.h"
#include "tests/support/run.h"
#include "tests/support/slopes.h"

enum { ROUNDS = 12 };

enum { MOST_CELLS = 12, MOST_TOKENS = 40 };

typedef struct judgement {
    trmi_choices choices;
    grid shape; /* S x V */
    double logits[MOST_CELLS * MOST_TOKENS], smoothing;
    int32_t labels[MOST_CELLS];
} judgement;

static double mass(const judgement *j, double v)
{
    if (j->choices.softmax)
        return exp(v);
    return v >= 0.0 ? v + 1.0 : 1.0 / (1.0 - v);
}

/* Labels below the first choice are no choices. */
static bool is_counted(const judgement *j, uint32_t n)
{
    return j->labels[n] >= (int32_t)j->choices.first;
}

static uint32_t choice_of(const judgement *j, uint32_t n)
{
    return (uint32_t)j->labels[n] - j->choices.first;
}

/* Mean over the labelled positions of - sum of target log p. */
static double model_loss(const judgement *j)
{
    double loss = 0.0;
    int counted = 0;
    for (uint32_t n = 0; n < j->shape.rows; n++) {
        const double *v = j->logits + (size_t)n * j->shape.width;
        double sum = 0.0;
        for (uint32_t t = 0; t < j->shape.width; t++)
            sum += mass(j, v[t]);
        for (uint32_t t = 0; t < j->shape.width && is_counted(j, n); t++) {
            const double target =
                (t == choice_of(j, n) ? 1.0 - j->smoothing : 0.0) + j->smoothing / j->shape.width;
            loss -= target * log(mass(j, v[t]) / sum);
        }
        counted += is_counted(j, n);
    }
    return counted > 0 ? loss / counted : 0.0;
}

static judgement draw_judgement(random_source *source, int kind)
{
    judgement j = { .shape = { between(source, 1, MOST_CELLS), 1, between(source, 2, MOST_TOKENS) } };
    j.choices = (trmi_choices) { .panel = (size_t)j.shape.rows * TRMI_PANEL,
                                 .positions = j.shape.rows,
                                 .first = kind % 3 == 1 ? 2 : 0,
                                 .count = j.shape.width,
                                 .by_node = kind % 3 == 1,
                                 .softmax = kind % 2 != 0 };
    j.smoothing = kind / 2 % 2 != 0 ? 0.3 : 0.0;
    for (size_t i = 0; i < count_of(j.shape); i++)
        j.logits[i] = (double)(float)(3.0 * random_normal(source));
    random_tokens(source, j.labels, j.shape.rows, j.choices.first + j.shape.width);
    for (uint32_t n = 0; n < j.shape.rows; n++)
        if (kind >= ROUNDS - 2 || random_below(source, 4) == 0)
            j.labels[n] = kind >= ROUNDS - 2 ? -100 : TRMI_UNLABELLED; /* the last ones: nothing counts */
    return j;
}

/* How many labelled positions have their label as the largest logit. */
static void count_right(const judgement *j, const uint8_t *cells, uint32_t *right, uint32_t *counted)
{
    *right = *counted = 0;
    for (uint32_t n = 0; n < j->shape.rows; n++) {
        const double *v = j->logits + (size_t)n * j->shape.width;
        bool largest = is_counted(j, n);
        for (uint32_t t = 0; t < j->shape.width && largest; t++)
            largest = v[t] <= v[choice_of(j, n)];
        *right += largest;
        *counted += is_counted(j, n);
        ck_assert_uint_eq(cells[n], largest            ? TRMI_CELL_RIGHT
                                    : is_counted(j, n) ? TRMI_CELL_WRONG
                                                       : TRMI_CELL_UNCOUNTED);
    }
}

START_TEST(of_the_answer)
{
    random_source source = random_begin(700 + (uint64_t)_i);
    judgement j = draw_judgement(&source, _i);
    const grid stored = j.choices.by_node ? (grid) { j.shape.rows * j.shape.width, 1, 1 } : j.shape;
    float logits[MOST_CELLS * MOST_TOKENS * TRMI_PANEL], gradient[MOST_CELLS * MOST_TOKENS * TRMI_PANEL];
    double slopes[MOST_CELLS * MOST_TOKENS], wanted[MOST_CELLS * MOST_TOKENS];
    uint8_t cells[MOST_CELLS];
    trmi_loss loss, again;
    to_panels(stored, j.logits, logits);
    j.choices.logits = logits;
    memset(gradient, 0xff, sizeof gradient); /* not numbers */
    trmi_loss_answer(&loss, &j.choices, j.labels, j.smoothing, gradient, cells);
    trmi_loss_answer(&again, &j.choices, j.labels, j.smoothing, NULL, NULL);
    ck_assert_double_eq(loss.answer, again.answer);
    ck_assert_double_eq_tol(loss.answer, model_loss(&j), 1e-9);
    uint32_t right, counted;
    count_right(&j, cells, &right, &counted);
    ck_assert_uint_eq(loss.right, right);
    ck_assert_uint_eq(loss.counted, counted);
    ck_assert(loss.exact == (counted > 0 && right == counted));
    check_spare_lanes(stored, gradient);
    from_panels(stored, gradient, slopes);
    for (size_t i = 0; i < count_of(j.shape); i++) {
        const double at = j.logits[i];
        j.logits[i] = at + slope_reach;
        const double above = model_loss(&j);
        j.logits[i] = at - slope_reach;
        wanted[i] = (above - model_loss(&j)) / (2.0 * slope_reach);
        j.logits[i] = at;
    }
    check_close(slopes, wanted, count_of(j.shape), "slope of logits", 0);
}
END_TEST

/* - log of the probability of what is so */
static double model_halt(double logit, bool exact)
{
    return -log(logistic(exact ? logit : -logit));
}

START_TEST(of_halting)
{
    random_source source = random_begin(800);
    for (int i = 0; i < 100; i++) {
        const double logit = 5.0 * random_normal(&source);
        trmi_loss loss = { .exact = i % 2 != 0 };
        const double slope = trmi_loss_halt(&loss, logit);
        ck_assert_double_eq_tol(loss.halt, model_halt(logit, loss.exact), 1e-9);
        const double wanted =
            (model_halt(logit + slope_reach, loss.exact) - model_halt(logit - slope_reach, loss.exact)) /
            (2.0 * slope_reach);
        ck_assert_double_eq_tol(slope, wanted, 1e-8);
    }
    trmi_loss far = { .exact = true };
    ck_assert_double_eq_tol(trmi_loss_halt(&far, -1000.0), -1.0, 1e-12); /* where exp overflows */
    ck_assert_double_eq_tol(far.halt, 1000.0, 1e-9);
}
END_TEST

START_TEST(of_cells)
{
    random_source source = random_begin(950);
    const uint8_t cells[] = { TRMI_CELL_RIGHT, TRMI_CELL_WRONG, TRMI_CELL_UNCOUNTED, TRMI_CELL_RIGHT };
    float confidences[4], slopes[4];
    double sum = 0.0;
    for (int i = 0; i < 4; i++)
        confidences[i] = (float)random_normal(&source);
    trmi_loss loss = { .counted = 3 };
    trmi_loss_cells(&loss, confidences, cells, 4, slopes);
    for (int i = 0; i < 4; i++) {
        const double logit = (double)confidences[i];
        const bool right = cells[i] == TRMI_CELL_RIGHT;
        const double wanted =
            (model_halt(logit + slope_reach, right) - model_halt(logit - slope_reach, right)) /
            (2.0 * slope_reach) / 3.0;
        ck_assert_double_eq_tol((double)slopes[i], i == 2 ? 0.0 : wanted, 1e-7);
        sum += i == 2 ? 0.0 : model_halt(logit, right) / 3.0;
    }
    ck_assert_double_eq_tol(loss.cells, sum, 1e-9);
}
END_TEST

enum { MOST_NODES = 100 };

static double model_softmin(const double *c, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++)
        sum += exp(-c[i]);
    return -log(sum);
}

static double model_halting_product(const double *c, uint32_t count)
{
    double log_p = 0.0;
    for (uint32_t i = 0; i < count; i++)
        log_p -= log1p(exp(-c[i]));
    log_p = fmin(log_p, -1e-6);
    return log_p - log(-expm1(log_p));
}

/* The slopes of both functions; the library's add to what is there, 1. */
static void check_halting(double *c, uint32_t count)
{
    float logits[MOST_NODES], low[MOST_NODES], all[MOST_NODES];
    double ours[2][MOST_NODES], wanted[2][MOST_NODES];
    for (uint32_t i = 0; i < count; i++) {
        logits[i] = (float)c[i];
        low[i] = all[i] = 1.0f;
    }
    trmi_gradients gradients;
    trmi_gradients_select(&gradients);
    gradients.halt_softmin(low, logits, count, trmi_halt_softmin(logits, count), -0.5f);
    gradients.halt_product(all, logits, count, -0.5f);
    for (uint32_t i = 0; i < count; i++) {
        const double at = c[i];
        c[i] = at + slope_reach;
        const double low_above = model_softmin(c, count), all_above = model_halting_product(c, count);
        c[i] = at - slope_reach;
        wanted[0][i] = -0.5 * (low_above - model_softmin(c, count)) / (2.0 * slope_reach);
        wanted[1][i] = -0.5 * (all_above - model_halting_product(c, count)) / (2.0 * slope_reach);
        c[i] = at;
        ours[0][i] = (double)low[i] - 1.0;
        ours[1][i] = (double)all[i] - 1.0;
    }
    check_close(ours[0], wanted[0], count, "slope of softmin", 0);
    check_close(ours[1], wanted[1], count, "slope of product", 0);
}

START_TEST(of_halting_functions)
{
    random_source source = random_begin(900);
    double c[MOST_NODES];
    for (int round = 0; round < 50; round++) {
        const uint32_t count = between(&source, 1, MOST_NODES);
        const double middle = round % 2 != 0 ? 6.0 : -1.0;
        for (uint32_t i = 0; i < count; i++)
            c[i] = (double)(float)(middle + 2.0 * random_normal(&source));
        check_halting(c, count);
    }
    float logits[2] = { 20.0f, 20.0f }, to[2] = { 0.0f, 0.0f }; /* surer than the product may be */
    trmi_gradients gradients;
    trmi_gradients_select(&gradients);
    gradients.halt_product(to, logits, 2, 1.0f);
    ck_assert(to[0] == 0.0f && to[1] == 0.0f);
}
END_TEST

int main(void)
{
    random_seed();
    Suite *suite = suite_create("losses");
    TCase *tests = tcase_create("slopes");
    tcase_add_loop_test(tests, of_the_answer, 0, ROUNDS);
    tcase_add_test(tests, of_halting);
    tcase_add_test(tests, of_cells);
    tcase_add_test(tests, of_halting_functions);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
