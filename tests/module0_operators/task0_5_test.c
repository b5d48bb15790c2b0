/* Task 0.5: the linear model whose parameters are set by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module0_operators/datasets.h"
#include "module0_operators/manual.h"
#include "support/random.h"
#include "tests/support/expect.h"

TestSuite(task0_5, .timeout = 20);

#define SEE "\nsee module0_operators/README.md, Task 0.5"

enum { SEED = 20240617 };

static double drawn(uint64_t i, double low, double high)
{
    return low + (high - low) * (double)tt_rng_uniform(tt_rng_of(SEED, TT_STREAM_DATA), i);
}

Test(task0_5, parameters_are_w1_w2_b)
{
    static const char *const names[] = {"w1", "w2", "b"};
    static const double values[] = {2.5, -3, 0.75};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_manual *m = tt_manual_new(c, 2.5, -3, 0.75);
    cr_assert(
        m,
        "tt_manual_new: expected a model, got NULL: each of w1, w2, b must be set" SEE);
    cr_assert(tt_module_count(&m->base) == 3, "expected 3 numbers, got %zu" SEE,
              tt_module_count(&m->base));
    double *const kept[] = {m->w1, m->w2, m->b};
    const tt_parameter *p = m->base.parameters;
    for (int i = 0; i < 3; i++, p = p->next) {
        cr_assert(strcmp(p->name, names[i]) == 0,
                  "parameter %d: expected \"%s\", got \"%s\"" SEE, i, names[i], p->name);
        cr_assert(p->value == kept[i],
                  "m->%s must point to where the parameter is kept" SEE, names[i]);
        tt_expect_close(*kept[i], values[i], 0, 0, "%s" SEE, names[i]);
    }
    tt_ctx_free(c);
}

Test(task0_5, forward_is_the_sigmoid_of_the_weighted_sum)
{
    tt_ctx *c = tt_ctx_new(NULL);
    for (uint64_t i = 0; i < 500; i++)
        TT_SCOPE (c) {
            double w1 = drawn(5 * i, -8, 8), w2 = drawn(5 * i + 1, -8, 8),
                   b = drawn(5 * i + 2, -8, 8);
            double x[2] = {drawn(5 * i + 3, 0, 1), drawn(5 * i + 4, 0, 1)};
            tt_manual *m = tt_manual_new(c, w1, w2, b);
            cr_assert(m, "tt_manual_new: expected a model, got NULL" SEE);
            double expected = 0.5 + 0.5 * tanh((w1 * x[0] + w2 * x[1] + b) / 2);
            if (!tt_expect_close(tt_forward_number(&m->base, x), expected, 1e-9, 1e-12,
                                 "w1 %g, w2 %g, b %g at (%g, %g), seed %d" SEE, w1, w2, b,
                                 x[0], x[1], (int)SEED))
                break;
        }
    tt_ctx_free(c);
}

Test(task0_5, turning_a_parameter_changes_the_answer)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_manual *m = tt_manual_new(c, 0, 0, 0);
    cr_assert(m, "tt_manual_new: expected a model, got NULL" SEE);
    double x[2] = {0.25, 0.75};
    tt_expect_close(tt_forward_number(&m->base, x), 0.5, 0, 0, "all parameters 0" SEE);
    *m->w2 = 4;
    tt_expect_close(tt_forward_number(&m->base, x), 0.95257412682243336, 1e-12, 0,
                    "w2 = 4" SEE);
    *m->b = -3;
    tt_expect_close(tt_forward_number(&m->base, x), 0.5, 1e-12, 0, "w2 = 4, b = -3" SEE);
    *m->w1 = -1000;
    tt_expect_close(tt_forward_number(&m->base, x), 0, 0, 1e-100,
                    "w1 = -1000: far outside" SEE);
    tt_ctx_free(c);
}

Test(task0_5, the_hand_set_line_separates_simple)
{
    tt_ctx *c = tt_ctx_new(NULL);
    double w[3] = {0};
    tt_manual_by_hand(w);
    tt_manual *m = tt_manual_new(c, w[0], w[1], w[2]);
    cr_assert(m, "tt_manual_new: expected a model, got NULL" SEE);
    for (uint64_t seed = 0; seed < 20; seed++) {
        tt_dataset set;
        cr_assert(tt_dataset_make(c, &set, "simple", 50, seed), "%s", tt_error(c));
        for (size_t i = 0; i < set.n; i++) {
            if (fabs(set.x[i][0] - 0.5) < 0.01)
                continue; /* a line drawn by eye may miss these */
            double p = tt_forward_number(&m->base, set.x[i]);
            cr_assert((p > 0.5) == set.y[i],
                      "w1 %g, w2 %g, b %g: the answer at (%g, %g) is %g, the label %d "
                      "(seed %d)" SEE,
                      w[0], w[1], w[2], set.x[i][0], set.x[i][1], p, set.y[i], (int)seed);
        }
    }
    tt_ctx_free(c);
}
