/* Task 1.5: Linear and Network, and that they learn. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module0_operators/datasets.h"
#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"
#include "support/random.h"
#include "tests/support/expect.h"

enum { SEED = 1505, HIDDEN = 5 };

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

TestSuite(task1_5, .init = start, .fini = stop, .timeout = 120);

#define SEE "\nsee module1_autodiff/README.md, Task 1.5"

static tt_scalar *parameter(tt_module *m, const char *name)
{
    tt_parameter *p = tt_find_parameter(m, name);
    cr_assert(p != NULL, "no parameter %s: %s%s", name, tt_error(c), SEE);
    cr_assert(p->kind == &tts_parameter_kind, "%s is a %s, not a scalar", name,
              p->kind->name);
    return p->value;
}

static double random_number(size_t i, double low, double high)
{
    return low + (high - low) * (double)tt_rng_uniform(tt_rng_of(SEED, TT_STREAM_DATA), i);
}

/* ---- Linear ---------------------------------------------------------------------------------- */

static void check_linear(int in, int out)
{
    tt_module *l = tts_nn_linear(c, NULL, "l", in, out);
    cr_assert(l != NULL, "%s", tt_error(c));
    tt_scalar *x[8], *y[8];
    for (int i = 0; i < in; i++) x[i] = tts_num(c, random_number((size_t)i, -2, 2));
    tts_forward(c, l, x, y);
    for (int j = 0; j < out; j++) {
        char name[32];
        snprintf(name, sizeof name, "bias_%d", j);
        double expected = tts_value(parameter(l, name));
        for (int i = 0; i < in; i++) {
            snprintf(name, sizeof name, "weight_%d_%d", i, j);
            expected += tts_value(x[i]) * tts_value(parameter(l, name));
        }
        tt_expect_close(
            tts_value(y[j]), expected, 1e-12, 1e-12,
            "output %d of Linear(%d, %d): bias_%d + sum of x_i weight_i_%d" SEE, j, in,
            out, j, j);
    }
}

Test(task1_5, linear_computes_bias_plus_weighted_sum)
{
    check_linear(1, 1);
    check_linear(2, 3);
    check_linear(3, 2);
    check_linear(8, 1);
    check_linear(1, 8);
}

/* ---- Network --------------------------------------------------------------------------------- */

Test(task1_5, network_has_its_parameters)
{
    for (int h = 1; h <= 12; h += 11) {
        tt_module *net = tts_network(c, h);
        cr_assert(net != NULL, "%s", tt_error(c));
        size_t expected = (size_t)((2 * h + h) + (h * h + h) + (h + 1));
        cr_expect(
            tt_module_count(net) == expected,
            "hidden %d: expected %zu parameters (2 h + h, h h + h, h + 1), got %zu%s", h,
            expected, tt_module_count(net), SEE);
    }
    tt_module *net = tts_network(c, 3);
    parameter(net, "layer1.weight_1_2");
    parameter(net, "layer2.weight_2_2");
    parameter(net, "layer2.bias_2");
    parameter(net, "layer3.weight_2_0");
    parameter(net, "layer3.bias_0");
}

static double relu(double x)
{
    return x > 0 ? x : 0;
}

static double value(tt_module *net, const char *format, int i, int j)
{
    char name[48];
    snprintf(name, sizeof name, format, i, j);
    return tts_value(parameter(net, name));
}

static double expected_output(tt_module *net, const double x[2])
{
    double first[HIDDEN], out = value(net, "layer3.bias_0", 0, 0);
    for (int j = 0; j < HIDDEN; j++)
        first[j] = relu(value(net, "layer1.bias_%d", j, 0) +
                        x[0] * value(net, "layer1.weight_%d_%d", 0, j) +
                        x[1] * value(net, "layer1.weight_%d_%d", 1, j));
    for (int k = 0; k < HIDDEN; k++) {
        double h = value(net, "layer2.bias_%d", k, 0);
        for (int j = 0; j < HIDDEN; j++)
            h += first[j] * value(net, "layer2.weight_%d_%d", j, k);
        out += relu(h) * value(net, "layer3.weight_%d_%d", k, 0);
    }
    return 1 / (1 + exp(-out));
}

