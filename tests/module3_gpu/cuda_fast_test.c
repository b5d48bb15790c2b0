/* The fast kernels behind the course's: every way they take through memory, at sizes around every
 * boundary, on the simulator and on a GPU where there is one. Expected values by loops in double. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(cuda_fast, .timeout = 120);

static const int SIZES[] = {1,   2,   3,   4,    5,    31,   32,   33,
                            255, 256, 257, 1023, 1024, 1025, 4099, 500000};

enum { SIZE_COUNT = sizeof SIZES / sizeof SIZES[0] };

/* Position in memory of the ordinal-th cell of a layout. */
static size_t position(const tt_layout *l, size_t ordinal)
{
    size_t at = l->offset;
    for (int d = l->shape.ndim - 1; d >= 0; d--) {
        size_t size = (size_t)l->shape.dim[d];
        at += ordinal % size * l->stride[d];
        ordinal /= size;
    }
    return at;
}

/* How many numbers of memory a layout reaches. */
static size_t reach(const tt_layout *l)
{
    size_t last = l->offset;
    for (int d = 0; d < l->shape.ndim; d++) {
        if (l->shape.dim[d] == 0) return l->offset;
        last += (size_t)(l->shape.dim[d] - 1) * l->stride[d];
    }
    return last + 1;
}

/* An operand: numbers on the host and on the device. */
typedef struct operand {
    tt_layout l;
    float *host, *device;
} operand;

static operand operand_of(const kernel_place *place, tt_layout l, int seed)
{
    size_t n = reach(&l);
    operand x = {.l = l, .host = kernel_numbers((int)n, seed)};
    x.device = kernel_device(place, x.host, n);
    return x;
}

static void operand_free(const kernel_place *place, operand *x)
{
    kernel_free(place, x->device);
    free(x->host);
}

static double cell(const operand *x, tt_shape big, size_t ordinal)
{
    tt_layout walk = tt_layout_stretch(&x->l, big);
    return (double)x->host[position(&walk, ordinal)];
}

/* ---- map, zip, fill, axpy --------------------------------------------------------------------- */

static tt_layout from(tt_layout l, size_t offset)
{
    l.offset = offset;
    return l;
}

static void map_one(const kernel_place *place, tt_shape big, tt_layout l, const char *what)
{
    size_t n = tt_shape_size(big);
    operand x = operand_of(place, l, (int)n);
    double *want = malloc((n + 1) * sizeof *want);
    for (size_t i = 0; i < n; i++) want[i] = exp(cell(&x, big, i));
    float *out = kernel_device(place, NULL, n);
    int error = place->k->map_fast(TT_OP_EXP, out, tt_layout_of(big), x.device, x.l);
    kernel_expect(place, error, out, want, n, 1e-5, "3.3", "exp of %zu numbers, %s", n,
                  what);
    kernel_free(place, out);
    operand_free(place, &x);
    free(want);
}

static void zip_one(const kernel_place *place, tt_shape big, tt_layout al, tt_layout bl,
                    const char *what)
{
    size_t n = tt_shape_size(big);
    operand x = operand_of(place, al, (int)n), y = operand_of(place, bl, (int)n + 1);
    double *want = malloc((n + 1) * sizeof *want);
    for (size_t i = 0; i < n; i++) want[i] = cell(&x, big, i) * cell(&y, big, i);
    float *out = kernel_device(place, NULL, n);
    int error =
        place->k->zip_fast(TT_OP_MUL, out, tt_layout_of(big), x.device, al, y.device, bl);
    kernel_expect(place, error, out, want, n, 1e-6, "3.3", "products of %zu numbers, %s",
                  n, what);
    kernel_free(place, out);
    operand_free(place, &x);
    operand_free(place, &y);
    free(want);
}

static void axpy_one(const kernel_place *place, tt_shape big, tt_layout l, const char *what)
{
    size_t n = tt_shape_size(big);
    operand x = operand_of(place, l, 3), y = operand_of(place, tt_layout_of(big), 4);
    double *want = malloc((n + 1) * sizeof *want);
    for (size_t i = 0; i < n; i++) want[i] = (double)y.host[i] - 0.3 * cell(&x, big, i);
    int error = place->k->axpy(y.device, -0.3f, x.device, tt_layout_stretch(&l, big));
    kernel_expect(place, error, y.device, want, n, 1e-6, "3.3",
                  "y -= 0.3 x, %zu numbers, %s", n, what);
    operand_free(place, &x);
    operand_free(place, &y);
    free(want);
}

