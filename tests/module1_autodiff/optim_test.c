/* Gradient descent on scalars, and the derivative check that users call. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"
#include "module1_autodiff/scalar_functions.h"
#include "tests/support/expect.h"

static tt_ctx *c;

static void start(void)
{
    c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
}

static void stop(void)
{
    tt_ctx_free(c);
}

TestSuite(optim, .init = start, .fini = stop, .timeout = 20);
TestSuite(check_derivative, .init = start, .fini = stop, .timeout = 20);

static tt_module *one_parameter(double value, tt_scalar **p)
{
    tt_module *m = tt_nn_module(c, tt_module, "one", NULL);
    *p = tts_variable(c, value, "p");
    cr_assert(tt_module_parameter(m, "p", &tts_parameter_kind, *p) != NULL, "%s",
              tt_error(c));
    return m;
}

Test(optim, step_goes_against_the_derivative)
{
    tt_scalar *p;
    tt_module *m = one_parameter(3, &p);
    tt_optim *sgd = tt_optim_sgd(m, .lr = 0.25f);
    TT_SCOPE (c) tts_backward(tts_mul(c, p, p));
    cr_expect(tt_optim_step(sgd) == TT_OK, "%s", tt_error(c));
    tt_expect_close(tts_value(p), 3 - 0.25 * 6, 1e-15, 0, "p - lr * dL/dp");
    cr_expect(tt_node_is_leaf(&p->node),
              "the parameter stays a leaf: no graph grows over steps");
    tt_zero_grad(m);
    tt_expect_close(tts_derivative(p), 0, 0, 0, "after tt_zero_grad");
    tt_optim_step(sgd);
    tt_expect_close(tts_value(p), 1.5, 1e-15, 0, "nothing to descend");
}

Test(optim, descent_finds_the_minimum)
{
    tt_scalar *p;
    tt_module *m = one_parameter(-4, &p);
    tt_optim *sgd = tt_optim_sgd(m, .lr = 0.1f);
    for (int i = 0; i < 200; i++)
        TT_SCOPE (c) {
            tt_scalar *away = tts_sub(c, p, tts_num(c, 2));
            tt_zero_grad(m);
            tts_backward(tts_mul(c, away, away));
            tt_optim_step(sgd);
        }
    tt_expect_close(tts_value(p), 2, 1e-9, 0, "of (p - 2)^2");
}

Test(optim, rates_that_make_no_sense_are_refused)
{
    tt_scalar *p;
    tt_module *m = one_parameter(1, &p);
    const float rates[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++) {
        cr_expect(tt_optim_sgd(m, .lr = rates[i]) == NULL, "lr %g", (double)rates[i]);
        cr_expect(tt_error_status(c) == TT_ERR_VALUE, "lr %g: %s", (double)rates[i],
                  tt_error(c));
        tt_error_clear(c);
    }
    tt_optim *sgd = tt_optim_sgd(m, .lr = 0.5f);
    cr_expect(tt_optim_set_lr(sgd, -2) == TT_ERR_VALUE, "lr -2");
    tt_error_clear(c);
    tt_expect_close((double)tt_optim_lr(sgd), 0.5, 0, 0, "a refused rate changes nothing");
    cr_expect(tt_optim_set_lr(sgd, 0.125f) == TT_OK);
    tt_expect_close((double)tt_optim_lr(sgd), 0.125, 0, 0, "the new rate");
}

Test(optim, a_module_without_parameters_is_refused)
{
    tt_module *m = tt_nn_module(c, tt_module, "bare", NULL);
    cr_expect(tt_optim_sgd(m, .lr = 0.1f) == NULL);
    cr_expect(tt_error(c) && strstr(tt_error(c), "no parameters"), "got: %s", tt_error(c));
}

Test(optim, a_step_out_of_the_finite_numbers_is_refused)
{
    tt_scalar *p;
    tt_module *m = one_parameter(1e300, &p);
    tt_optim *sgd = tt_optim_sgd(m, .lr = 1e30f);
    tts_accumulate(p, -1e300);
    cr_expect(tt_optim_step(sgd) == TT_ERR_DOMAIN, "1e300 + 1e30 * 1e300 is inf");
    tt_expect_close(tts_value(p), 1e300, 0, 0, "the parameter stays");
    cr_expect(tt_error(c) && strstr(tt_error(c), "p: inf"), "got: %s", tt_error(c));
}

Test(optim, null_is_quiet)
{
    cr_expect(tt_optim_sgd(NULL, .lr = 0.1f) == NULL && tt_optim_step(NULL) != TT_OK);
    cr_expect(isnan((double)tt_optim_lr(NULL)) && tt_optim_set_lr(NULL, 1) != TT_OK);
    cr_expect(tt_error(c) == NULL, "got: %s", tt_error(c));
}

/* ---- tts_check_derivative -------------------------------------------------------------------- */

