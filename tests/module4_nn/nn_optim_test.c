/* Momentum, Adam, AdamW against PyTorch; clipping, schedules, initial values. */
#include <criterion/criterion.h>
#include <math.h>

#include "module4_nn/init.h"
#include "module4_nn/layers.h"
#include "module4_nn/optim.h"
#include "tests/module4_nn/support/golden_optim.h"
#include "tests/module4_nn/support/nn_cases.h"
#include "tests/support/expect.h"

TestSuite(module4_optim, .timeout = 20);

/* A module of one parameter p (3,). */
static tt_module *three(tt_ctx *c, tt_tensor **p)
{
    tt_module *m = tt_module_new(c, sizeof *m, "three", NULL);
    *p = tt_from(c, TT_SHAPE(3), (float[]){0.5f, -1.25f, 2.385f});
    cr_assert(tt_module_tensor(m, "p", *p));
    return m;
}

/* Sets the gradient of step t, by a backward pass, as golden_optim.py does. */
static void set_gradient(tt_ctx *c, tt_tensor *p, int t)
{
    float d[3], now[3];
    cr_assert_eq(tt_read(p, now), TT_OK);
    for (int i = 0; i < 3; i++) d[i] = (float)(sin(3 * t + i) * (double)now[i] + cos(i));
    tt_zero_grad_of(p);
    cr_assert_eq(tt_backward_from(tt_mul_num(c, p, 1), tt_from(c, TT_SHAPE(3), d)), TT_OK);
}

static void follows(tt_ctx *c, tt_optim *optim, tt_tensor *p, const double want[][3],
                    const char *name)
{
    cr_assert(optim, "%s: %s", name, tt_error(c));
    for (int t = 0; t < 6; t++)
        TT_SCOPE (c) {
            set_gradient(c, p, t);
            cr_assert_eq(tt_optim_step(optim), TT_OK, "%s", tt_error(c));
            for (int i = 0; i < 3; i++)
                tt_expect_close((double)tt_get(p, &i), want[t][i], 1e-5, 1e-6,
                                "%s, step %d, number %d", name, t, i);
        }
    tt_ctx_free(c);
}

#define FOLLOWS(name, call)                                                              \
    Test(module4_optim, name##_is_torchs)                                                \
    {                                                                                    \
        tt_tensor *p;                                                                    \
        tt_ctx *c = nn_begin(1);                                                         \
        tt_module *m = three(c, &p);                                                     \
        follows(c, call, p, golden_##name, #name);                                       \
    }
FOLLOWS(plain, tt_optim_momentum(m, .lr = 0.1f))
FOLLOWS(momentum, tt_optim_momentum(m, .lr = 0.1f, .momentum = 0.9f, .weight_decay = 0.05f))
FOLLOWS(nesterov, tt_optim_momentum(m, .lr = 0.1f, .momentum = 0.8f, .nesterov = true))
FOLLOWS(adam, tt_optim_adam(m, .lr = 0.05f, .beta1 = 0.8f, .beta2 = 0.95f, .eps = 1e-3f,
                            .weight_decay = 0.1f))
FOLLOWS(adam_default, tt_optim_adam(m, .lr = 0))
FOLLOWS(adamw, tt_optim_adamw(m, .lr = 0.05f, .weight_decay = 0.2f))

Test(module4_optim, what_has_no_gradient_stays)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *p;
    tt_module *m = three(c, &p);
    tt_optim *all[] = {tt_optim_momentum(m, .lr = 1, .weight_decay = 1), tt_optim_adam(m),
                       tt_optim_adamw(m, .weight_decay = 1)};
    for (int i = 0; i < 3; i++) cr_expect_eq(tt_optim_step(all[i]), TT_OK);
    NN_EXPECT(c, p, TT_SHAPE(3), "4.5", "no gradient", 0.5, -1.25, 2.385);
    tt_ctx_free(c);
}

Test(module4_optim, steps_take_no_memory)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *p;
    tt_module *m = three(c, &p);
    tt_optim *adam = tt_optim_adam(m), *slow = tt_optim_momentum(m, .lr = 0.1f);
    set_gradient(c, p, 0);
    tt_optim_step(adam), tt_optim_step(slow);
    size_t before = tt_ctx_bytes(c);
    tt_mark mark = tt_ctx_mark(c);
    for (int i = 0; i < 1000; i++) {
        tt_optim_step(adam), tt_optim_step(slow);
        tt_optim_clip(adam, 0.5);
    }
    cr_expect_eq(tt_ctx_bytes(c), before);
    tt_mark after = tt_ctx_mark(c);
    cr_expect(after.chunk == mark.chunk && after.used == mark.used, "a step allocates");
    tt_ctx_free(c);
}