static void loops_in_order(const kernel_place *place)
{
    for (int i = 0; i < SIZE_COUNT; i++) {
        int n = SIZES[i];
        kernel_diagnosing(n <= 5000);
        tt_layout l = tt_layout_of(TT_SHAPE(n));
        map_one(place, l.shape, l, "in order");
        map_one(place, l.shape, from(l, 1), "in order from number 1 on");
        map_one(place, l.shape, from(l, 4), "in order from number 4 on");
        zip_one(place, l.shape, l, from(l, 4), "in order");
        zip_one(place, l.shape, l, from(l, 2), "in order, one from number 2 on");
        zip_one(place, l.shape, l, tt_layout_of(TT_SHAPE(1)), "one with a number");
        axpy_one(place, l.shape, l, "in order");
        axpy_one(place, l.shape, from(l, 3), "from number 3 on");
    }
    kernel_diagnosing(true);
}

Test(cuda_fast, loops_in_order_of_any_size_and_offset)
{
    kernel_each(loops_in_order);
}

/* Rows of 4 m numbers go by quads, others one by one; the results must not know. */
static void loops_stretched(const kernel_place *place)
{
    for (int columns = 5; columns <= 8; columns++) {
        int n = 37, m = columns;
        tt_shape big = TT_SHAPE(3, n, m);
        tt_layout all = tt_layout_of(big),
                  turned = {.shape = big, .stride = {1, 3, 3 * (size_t)n}};
        tt_layout gaps = {.shape = big, .stride = {12 * (size_t)n, 12, 1}, .offset = 4};
        tt_layout row = tt_layout_of(TT_SHAPE(m)), column = tt_layout_of(TT_SHAPE(n, 1));
        tt_layout box = tt_layout_of(TT_SHAPE(3, 1, 1)),
                  thread = tt_layout_of(TT_SHAPE(3, 1, m));
        map_one(place, big, row, "a row"), map_one(place, big, column, "a column");
        map_one(place, big, turned, "permuted"), map_one(place, big, gaps, "with gaps");
        zip_one(place, big, all, row, "and a row"),
            zip_one(place, big, column, all, "a column");
        zip_one(place, big, box, row, "(3,1,1) and a row");
        zip_one(place, big, thread, column, "(3,1,m) and a column");
        zip_one(place, big, gaps, turned, "gaps and permuted");
        axpy_one(place, big, row, "a row"), axpy_one(place, big, column, "a column");
    }
}

Test(cuda_fast, loops_with_broadcast_permuted_and_gapped_operands)
{
    kernel_each(loops_stretched);
}

static void fills(const kernel_place *place)
{
    double want[1100];
    for (int i = 0; i < 1100; i++) want[i] = 2.5;
    for (int i = 0; i < SIZE_COUNT && SIZES[i] < 1100; i++)
        for (int offset = 0; offset < 2; offset++) {
            size_t n = (size_t)SIZES[i];
            float *out = kernel_device(place, NULL, n + 1);
            int error = place->k->fill(out + offset, 2.5f, n);
            kernel_expect(place, error, out + offset, want, n, 0, "3.3", "fill of %zu", n);
            kernel_free(place, out);
        }
}

Test(cuda_fast, fill_of_any_size_and_offset)
{
    kernel_each(fills);
}

/* ---- reduce ------------------------------------------------------------------------------------- */

static void reduce_one(const kernel_place *place, tt_binary_op op, float start, int outer,
                       int n, int inner)
{
    size_t cells = (size_t)outer * (size_t)n * (size_t)inner;
    size_t results = (size_t)outer * (size_t)inner;
    float *x = kernel_numbers((int)cells, n);
    double *want = malloc((results + 1) * sizeof *want);
    for (int i = 0; i < outer; i++)
        for (int j = 0; j < inner; j++) {
            double sum = (double)start;
            for (int k = 0; k < n; k++)
                sum = tt_binary(op)((double)x[(i * n + k) * inner + j], sum);
            want[i * inner + j] = sum;
        }
    float *in = kernel_device(place, x, cells), *out = kernel_device(place, NULL, results);
    size_t room = ttk_reduce_scratch((size_t)outer, (size_t)n, (size_t)inner);
    float *scratch = room ? kernel_device(place, NULL, room) : NULL;
    int error = place->k->reduce_fast(op, out, in, (size_t)outer, (size_t)n,
                                      (size_t)inner, start, scratch);
    kernel_expect(place, error, out, want, results, 2e-4, "3.3",
                  "%s over the middle of (%d,%d,%d)", tt_binary_name(op), outer, n, inner);
    kernel_free(place, in);
    kernel_free(place, out);
    if (scratch) kernel_free(place, scratch);
    free(want);
    free(x);
}

