/* What is timed, and what it must give. */
#include "module2_tensors/bench_work.h"

#include <math.h>
#include <stdio.h>

#include "module0_operators/datasets.h"
#include "module1_autodiff/optim.h"

/* ---- loops over a matrix ---------------------------------------------------------------------- */

/* Uniform in [0.5, 1.5): never zeros, for which hardware is fast, and log stays finite. */
static tt_tensor *operand(tt_ctx *c, tt_shape shape)
{
    return tt_add_num(c, tt_rand(c, shape), 0.5f);
}

bool bench_work_make(bench_work *w, tt_ctx *c, int side)
{
    w->c = c;
    w->side = side;
    w->a = operand(c, TT_SHAPE(side, side));
    w->b = operand(c, TT_SHAPE(side, side));
    w->row = operand(c, TT_SHAPE(1, side));
    w->col = operand(c, TT_SHAPE(side, 1));
    w->flat_a = tt_view(c, w->a, TT_SHAPE(1, side * side));
    w->turned_a = tt_transpose(c, w->a, 0, 1);
    w->turned_b = tt_transpose(c, w->b, 0, 1);
    bool row = w->kind == BENCH_sum_first, col = w->kind == BENCH_sum_last;
    bool one = w->kind == BENCH_sum_all;
    w->out = tt_zeros(c, TT_SHAPE(row || one ? 1 : side, col || one ? 1 : side));
    return w->out != NULL;
}

static void zip_add(bench_work *w, tt_tensor *a, tt_tensor *b)
{
    tt_backend_of(w->c)->zip(w->c, TT_OP_ADD, w->out->data, a->data, b->data);
}

static void map(bench_work *w, tt_unary_op op)
{
    tt_backend_of(w->c)->map(w->c, op, w->out->data, w->a->data);
}

static void sum(bench_work *w, tt_tensor *a, int dim)
{
    tt_backend_of(w->c)->reduce(w->c, TT_OP_ADD, w->out->data, a->data, dim, 0.0f);
}

void bench_work_do(void *work)
{
    bench_work *w = work;
    const tt_backend *backend = tt_backend_of(w->c);
    switch (w->kind) {
    case BENCH_copy: backend->copy(w->c, w->out->data, w->a->data); break;
    case BENCH_zip_add: zip_add(w, w->a, w->b); break;
    case BENCH_broadcast_row: zip_add(w, w->a, w->row); break;
    case BENCH_broadcast_col: zip_add(w, w->a, w->col); break;
    case BENCH_map_exp: map(w, TT_OP_EXP); break;
    case BENCH_map_log: map(w, TT_OP_LOG); break;
    case BENCH_map_sigmoid: map(w, TT_OP_SIGMOID); break;
    case BENCH_sum_all: sum(w, w->flat_a, 1); break;
    case BENCH_sum_last: sum(w, w->a, 1); break;
    case BENCH_sum_first: sum(w, w->a, 0); break;
    case BENCH_transpose_copy:
        backend->copy(w->c, w->out->data, w->turned_a->data);
        break;
    case BENCH_add_transposed: zip_add(w, w->a, w->turned_b); break;
    case BENCH_matmul: backend->matmul(w->c, w->out->data, w->a->data, w->b->data); break;
    }
}

/* ---- what they must give ---------------------------------------------------------------------- */

/* Row-major cell (i, j) of a contiguous tensor with `side` columns. */
static double cell(const tt_tensor *t, int i, int j, int side)
{
    return (double)tt_storage_read(t->data.storage)[(size_t)i * (size_t)side + (size_t)j];
}

static double sum_of(const tt_tensor *t, int i0, int i1, int j0, int j1, int side)
{
    double total = 0;
    for (int i = i0; i < i1; i++)
        for (int j = j0; j < j1; j++) total += cell(t, i, j, side);
    return total;
}

static double product(const bench_work *w, int i, int j)
{
    double total = 0;
    for (int k = 0; k < w->side; k++)
        total += cell(w->a, i, k, w->side) * cell(w->b, k, j, w->side);
    return total;
}

static double expected(const bench_work *w, int i, int j)
{
    int n = w->side;
    double a = cell(w->a, i, j, n), b = cell(w->b, i, j, n);
    switch (w->kind) {
    case BENCH_copy: return a;
    case BENCH_zip_add: return a + b;
    case BENCH_broadcast_row: return a + cell(w->row, 0, j, n);
    case BENCH_broadcast_col: return a + cell(w->col, i, 0, 1);
    case BENCH_map_exp: return exp(a);
    case BENCH_map_log: return log(a);
    case BENCH_map_sigmoid: return 1 / (1 + exp(-a));
    case BENCH_sum_all: return sum_of(w->a, 0, n, 0, n, n);
    case BENCH_sum_last: return sum_of(w->a, i, i + 1, 0, n, n);
    case BENCH_sum_first: return sum_of(w->a, 0, n, j, j + 1, n);
    case BENCH_transpose_copy: return cell(w->a, j, i, n);
    case BENCH_add_transposed: return a + cell(w->b, j, i, n);
    case BENCH_matmul: return product(w, i, j);
    }
    return (double)NAN;
}