static tt_scalar *smooth(tt_ctx *k, tt_scalar *const *x, void *user)
{
    (void)user;
    return tts_add(k, tts_mul(k, x[0], tts_exp(k, x[1])), tts_sigmoid(k, x[2]));
}

Test(check_derivative, accepts_what_is_right)
{
    const double x[] = {1.5, -0.25, 0.75};
    cr_expect(tts_check_derivative(c, smooth, NULL, x, 3), "%s", tt_error(c));
    cr_expect(tt_error(c) == NULL, "%s", tt_error(c));
}

/* x^2 with a backward that is `factor` times as large as it should be. */
static double factor;

static double square(tts_call *k, const double *x)
{
    k->saved[0] = x[0];
    return x[0] * x[0];
}

static void square_back(const tts_call *k, double d, double *dx)
{
    dx[0] = factor * 2 * k->saved[0] * d;
}

static tt_scalar *wrong_square(tt_ctx *k, tt_scalar *const *x, void *user)
{
    static const tts_function fn = {"square", 1, square, square_back};
    (void)user;
    return tts_apply(k, &fn, x);
}

static void expect_diagnosis(double wrong, const char *words)
{
    const double x[] = {3};
    factor = wrong;
    cr_expect(!tts_check_derivative(c, wrong_square, NULL, x, 1), "factor %g", wrong);
    cr_expect(tt_error(c) && strstr(tt_error(c), words),
              "factor %g: expected \"%s\", got: %s", wrong, words, tt_error(c));
    tt_error_clear(c);
}

Test(check_derivative, says_what_is_wrong)
{
    expect_diagnosis(2, "counted twice");
    expect_diagnosis(0, "missing");
    expect_diagnosis(-1, "sign");
    expect_diagnosis(1.01, "ratio 1.01");
}

static tt_scalar *flat_log(tt_ctx *k, tt_scalar *const *x, void *user)
{
    (void)user;
    tt_scalar *far = tts_log(k, tts_add(k, x[0], tts_num(k, 100000)));
    return tts_num(k, tts_value(far)); /* the history is cut off */
}

Test(check_derivative, sees_small_slopes)
{
    const double x[] = {3};
    cr_expect(!tts_check_derivative(c, flat_log, NULL, x, 1),
              "the slope 1e-5 of log(x + 100000) is not 0");
    tt_error_clear(c);
    cr_expect(!tts_check_derivative(c, smooth, NULL, x, 0), "no arguments");
    cr_expect(tt_error_status(c) == TT_ERR_VALUE);
}

static tt_scalar *log_of(tt_ctx *k, tt_scalar *const *x, void *user)
{
    (void)user;
    return tts_log(k, x[0]);
}

Test(check_derivative, passes_errors_on)
{
    const double x[] = {-3};
    cr_expect(!tts_check_derivative(c, log_of, NULL, x, 1));
    cr_expect(tt_error_status(c) == TT_ERR_DOMAIN, "got: %s", tt_error(c));
}