static void reduces(const kernel_place *place)
{
    for (int i = 0; i < SIZE_COUNT; i++) {
        int n = SIZES[i];
        kernel_diagnosing(n <= 5000);
        reduce_one(place, TT_OP_ADD, 0.0f, 1, n, 1);
        reduce_one(place, TT_OP_MAX, -INFINITY, 1, n, 1);
        if (n < 5000) reduce_one(place, TT_OP_ADD, 0.0f, 3, n, 1);
        if (n < 5000) reduce_one(place, TT_OP_ADD, 0.0f, 1, n, 2);
        if (n < 1100) reduce_one(place, TT_OP_MAX, -INFINITY, 2, n, 33);
    }
    kernel_diagnosing(true);
    reduce_one(place, TT_OP_MUL, 1.0f, 2, 20, 3);
    reduce_one(place, TT_OP_ADD, 0.0f, 40, 7, 1);
    reduce_one(place, TT_OP_MAX, -INFINITY, 67, 10, 1);
    reduce_one(place, TT_OP_ADD, 0.0f, 67, 65, 1);
    reduce_one(place, TT_OP_ADD, 0.0f, 3, 0, 2);
    reduce_one(place, TT_OP_ADD, 0.0f, 3, 0, 1);
}

Test(cuda_fast, reduce_of_any_length_in_one_stage_and_in_two)
{
    cr_expect(ttk_reduce_scratch(1, 500000, 1) > 0, "500000 cells are to be cut");
    cr_expect(ttk_reduce_scratch(1, 4099, 2) > 0,
              "4099 cells of 2 columns are to be cut");
    cr_expect_eq(ttk_reduce_scratch(10000, 1000, 1), 0, "10000 lines are work enough");
    kernel_each(reduces);
}

/* ---- matmul --------------------------------------------------------------------------------------- */

typedef int matmul_fn(float *out, tt_layout to, const float *a, tt_layout al,
                      const float *b, tt_layout bl, float *scratch);

/* A stack of (rows, cols) matrices, as they are or transposed in memory, from `offset` on. */
static tt_layout stack(int batch, int rows, int cols, bool turned, size_t offset)
{
    tt_layout l = tt_layout_of(TT_SHAPE(batch, rows, cols));
    if (turned) l.stride[1] = 1, l.stride[2] = (size_t)rows;
    l.offset = offset;
    return l;
}

static double dot(const operand *x, const operand *y, int batch, int row, int col)
{
    int inner = x->l.shape.dim[2], xb = batch % x->l.shape.dim[0],
        yb = batch % y->l.shape.dim[0];
    const float *left =
        x->host + x->l.offset + (size_t)xb * x->l.stride[0] + (size_t)row * x->l.stride[1];
    const float *right =
        y->host + y->l.offset + (size_t)yb * y->l.stride[0] + (size_t)col * y->l.stride[2];
    double sum = 0;
    for (int k = 0; k < inner; k++)
        sum += (double)left[(size_t)k * x->l.stride[2]] *
               (double)right[(size_t)k * y->l.stride[1]];
    return sum;
}

/* Values are below 2: TF32 keeps 11 bits of each factor, so a product is wrong by 2^-11 (half a last
 * place of each) of at most 4, and errors of k products add up like a random walk's steps. */
static double tolerance(bool tf32, int k)
{
    return tf32 ? 4 * ldexp(1, -11) * (2 + sqrt(k)) : 1e-5 * (1 + sqrt(k));
}

static void product(const kernel_place *place, bool tf32, tt_layout al, tt_layout bl,
                    bool exact)
{
    int batch = al.shape.dim[0] > bl.shape.dim[0] ? al.shape.dim[0] : bl.shape.dim[0];
    int n = al.shape.dim[1], k = al.shape.dim[2], m = bl.shape.dim[2];
    size_t cells = (size_t)batch * (size_t)n * (size_t)m;
    operand x = operand_of(place, al, n + k), y = operand_of(place, bl, k + m);
    double *want = malloc((cells + 1) * sizeof *want);
    for (size_t i = 0; i < cells; i++)
        want[i] = dot(&x, &y, (int)(i / ((size_t)n * (size_t)m)),
                      (int)(i / (size_t)m) % n, (int)(i % (size_t)m));
    ttk_sizes sizes = {(size_t)n, (size_t)m, (size_t)k, (size_t)batch};
    size_t room = ttk_matmul_scratch(&sizes);
    float *scratch = room ? kernel_device(place, NULL, room) : NULL;
    float *out = kernel_device(place, NULL, cells);
    tt_layout to = tt_layout_of(TT_SHAPE(batch, n, m));
    al.shape.dim[0] = bl.shape.dim[0] = batch;
    if (x.l.shape.dim[0] == 1) al.stride[0] = 0;
    if (y.l.shape.dim[0] == 1) bl.stride[0] = 0;
    matmul_fn *matmul = tf32 ? place->k->matmul_tf32 : place->k->matmul_fast;
    int error = matmul(out, to, x.device, al, y.device, bl, scratch);
    kernel_expect(place, error, out, want, cells, exact ? 0 : tolerance(tf32, k), "3.4",
                  "%s (%d,%d,%d) x (%d,%d,%d), strides %zu %zu, %zu %zu",
                  tf32 ? "tf32" : "fast", batch, n, k, batch, k, m, al.stride[1],
                  al.stride[2], bl.stride[1], bl.stride[2]);
    operand_free(place, &x);
    operand_free(place, &y);
    kernel_free(place, out);
    if (scratch) kernel_free(place, scratch);
    free(want);
}