bool bench_work_right(bench_work *w, char message[160])
{
    tt_shape shape = tt_shape_of(w->out);
    int steps_i = shape.dim[0] > 64 ? shape.dim[0] / 61 : 1; /* a sample of large ones */
    int steps_j = shape.dim[1] > 64 ? shape.dim[1] / 61 : 1;
    bench_work_do(w);
    for (int i = 0; i < shape.dim[0]; i += steps_i)
        for (int j = 0; j < shape.dim[1]; j += steps_j) {
            double want = expected(w, i, j), got = (double)tt_get(w->out, (int[]){i, j});
            if (fabs(got - want) <= 1e-5 * fabs(want)) continue; /* false for NaN */
            snprintf(message, 160, "cell [%d,%d] is %.9g, expected %.9g: not worth timing",
                     i, j, got, want);
            return false;
        }
    return true;
}

/* ---- a small network -------------------------------------------------------------------------- */

enum { POINTS = 50, BATCH = 10, HIDDEN = 100 };

struct bench_mlp {
    tt_module base;
    tt_ctx *c;
    tt_tensor *w[3], *b[3];
    tt_tensor *x[POINTS / BATCH], *y[POINTS / BATCH];
    tt_optim *sgd;
    double loss;
};

static tt_tensor *forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    bench_mlp *m = (bench_mlp *)self;
    for (int i = 0; i < 3; i++) {
        x = tt_add(c, tt_matmul(c, x, m->w[i]), m->b[i]);
        x = i < 2 ? tt_relu(c, x) : tt_sigmoid(c, x);
    }
    return x;
}

/* Uniform within +-1/sqrt(in), as torch.nn.Linear. */
static tt_tensor *uniform(tt_ctx *c, tt_shape shape, int in)
{
    float bound = 1.0f / sqrtf((float)in);
    return tt_detach(c, tt_mul_num(c, tt_add_num(c, tt_rand(c, shape), -0.5f), 2 * bound));
}

bench_mlp *bench_mlp_new(tt_ctx *c)
{
    static const int size[] = {2, HIDDEN, HIDDEN, 1};
    static const char *const names[2][3] = {{"w1", "w2", "w3"}, {"b1", "b2", "b3"}};
    bench_mlp *m = tt_nn_module(c, bench_mlp, "mlp", forward);
    tt_dataset set;
    if (m == NULL || !tt_dataset_make(c, &set, "xor", POINTS, 1)) return NULL;
    m->c = c;
    for (int i = 0; i < 3; i++) {
        tt_shape w = TT_SHAPE(size[i], size[i + 1]), b = TT_SHAPE(size[i + 1]);
        m->w[i] = tt_module_tensor(&m->base, names[0][i], uniform(c, w, size[i]));
        m->b[i] = tt_module_tensor(&m->base, names[1][i], uniform(c, b, size[i]));
    }
    for (int n = 0; n < POINTS / BATCH; n++) {
        float x[2 * BATCH], y[BATCH];
        for (int i = 0; i < BATCH; i++) {
            const double *point = set.x[n * BATCH + i];
            x[2 * i] = (float)point[0], x[2 * i + 1] = (float)point[1];
            y[i] = (float)set.y[n * BATCH + i];
        }
        m->x[n] = tt_from(c, TT_SHAPE(BATCH, 2), x);
        m->y[n] = tt_from(c, TT_SHAPE(BATCH, 1), y);
    }
    m->sgd = tt_optim_sgd(&m->base, .lr = 0.05f);
    return m->sgd != NULL ? m : NULL;
}

void bench_mlp_epoch(void *mlp)
{
    bench_mlp *m = mlp;
    m->loss = 0;
    for (int n = 0; n < POINTS / BATCH; n++)
        TT_SCOPE (m->c) {
            tt_tensor *p = tt_forward(m->c, &m->base, m->x[n]), *y = m->y[n];
            tt_tensor *ones = tt_mul(m->c, p, y);
            tt_tensor *zeros =
                tt_mul(m->c, tt_add_num(m->c, p, -1), tt_add_num(m->c, y, -1));
            tt_tensor *loss =
                tt_neg(m->c, tt_mean_all(m->c, tt_log(m->c, tt_add(m->c, ones, zeros))));
            tt_zero_grad(&m->base);
            tt_backward(loss);
            tt_optim_step(m->sgd);
            m->loss += (double)tt_item(loss) / (POINTS / BATCH);
        }
}

double bench_mlp_loss(const bench_mlp *mlp)
{
    return mlp->loss;
}