Test(module4_optim, clipping_keeps_the_direction)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *p;
    tt_optim *optim = tt_optim_adam(three(c, &p));
    float d[3] = {2, -3, 6}; /* of length 7 */
    tt_backward_from(tt_mul_num(c, p, 1), tt_from(c, TT_SHAPE(3), d));
    tt_expect_close(tt_optim_clip(optim, 10), 7.0, 1e-6, 0);
    NN_EXPECT(c, tt_grad(p), TT_SHAPE(3), "4.5", "short enough", 2, -3, 6);
    tt_expect_close(tt_optim_clip(optim, 3.5), 7.0, 1e-6, 0);
    NN_EXPECT(c, tt_grad(p), TT_SHAPE(3), "4.5", "halved", 1, -1.5, 3);
    cr_expect(isnan(tt_optim_clip(NULL, 1)));
    tt_ctx_free(c);
}

Test(module4_optim, schedules)
{
    tt_expect_close((double)tt_schedule_step(0.2f, 0.1f, 3, 2), 0.2, 1e-6, 0);
    tt_expect_close((double)tt_schedule_step(0.2f, 0.1f, 3, 3), 0.02, 1e-6, 0);
    tt_expect_close((double)tt_schedule_cosine(0.2f, 0.05f, 8, 0), 0.2, 1e-6, 0);
    tt_expect_close((double)tt_schedule_cosine(0.2f, 0.05f, 8, 4), 0.125, 1e-6, 0);
    tt_expect_close((double)tt_schedule_cosine(0.2f, 0.05f, 8, 2),
                    0.125 + 0.075 * sqrt(0.5), 1e-6, 0);
    tt_expect_close((double)tt_schedule_cosine(0.2f, 0.05f, 8, 9), 0.05, 1e-6, 0);
}

Test(module4_optim, refuses_what_makes_no_sense)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *p;
    tt_module *m = three(c, &p), *numbers = tt_module_new(c, sizeof *m, "numbers", NULL);
    cr_expect_null(tt_optim_momentum(m, .lr = 0.1f, .momentum = 1));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_optim_momentum", "momentum is 1");
    cr_expect_null(tt_optim_momentum(m, .momentum = 0.9f));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "lr is 0");
    cr_expect_null(tt_optim_adam(m, .beta2 = -1));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_optim_adam", "beta2");
    cr_expect_null(tt_optim_adamw(m, .weight_decay = NAN));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_optim_adamw", "weight_decay");
    tt_module_number(numbers, "w", 1);
    cr_expect_null(tt_optim_adam(numbers));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_optim_adam", "parameter w is a number");
    cr_expect(!tt_optim_adam(NULL) && !tt_optim_momentum(NULL, .lr = 1));
    tt_ctx_free(c);
}

Test(module4_optim, initial_values_have_the_variance_of_their_formula)
{
    enum { N = 40000 };
    static float w[N];
    tt_ctx *c = nn_begin(9);
    tt_tensor *t = tt_empty(c, TT_SHAPE(400, 100));
    const double variance[2] = {2 / 400.0, 2 / 500.0};
    for (int k = 0; k < 2; k++) {
        double square = 0;
        cr_assert_eq(k ? tt_init_xavier(t, 400, 100) : tt_init_kaiming(t, 400), TT_OK);
        cr_assert_eq(tt_read(t, w), TT_OK);
        for (int i = 0; i < N; i++) square += (double)w[i] * (double)w[i] / N;
        tt_expect_close(square, variance[k], 0.03, 0, "formula %d", k);
    }
    cr_expect_eq(tt_init_kaiming(t, 0), TT_ERR_VALUE);
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_init_kaiming", "0 inputs");
    cr_expect_eq(tt_init_uniform(tt_transpose(c, t, 0, 1), 1), TT_ERR_SHAPE);
    tt_error_clear(c);
    tt_ctx_free(c);
}
