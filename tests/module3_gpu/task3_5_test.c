/* Task 3.5: the network with matrix products, and that it learns on the fast backend.
 * The rules stand in module3_gpu/README.md, "Task 3.5". */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module0_operators/datasets.h"
#include "module1_autodiff/optim.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module3_gpu/network.h"
#include "tests/module2_tensors/support/tensor_expect.h"

TestSuite(task3_5, .timeout = 120);

static tt_tensor *parameter(tt_module *m, const char *name)
{
    tt_parameter *p = tt_find_parameter(m, name);
    cr_assert_not_null(p, "no parameter %s", name);
    return p->value;
}

static void set(tt_tensor *t, const float *values)
{
    memcpy(tt_storage_set(t->data.storage), values, tt_numel(t) * sizeof *values);
}

/* ---- the layer --------------------------------------------------------------------------------- */

static void linear(const tt_backend *backend, uint64_t seed)
{
    tt_case k = case_begin(backend, seed);
    int batch = 1 + case_below(&k, 5), in = 1 + case_below(&k, 4),
        out = 1 + case_below(&k, 4);
    tt_module *l = tt_nn_matmul_linear(k.c, NULL, "l", in, out);
    cr_assert_not_null(l, "%s", tt_error(k.c));
    tt_tensor *x = tt_requires_grad(case_tensor(&k, TT_SHAPE(batch, in)), true);
    tt_tensor *d = case_tensor(&k, TT_SHAPE(batch, out));
    double *xv = case_cells(x), *w = case_cells(parameter(l, "weights")),
           *dv = case_cells(d);
    double *b = case_cells(parameter(l, "bias")), y[25], dx[25] = {0}, dw[25] = {0},
           db[5] = {0};
    for (int i = 0; i < batch; i++)
        for (int j = 0; j < out; j++) {
            y[i * out + j] = b[j];
            db[j] += dv[i * out + j];
            for (int p = 0; p < in; p++) {
                y[i * out + j] += xv[i * in + p] * w[p * out + j];
                dx[i * in + p] += dv[i * out + j] * w[p * out + j];
                dw[p * out + j] += dv[i * out + j] * xv[i * in + p];
            }
        }
    tt_tensor *result = tt_forward(k.c, l, x);
    tt_expected want = {.tolerance = 1e-5, .task = "3.5"};
    want.shape = TT_SHAPE(batch, out), want.cells = y, want.what = "y = x w + bias";
    expect_tensor(&k, result, &want);
    tt_backward_from(result, d);
    expect_no_error(&k, "backward of Linear");
    want.shape = TT_SHAPE(batch, in), want.cells = dx;
    want.what = "gradient of Linear's input: d w^T";
    expect_tensor(&k, tt_grad(x), &want);
    want.shape = TT_SHAPE(in, out), want.cells = dw,
    want.what = "gradient of weights: x^T d";
    expect_tensor(&k, tt_grad(parameter(l, "weights")), &want);
    want.shape = TT_SHAPE(out), want.cells = db,
    want.what = "gradient of the bias: sum of d";
    expect_tensor(&k, tt_grad(parameter(l, "bias")), &want);
    case_end(&k);
}

Test(task3_5, linear_is_x_times_weights_plus_bias_forward_and_backward)
{
    for (uint64_t seed = 0; seed < CASE_SEEDS; seed++) {
        linear(tt_backend_simple(), seed);
        linear(tt_backend_fast(), seed);
    }
}

/* ---- the network ------------------------------------------------------------------------------- */

Test(task3_5, network_is_relu_relu_sigmoid)
{
    tt_case k = case_begin(tt_backend_fast(), 0);
    tt_module *net = tt_matmul_network(k.c, 2);
    cr_assert_not_null(net, "%s", tt_error(k.c));
    set(parameter(net, "layer1.weights"), (float[]){1, -1, 2, 0.5f});
    set(parameter(net, "layer1.bias"), (float[]){0, 0.25f});
    set(parameter(net, "layer2.weights"), (float[]){1, -1, 1, 2});
    set(parameter(net, "layer2.bias"), (float[]){-1, 0.5f});
    set(parameter(net, "layer3.weights"), (float[]){2, -1});
    set(parameter(net, "layer3.bias"), (float[]){0.5f});
    tt_tensor *x = tt_from(k.c, TT_SHAPE(2, 2), (float[]){1, 0.5f, 0, 1});
    /* row 1: h1 = relu(2, -0.5) = (2, 0), h2 = relu(1, -1.5) = (1, 0), out = 2.5
     * row 2: h1 = relu(2, 0.75),          h2 = relu(1.75, 0),         out = 4 */
    EXPECT_CELLS(&k, tt_forward(k.c, net, x), TT_SHAPE(2, 1), "3.5", "network",
                 1 / (1 + exp(-2.5)), 1 / (1 + exp(-4)));
    case_end(&k);
}