static void sizes_of(const kernel_place *place, bool tf32)
{
    static const int nkm[][3] = {{1, 1, 1},    {2, 3, 5},     {31, 32, 33},  {33, 31, 32},
                                 {64, 64, 64}, {65, 17, 130}, {4, 15, 4},    {3, 257, 5},
                                 {5, 1025, 7}, {2, 0, 3},     {128, 16, 129}};
    for (size_t i = 0; i < sizeof nkm / sizeof nkm[0]; i++) {
        int n = nkm[i][0], k = nkm[i][1], m = nkm[i][2];
        product(place, tf32, stack(1, n, k, false, 0), stack(1, k, m, false, 0), false);
    }
}

/* Each operand in order or transposed, aligned or not, in batches that broadcast. */
static void layouts_of(const kernel_place *place, bool tf32)
{
    for (int form = 0; form < 16; form++) {
        bool at = form & 1, bt = form & 2, odd = form & 4, one = form & 8;
        int n = odd ? 35 : 36, k = odd ? 21 : 20, m = odd ? 37 : 40;
        product(place, tf32, stack(one ? 1 : 2, n, k, at, odd ? 1 : 4),
                stack(2, k, m, bt, odd ? 3 : 0), false);
    }
    tt_layout sparse = stack(1, 9, 20, false, 0);
    sparse.stride[1] = 61, sparse.stride[2] = 3;
    product(place, tf32, sparse, stack(3, 20, 6, true, 0), false);
}

/* Wherever the operands lie, no two lanes of a warp meet in a bank of shared memory, and whole quads
 * are read in whole sectors: 32 bytes for 8 numbers. */
static void traffic(const kernel_place *place)
{
    enum { N = 128, K = 32, FORMS = 12, MANY = 100 /* enough for large tiles */ };
    if (!place->simulated) return;
    for (int form = 0; form < FORMS; form++) {
        bool at = form & 1, bt = form & 2, tf32 = form / 4 == 1;
        int batch = form / 4 == 2 ? MANY : 1, k = batch > 1 ? 8 : K;
        kernel_count_begins();
        product(place, tf32, stack(batch, N, k, at, 0), stack(batch, k, N, bt, 0), false);
        tt_sim_traffic t = tt_sim_total();
        cr_expect_eq(t.bank_conflicts, 0, "form %d: %llu bank conflicts", form,
                     (unsigned long long)t.bank_conflicts);
        cr_expect_eq(t.global_load_bytes, 32 * t.global_load_sectors,
                     "form %d: %llu bytes from %llu sectors", form,
                     (unsigned long long)t.global_load_bytes,
                     (unsigned long long)t.global_load_sectors);
        cr_expect_eq(t.global_store_bytes, (uint64_t)(4 * N * N * batch),
                     "form %d: each cell is written once", form);
    }
}

Test(cuda_fast, matmul_meets_no_bank_conflicts_and_reads_whole_sectors)
{
    kernel_once(traffic);
}

static void fast_sizes(const kernel_place *place)
{
    sizes_of(place, false);
}

static void fast_layouts(const kernel_place *place)
{
    layouts_of(place, false);
}

static void tf32_sizes(const kernel_place *place)
{
    kernel_diagnosing(false);
    sizes_of(place, true);
    kernel_diagnosing(true);
    product(place, true, stack(1, 70, 33, false, 0), stack(1, 33, 20, false, 0), false);
}

static void tf32_layouts(const kernel_place *place)
{
    kernel_diagnosing(false);
    layouts_of(place, true);
}

Test(cuda_fast, matmul_of_any_size)
{
    kernel_each(fast_sizes);
}

Test(cuda_fast, matmul_of_operands_in_any_layout)
{
    kernel_each(fast_layouts);
}

