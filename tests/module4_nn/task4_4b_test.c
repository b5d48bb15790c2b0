/* Task 4.4b: convolution as CUDA kernels. They run on the simulator, under three orders of the threads,
 * and on a GPU where there is one. The rules stand in module4_nn/README.md, "Task 4.4b". */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "module2_tensors/function.h"
#include "module4_nn/ops/conv.h"
#include "tests/module3_gpu/support/kernel_cases.h"
#include "tests/module4_nn/support/conv_cases.h"

TestSuite(task4_4b, .timeout = 100);

static const ttk_nn_table *kernels(const kernel_place *place)
{
    return place->simulated ? tti_nn_sim_kernels() : tti_nn_cuda_kernels();
}

/* (B,C,1,W) seen as (B,C,W). */
static tt_layout flat(tt_layout l)
{
    l.shape.ndim = 3;
    l.shape.dim[2] = l.shape.dim[3], l.stride[2] = l.stride[3];
    return l;
}

/* Runs the kernel once and compares. `out` lies as the inputs do; what is in front of it must stay. */
static tt_sim_traffic runs(const kernel_place *place, const conv_case *k, bool reverse,
                           bool two)
{
    tt_shape xs = conv_in_shape(k), ws = conv_weight_shape(k), ys = conv_out_shape(k);
    size_t x_room = conv_room(xs, k), w_room = conv_room(ws, k), y_room = conv_room(ys, k);
    float *x = kernel_numbers((int)x_room, k->width),
          *w = kernel_numbers((int)w_room, k->kw);
    double *want = calloc(y_room + 1, sizeof *want),
           *ordered = calloc(y_room + 1, sizeof *want);
    conv_expected(k, x, w, ordered);
    tt_layout to = conv_layout(ys, k), from = conv_layout(xs, k),
              kernel = conv_layout(ws, k);
    for (size_t i = 0; i < (size_t)k->gap; i++) want[i] = -77.25; /* kernel_device's */
    for (size_t i = 0; i < tt_shape_size(ys); i++) {
        int at[TT_MAX_DIMS];
        tt_to_index(i, ys, at);
        want[to.offset + tt_index_to_position(at, to.stride, 4)] = ordered[i];
    }
    float *in = kernel_device(place, x, x_room), *weight = kernel_device(place, w, w_room);
    float *out = kernel_device(place, NULL, y_room);
    kernel_count_begins();
    int error = two ? kernels(place)->conv2d(out, to, in, from, weight, kernel, reverse)
                    : kernels(place)->conv1d(out, flat(to), in, flat(from), weight,
                                             flat(kernel), reverse);
    kernel_expect(place, error, out, want, y_room, 2e-5, "4.4b",
                  "%s%s, input (%d,%d,%d,%d), weight (%d,%d,%d,%d), output %dx%d%s",
                  two ? "conv2d" : "conv1d", reverse ? " reversed" : "", k->batch, k->in,
                  k->height, k->width, k->out, k->in, k->kh, k->kw, k->rows, k->columns,
                  k->turned ? ", dimensions 0 and 1 exchanged in memory" : "");
    tt_sim_traffic t = {.kernel = ""};
    kernel_counted(place, &t);
    kernel_free(place, in), kernel_free(place, weight), kernel_free(place, out);
    free(x), free(w), free(want), free(ordered);
    return t;
}

static conv_case one(int batch, int in, int width, int out, int kw, int columns)
{
    return (conv_case){batch, in, 1, width, out, 1, kw, 1, columns, tti_anchored(false),
                       false, 0};
}

static void both_ways(const kernel_place *place, conv_case k, bool two)
{
    for (int reverse = 0; reverse < 2; reverse++)
        for (int turned = 0; turned < 2; turned++) {
            k.w = tti_anchored(reverse);
            k.turned = turned, k.gap = turned ? 3 : 0;
            runs(place, &k, reverse, two);
        }
}

/* ---- one dimension --------------------------------------------------------------------------------- */

/* One cell, a warp and a block with one more or less, kernels wider than the input, outputs that are
 * shorter and longer than the input: as the gradient of a weight asks for. */
static void conv1d_sizes(const kernel_place *place)
{
    both_ways(place, one(1, 1, 1, 1, 1, 1), false);
    both_ways(place, one(2, 3, 31, 4, 3, 31), false);
    both_ways(place, one(1, 2, 257, 1, 5, 257), false);
    both_ways(place, one(2, 1, 4, 3, 9, 4), false);
    both_ways(place, one(3, 2, 40, 2, 40, 3), false);
    both_ways(place, one(1, 2, 5, 2, 2, 12), false);
}

Test(task4_4b, conv1d_is_the_definitions_in_any_size_and_layout)
{
    kernel_each(conv1d_sizes);
}

/* ---- two dimensions -------------------------------------------------------------------------------- */