Test(task1_5, network_computes_what_it_should)
{
    tt_seed(c, SEED);
    tt_module *net = tts_network(c, HIDDEN);
    cr_assert(net != NULL, "%s", tt_error(c));
    for (size_t i = 0; i < 20; i++) {
        double x[2] = {random_number(2 * i, -3, 3), random_number(2 * i + 1, -3, 3)};
        tt_scalar *in[] = {tts_num(c, x[0]), tts_num(c, x[1])}, *out[1] = {NULL};
        tts_forward(c, net, in, out);
        tt_expect_close(
            tts_value(out[0]), expected_output(net, x), 1e-12, 1e-15,
            "Linear, ReLU, Linear, ReLU, Linear, sigmoid at (%g, %g), seed %d" SEE, x[0],
            x[1], SEED);
    }
}

/* With positive parameters and inputs no unit is dead, so every derivative must be there. */
Test(task1_5, every_parameter_gets_a_derivative)
{
    tt_module *net = tts_network(c, HIDDEN);
    tt_parameter_list list = tt_named_parameters(c, net);
    for (size_t i = 0; i < list.n; i++)
        tts_set(list.at[i].parameter->value, random_number(i, 0.05, 0.3));
    tt_scalar *in[] = {tts_num(c, 0.4), tts_num(c, 0.7)}, *out[1] = {NULL};
    tts_forward(c, net, in, out);
    cr_assert(tts_backward(out[0]) == TT_OK, "%s", tt_error(c));
    for (size_t i = 0; i < list.n; i++)
        cr_expect(tts_derivative(list.at[i].parameter->value) > 0,
                  "%s got the derivative %g; all parameters and inputs are positive, so "
                  "the output "
                  "grows with each of them%s",
                  list.at[i].name, tts_derivative(list.at[i].parameter->value), SEE);
}

/* ---- learning -------------------------------------------------------------------------------- */

/* One epoch over the whole set, as MiniTorch's: loss / n backward a point, then one step. */
static double epoch(tt_module *net, tt_optim *sgd, const tt_dataset *set, int *right)
{
    double total = 0;
    *right = 0;
    tt_zero_grad(net);
    for (size_t i = 0; i < set->n; i++)
        TT_SCOPE (c) {
            tt_scalar *in[] = {tts_num(c, set->x[i][0]), tts_num(c, set->x[i][1])},
                      *p[1] = {NULL};
            tts_forward(c, net, in, p);
            *right += (tts_value(p[0]) > 0.5) == (set->y[i] == 1);
            tt_scalar *likely = set->y[i] == 1 ? p[0] : tts_sub(c, tts_num(c, 1), p[0]);
            tt_scalar *loss = tts_neg(c, tts_log(c, likely));
            total += tts_value(loss);
            tts_backward(tts_div(c, loss, tts_num(c, (double)set->n)));
        }
    tt_optim_step(sgd);
    return total;
}

static int train(const char *name, int hidden, int epochs, uint64_t seed, double *first,
                 double *last)
{
    int right = 0;
    TT_SCOPE (c) {
        tt_seed(c, seed);
        tt_dataset set;
        cr_assert(tt_dataset_make(c, &set, name, 50, seed), "%s", tt_error(c));
        tt_module *net = tts_network(c, hidden);
        tt_optim *sgd = tt_optim_sgd(net, .lr = 0.5f);
        *first = epoch(net, sgd, &set, &right);
        for (int e = 2; e <= epochs; e++) *last = epoch(net, sgd, &set, &right);
        cr_assert(tt_error(c) == NULL, "%s, seed %d: %s", name, (int)seed, tt_error(c));
    }
    return right;
}

Test(task1_5, the_loss_halves_and_most_points_are_right)
{
    int total = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        double first = 0, last = 0;
        total += train("simple", 10, 200, seed, &first, &last);
        cr_expect(
            last <= first / 2, "simple, seed %d: the loss fell from %g to %g in 200 epochs; it should halve%s",
            (int)seed, first, last, SEE);
    }
    cr_expect(total >= 141,
              "simple: %d of 150 points right over three seeds; expected 141%s", total,
              SEE);
}
