/* Task 3.2: the matrix product on several threads. */
#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module3_gpu/fast/parallel.h"

static tt_array write_array(tt_tensor *t)
{
    return (tt_array){tt_storage_change(t->data.storage), t->data.layout};
}

/* t seen with leading dimension d stretched to size. */
static tt_const_array read_array(tt_tensor *t, int d, int size)
{
    tt_const_array a = {tt_storage_read(t->data.storage), t->data.layout};
    if (d < 0) return a;
    a.layout.shape.dim[d] = size;
    a.layout.stride[d] = 0;
    return a;
}

static tt_ctx *begin(scenario *s, int threads)
{
    tolerance(s, 2e-6, 1e-6);
    tt_set_threads(threads);
    return scenario_ctx();
}

static void product(scenario *s, tt_ctx *c, int n, int k, int m, bool ta, bool tb, bool to)
{
    tt_tensor *a = draw_tensor(s, c, "a", TT_SHAPE(n, k), ta, -2, 2);
    tt_tensor *b = draw_tensor(s, c, "b", TT_SHAPE(k, m), tb, -2, 2);
    tt_tensor *out = draw_tensor(s, c, "out before", TT_SHAPE(n, m), to, 5, 6);
    tt_parallel_matmul(write_array(out), read_array(a, -1, 0), read_array(b, -1, 0));
    put_tensor(s, c, "a x b", out);
    put_tensor(s, c, "a afterwards", a);
}

static void plain(scenario *s)
{
    tt_ctx *c = begin(s, 2);
    for (int i = 0; i < 5; i++)
        product(s, c, draw_int(s, 1, 7), draw_int(s, 1, 7), draw_int(s, 1, 7), false,
                false, false);
}

static void turned(scenario *s)
{
    tt_ctx *c = begin(s, 2);
    for (int i = 0; i < 8; i++)
        product(s, c, draw_int(s, 2, 7), draw_int(s, 2, 7), draw_int(s, 2, 7), i & 1,
                i & 2, i & 4);
}

static void threads(scenario *s)
{
    for (int n = 1; n <= 3; n++)
        product(s, begin(s, n), draw_int(s, 60, 80), draw_int(s, 40, 60),
                draw_int(s, 50, 70), n == 2, n == 3, false);
}

static void batches(scenario *s)
{
    tt_ctx *c = begin(s, 3);
    for (int i = 0; i < 4; i++) {
        int p = draw_int(s, 2, 4), q = draw_int(s, 1, 3), n = draw_int(s, 2, 5),
            k = draw_int(s, 2, 5), m = draw_int(s, 2, 5);
        tt_tensor *a = draw_tensor(s, c, "a", TT_SHAPE(p, q, n, k), i % 2, -2, 2);
        tt_tensor *b = draw_tensor(s, c, "b", TT_SHAPE(p, q, k, m), i > 1, -2, 2);
        tt_tensor *out = draw_tensor(s, c, "out before", TT_SHAPE(p, q, n, m), false, 5, 6);
        tt_parallel_matmul(write_array(out), read_array(a, -1, 0), read_array(b, -1, 0));
        put_tensor(s, c, "a x b", out);
    }
}

static void stretched(scenario *s)
{
    tt_ctx *c = begin(s, 3);
    for (int i = 0; i < 4; i++) {
        int p = draw_int(s, 2, 5), n = draw_int(s, 2, 5), k = draw_int(s, 2, 5),
            m = draw_int(s, 2, 5);
        tt_tensor *a = draw_tensor(s, c, "a", TT_SHAPE(i % 2 ? p : 1, n, k), false, -2, 2);
        tt_tensor *b = draw_tensor(s, c, "b", TT_SHAPE(i % 2 ? 1 : p, k, m), false, -2, 2);
        tt_tensor *out = draw_tensor(s, c, "out before", TT_SHAPE(p, n, m), false, 5, 6);
        tt_parallel_matmul(write_array(out), read_array(a, i % 2 ? -1 : 0, p),
                           read_array(b, i % 2 ? 0 : -1, p));
        put_tensor(s, c, "a x b", out);
    }
}

/* Sums that float would lose: large products that cancel, and small ones. */
static void sums_in_double(scenario *s)
{
    tt_ctx *c = begin(s, 1);
    enum { LONG = 300 };
    float a[LONG], b[LONG];
    drawf_all(s, a, LONG, 0.5f, 1);
    for (int i = 0; i < LONG; i++) b[i] = 1;
    a[0] = 3e7f;
    a[LONG - 1] = -3e7f;
    tt_tensor *x = tensor_of(s, c, "a", TT_SHAPE(1, LONG), false, a);
    tt_tensor *y = tensor_of(s, c, "b", TT_SHAPE(LONG, 1), false, b);
    tt_tensor *out = tensor_of(s, c, "out before", TT_SHAPE(1, 1), false, (float[]){1});
    tt_parallel_matmul(write_array(out), read_array(x, -1, 0), read_array(y, -1, 0));
    put_tensor(s, c, "a x b", out);
}

const scenario_case scenario_cases[] = {
    {"plain", "small matrices", 4, plain},
    {"turned", "operands and result of any strides", 3, turned},
    {"threads", "the same on one, two and three threads", 3, threads},
    {"batches", "many products at once", 3, batches},
    {"stretched", "leading dimensions that broadcast", 2, stretched},
    {"sums_in_double", "sums are kept in double", 1, sums_in_double},
    {0},
};