Test(cuda_fast, matmul_tf32_of_any_size)
{
    kernel_once(tf32_sizes);
}

Test(cuda_fast, matmul_tf32_of_operands_in_any_layout)
{
    kernel_once(tf32_layouts);
}

/* Enough tiles for the large ones. */
static void large(const kernel_place *place)
{
    kernel_diagnosing(false);
    for (int form = 0; form < 4; form++)
        product(place, false, stack(40, 250, 19, form & 1, 0),
                stack(40, 19, 257, form & 2, 0), false);
    kernel_diagnosing(true);
}

Test(cuda_fast, matmul_by_large_tiles)
{
    cr_assert(ttk_large_tiles(&(ttk_sizes){250, 257, 19, 40}));
    kernel_once(large);
}

/* Factors of 11 bits: every product and every sum is exact, in TF32 as in float. */
static void exact(const kernel_place *place)
{
    enum { N = 16, K = 24, M = 8 };
    float x[N * K], y[K * M];
    double want[N * M] = {0};
    for (int i = 0; i < N * K; i++) x[i] = (float)(i * 37 % 2047 - 1023);
    for (int i = 0; i < K * M; i++) y[i] = (float)(i * 11 % 63 - 31);
    for (int i = 0; i < N * M; i++)
        for (int k = 0; k < K; k++)
            want[i] += (double)x[i / M * K + k] * (double)y[k * M + i % M];
    float *a = kernel_device(place, x, N * K), *b = kernel_device(place, y, K * M);
    float *out = kernel_device(place, NULL, N * M);
    int error = place->k->matmul_tf32(out, tt_layout_of(TT_SHAPE(N, M)), a,
                                      tt_layout_of(TT_SHAPE(N, K)), b,
                                      tt_layout_of(TT_SHAPE(K, M)), NULL);
    kernel_expect(place, error, out, want, N * M, 0, "3.4", "whole numbers of 11 bits");
    kernel_free(place, a);
    kernel_free(place, b);
    kernel_free(place, out);
}

Test(cuda_fast, matmul_tf32_is_exact_where_11_bits_are_enough)
{
    kernel_each(exact);
}

/* 1 + 2^-12 is no TF32 number: it rounds to 1, and a product by float would show it. */
static void rounded(const kernel_place *place)
{
    const float x[] = {1 + 1.0f / 4096, 1 + 1.0f / 1024}, y[] = {1};
    const double want[] = {1, 1 + 1.0 / 1024};
    float *a = kernel_device(place, x, 2), *b = kernel_device(place, y, 1);
    float *out = kernel_device(place, NULL, 2);
    int error = place->k->matmul_tf32(out, tt_layout_of(TT_SHAPE(2, 1)), a,
                                      tt_layout_of(TT_SHAPE(2, 1)), b,
                                      tt_layout_of(TT_SHAPE(1, 1)), NULL);
    kernel_expect(place, error, out, want, 2, 0, "3.4", "1 + 2^-12 and 1 + 2^-10");
    kernel_free(place, a);
    kernel_free(place, b);
    kernel_free(place, out);
}

Test(cuda_fast, matmul_tf32_rounds_its_operands_to_11_bits)
{
    kernel_once(rounded);
}

/* ---- how work is cut ------------------------------------------------------------------------------- */

Test(cuda_fast, plan_keeps_every_processor_busy)
{
    cr_expect(ttk_large_tiles(&(ttk_sizes){2048, 2048, 2048, 1}), "256 large tiles");
    cr_expect(ttk_large_tiles(&(ttk_sizes){8192, 8192, 8192, 1}));
    cr_expect_not(ttk_large_tiles(&(ttk_sizes){1024, 1024, 1024, 1}),
                  "64 of them idle half");
    cr_expect_not(ttk_large_tiles(&(ttk_sizes){1536, 1536, 1536, 1}),
                  "144 take two rounds");
    cr_expect_eq(ttk_matmul_pieces(&(ttk_sizes){2048, 2048, 2048, 1}, TTK_LARGE_TILE), 1);
    cr_expect_eq(ttk_matmul_pieces(&(ttk_sizes){100, 10, 60000, 1}, TTK_SMALL_TILE), 64,
                 "the gradient of a weight over many rows is cut");
    cr_expect_eq(ttk_matmul_pieces(&(ttk_sizes){64, 64, 400, 1}, TTK_SMALL_TILE), 1,
                 "pieces of less than 256 do not pay");
    cr_expect_eq(ttk_matmul_scratch(&(ttk_sizes){0, 10, 60000, 1}), 0);
    cr_expect_eq(ttk_reduce_scratch(0, 10, 10), 0);
}