static tt_tensor *inputs(tt_ctx *c, const tt_dataset *points, size_t from, size_t n)
{
    tt_tensor *x = tt_empty(c, (tt_shape){2, {(int)n, 2}});
    float *at = tt_storage_set(x->data.storage);
    for (size_t i = 0; i < 2 * n; i++) at[i] = (float)points->x[from + i / 2][i % 2];
    return x;
}

static tt_tensor *labels(tt_ctx *c, const tt_dataset *points, size_t from, size_t n)
{
    tt_tensor *y = tt_empty(c, (tt_shape){2, {(int)n, 1}});
    float *at = tt_storage_set(y->data.storage);
    for (size_t i = 0; i < n; i++) at[i] = (float)points->y[from + i];
    return y;
}

static tt_tensor *loss_of(tt_ctx *c, tt_tensor *p, tt_tensor *y)
{
    tt_tensor *right =
        tt_add(c, tt_mul(c, p, y), tt_mul(c, tt_add_num(c, p, -1), tt_add_num(c, y, -1)));
    return tt_neg(c, tt_mean_all(c, tt_log(c, right)));
}

Test(task3_5, every_parameter_gets_a_gradient)
{
    tt_case k = case_begin(tt_backend_fast(), 0);
    tt_dataset points;
    tt_dataset_make(k.c, &points, "xor", 50, 1);
    tt_module *net = tt_matmul_network(k.c, 10);
    cr_expect_eq(tt_module_count(net), 2 * 10 + 10 + 10 * 10 + 10 + 10 + 1);
    tt_tensor *p = tt_forward(k.c, net, inputs(k.c, &points, 0, 50));
    tt_backward(loss_of(k.c, p, labels(k.c, &points, 0, 50)));
    expect_no_error(&k, "one step");
    tt_parameter_list list = tt_named_parameters(k.c, net);
    cr_expect_eq(list.n, 6);
    for (size_t i = 0; i < list.n; i++) {
        tt_tensor *g = tt_grad(list.at[i].parameter->value);
        cr_assert_not_null(g, "%s has no gradient: is it used by forward?",
                           list.at[i].name);
        double *v = case_cells(g), most = 0;
        for (size_t n = 0; n < tt_numel(g); n++) most = fmax(most, fabs(v[n]));
        cr_expect(most > 0, "the gradient of %s is 0 everywhere", list.at[i].name);
    }
    case_end(&k);
}

typedef struct outcome {
    double loss[20]; /* of the first epochs */
    double last;
    int right;
} outcome;

/* Batches of ten points in order, as many epochs as are asked for. */
static outcome train(const tt_backend *backend, const char *name, uint64_t seed, int epochs)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, backend);
    tt_seed(c, seed);
    tt_dataset points;
    cr_assert(tt_dataset_make(c, &points, name, 50, seed));
    tt_module *net = tt_matmul_network(c, 50);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
    outcome o = {0};
    for (int epoch = 0; epoch < epochs; epoch++) {
        o.last = 0, o.right = 0;
        for (size_t from = 0; from < 50; from += 10)
            TT_SCOPE (c) {
                tt_tensor *p = tt_forward(c, net, inputs(c, &points, from, 10));
                tt_tensor *loss = loss_of(c, p, labels(c, &points, from, 10));
                tt_zero_grad(net);
                tt_backward(loss);
                tt_optim_step(sgd);
                o.last += (double)tt_item(loss) / 5;
                double *guess = case_cells(p);
                for (size_t i = 0; i < 10; i++)
                    o.right += (guess[i] > 0.5) == (points.y[from + i] == 1);
            }
        if (epoch < 20) o.loss[epoch] = o.last;
    }
    tt_ctx_free(c);
    return o;
}

Test(task3_5, learns_split)
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        outcome o = train(tt_backend_fast(), "split", seed, 400);
        cr_expect(o.last <= 0.5 * o.loss[0],
                  "split, seed %d: loss went from %.4f to %.4f, expected half", (int)seed,
                  o.loss[0], o.last);
        cr_expect(o.right >= 46, "split, seed %d: %d of 50 right, expected at least 46",
                  (int)seed, o.right);
    }
}

/* Later rounding has grown: training is chaotic. */
Test(task3_5, backends_agree_over_the_first_twenty_epochs)
{
    outcome simple = train(tt_backend_simple(), "xor", 3, 20);
    outcome fast = train(tt_backend_fast(), "xor", 3, 20);
    for (int i = 0; i < 20; i++)
        cr_expect(fabs(fast.loss[i] - simple.loss[i]) <= 1e-4 * simple.loss[i],
                  "epoch %d: loss %.7f on fast, %.7f on simple", i + 1, fast.loss[i],
                  simple.loss[i]);
}