static conv_case two(int batch, int in, int height, int width, int out, int kh, int kw)
{
    return (conv_case){batch, in, height, width, out,
                       kh,    kw, height, width, tti_anchored(false),
                       false, 0};
}

static void conv2d_sizes(const kernel_place *place)
{
    conv_case gradient = two(2, 3, 9, 8, 4, 9, 8); /* a kernel as large as the image .. */
    gradient.rows = 3, gradient.columns = 2;       /* .. and six cells of output */
    conv_case beyond = two(1, 1, 2, 3, 2, 3, 2);
    beyond.rows = 4, beyond.columns = 5;
    both_ways(place, two(1, 1, 1, 1, 1, 1, 1), true);
    both_ways(place, two(2, 2, 5, 7, 3, 3, 2), true);
    both_ways(place, two(1, 1, 16, 17, 2, 4, 3), true); /* 272 cells: two blocks */
    both_ways(place, two(1, 1, 3, 2, 2, 5, 6), true);
    both_ways(place, gradient, true);
    both_ways(place, beyond, true);
}

Test(task4_4b, conv2d_is_the_definitions_in_any_size_and_layout)
{
    kernel_each(conv2d_sizes);
}

/* 7 7 6 = 294 weights, more than shared memory holds at once: two rounds. */
static void conv2d_rounds(const kernel_place *place)
{
    both_ways(place, two(1, 6, 8, 8, 2, 7, 7), true);
}

Test(task4_4b, conv2d_takes_more_weights_than_a_block_has_threads)
{
    kernel_each(conv2d_rounds);
}

static void conv2d_shares(const kernel_place *place)
{
    conv_case k = two(2, 3, 20, 20, 4, 3, 3);
    tt_sim_traffic t = runs(place, &k, false, true);
    if (!place->simulated) return;
    uint64_t cells = 2 * 4 * 20 * 20, weights = 27, blocks = 2 * 4 * 2;
    uint64_t most = cells * weights +
                    blocks * weights; /* one of `in` a term, each weight once a block */
    cr_expect(
        t.global_loads <= most,
        "%llu reads of global memory, at most %llu are needed: a block is to bring each "
        "of its weights to shared memory once",
        (unsigned long long)t.global_loads, (unsigned long long)most);
    cr_expect_eq(t.global_stores, cells,
                 "%llu writes to global memory; each of %llu cells is to be written once",
                 (unsigned long long)t.global_stores, (unsigned long long)cells);
    cr_expect(t.shared_loads > 0, "the weights are to be read from shared memory");
}

Test(task4_4b, conv2d_reads_each_weight_once_a_block)
{
    kernel_each(conv2d_shares);
}

/* A grid has 65535 blocks in y at most: planes from the 65536th on come with a second launch, `first`. */
static void conv2d_planes(const kernel_place *place)
{
    conv_case k = two(257, 1, 1, 2, 256, 1, 1); /* 65792 planes */
    tt_sim_options options = tt_sim_settings();
    if (options.order != TT_SIM_FORWARD) return; /* once will do */
    options.diagnose = false;                    /* for speed */
    tt_sim_configure(&options);
    runs(place, &k, false, true);
}

Test(task4_4b, conv2d_takes_more_planes_than_a_grid_has_rows)
{
    kernel_each(conv2d_planes);
}

static void nothing(const kernel_place *place)
{
    conv_case k = two(1, 0, 2, 3, 2, 2, 2); /* no channels add up to 0 */
    runs(place, &k, false, true);
    k = one(1, 0, 3, 2, 2, 3);
    runs(place, &k, false, false);
}

Test(task4_4b, no_channels_add_up_to_0)
{
    kernel_each(nothing);
}

/* ---- through tensors -------------------------------------------------------------------------------- */

static tt_tensor *conv1d(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_conv1d(c, in[0], in[1]);
}

static tt_tensor *conv2d(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_conv2d(c, in[0], in[1]);
}

static void gradients(const kernel_place *place)
{
    const tt_backend *backend =
        place->simulated ? tt_backend_sim() : tt_backend_cuda_course();
    tt_ctx *c = nn_begin(7);
    tt_use(c, backend);
    tt_tensor *x = tt_randn(c, TT_SHAPE(2, 2, 6)), *w = tt_randn(c, TT_SHAPE(3, 2, 3));
    cr_expect(tt_check_gradient_of(c, conv1d, NULL, TT_IN(x, w), 2), "%s", tt_error(c));
    x = tt_randn(c, TT_SHAPE(2, 1, 4, 5)), w = tt_randn(c, TT_SHAPE(2, 1, 2, 3));
    cr_expect(tt_check_gradient_of(c, conv2d, NULL, TT_IN(x, w), 2), "%s", tt_error(c));
    cr_expect_eq(tt_sim_finding_count(), 0, "%s",
                 tt_sim_finding_count() ? tt_sim_finding_at(0)->text : "");
    tt_ctx_free(c);
}

Test(task4_4b, gradients_through_tensors)
{
    kernel_each(gradients);
}
