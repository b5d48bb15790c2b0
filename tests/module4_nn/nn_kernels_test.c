/* The given kernels behind sim-fast and cuda: convolution by tiles, with every tile and window, in
 * one piece and in several, under three orders of the threads. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/module3_gpu/support/kernel_cases.h"
#include "tests/module4_nn/support/conv_cases.h"

TestSuite(nn_kernels, .timeout = 200);

static const ttk_nn_table *kernels(const kernel_place *place)
{
    return place->simulated ? tti_nn_sim_kernels() : tti_nn_cuda_kernels();
}

typedef struct way {
    ttk_conv_tile tile;
    unsigned pieces;
} way;

/* conv_fast into an output in order; NULL for the course's kernel of any window. */
static void runs(const kernel_place *place, const conv_case *k, const way *by)
{
    tt_shape xs = conv_in_shape(k), ws = conv_weight_shape(k), ys = conv_out_shape(k);
    size_t x_room = conv_room(xs, k), w_room = conv_room(ws, k), size = tt_shape_size(ys);
    float *x = kernel_numbers((int)x_room, k->width),
          *w = kernel_numbers((int)w_room, k->kw);
    double *want = calloc(size + 1, sizeof *want);
    conv_expected(k, x, w, want);
    tt_layout to = tt_layout_of(ys), from = conv_layout(xs, k), kernel = conv_layout(ws, k);
    float *in = kernel_device(place, x, x_room), *weight = kernel_device(place, w, w_room);
    float *out = kernel_device(place, NULL, size);
    unsigned pieces = by ? by->pieces : 1;
    float *scratch = kernel_device(place, NULL, pieces > 1 ? pieces * size : 1);
    int error = by ? kernels(place)->conv_fast(out, to, in, from, weight, kernel, k->w,
                                               by->tile, pieces, scratch)
                   : kernels(place)->conv2d_window(out, to, in, from, weight, kernel, k->w);
    kernel_expect(place, error, out, want, size, 5e-5, "4.4b",
                  "tile %d, %u pieces, input (%d,%d,%d,%d), weight (%d,%d,%d,%d)",
                  by ? (int)by->tile : -1, pieces, k->batch, k->in, k->height, k->width,
                  k->out, k->in, k->kh, k->kw);
    kernel_free(place, in), kernel_free(place, weight);
    kernel_free(place, out), kernel_free(place, scratch);
    free(x), free(w), free(want);
}

static int size_of(int size, int pad, int dilation, int kernel, int step)
{
    return (size + 2 * pad - dilation * (kernel - 1) - 1) / step + 1;
}

/* In torch's terms. */
static conv_case with(int batch, int in, int h, int w, int out, int kh, int kw, int step,
                      int pad, int dilation)
{
    return (conv_case){batch,
                       in,
                       h,
                       w,
                       out,
                       kh,
                       kw,
                       size_of(h, pad, dilation, kh, step),
                       size_of(w, pad, dilation, kw, step),
                       {{step, step}, {dilation, dilation}, {pad, pad}, {1, 1}},
                       false,
                       0};
}

static void every_window(const kernel_place *place, const way *by)
{
    conv_case turned = with(3, 4, 6, 5, 5, 3, 2, 1, 0, 1);
    turned.turned = true, turned.gap = 5;
    conv_case back = {2,    3, 4, 5, 2, 3, 3, 8, 10, {{1, 1}, {-1, -1}, {-1, -1}, {2, 2}},
                      true, 1};
    conv_case reversed = with(1, 2, 5, 6, 3, 2, 3, 1, 0, 1);
    reversed.w = tti_anchored(true), reversed.rows = 5, reversed.columns = 6;
    conv_case anchored = with(2, 1, 7, 9, 18, 3, 3, 1, 0, 1);
    anchored.w = tti_anchored(false), anchored.rows = 7, anchored.columns = 9;
    const conv_case cases[] = {with(1, 1, 1, 1, 1, 1, 1, 1, 0, 1),
                               with(2, 3, 9, 8, 7, 3, 3, 2, 1, 1),
                               with(1, 2, 9, 11, 4, 3, 2, 1, 2, 3),
                               turned,
                               back,
                               reversed,
                               anchored};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) runs(place, &cases[i], by);
}

static void windows(const kernel_place *place)
{
    for (int tile = TTK_CONV_128x128; tile <= TTK_CONV_16x256; tile++)
        every_window(place, &(way){(ttk_conv_tile)tile, 1});
    every_window(place, NULL);
}

Test(nn_kernels, convolution_with_every_window_by_every_tile)
{
    kernel_each(windows);
}

/* More rows and columns than a tile has, k's that end within a step and within a chunk of 256. */
static void boundaries(const kernel_place *place)
{
    const conv_case rows = with(1, 3, 5, 5, 131, 2, 2, 1, 0, 1); /* m 131, n 16, k 12 */
    const conv_case columns = with(3, 2, 12, 11, 3, 3, 3, 1, 1, 1); /* n 396 */
    const conv_case deep = with(1, 30, 3, 4, 5, 3, 3, 1, 1, 1);     /* k 270 */
    for (int tile = TTK_CONV_128x128; tile <= TTK_CONV_16x256; tile++) {
        runs(place, &rows, &(way){(ttk_conv_tile)tile, 1});
        runs(place, &columns, &(way){(ttk_conv_tile)tile, 1});
        runs(place, &deep, &(way){(ttk_conv_tile)tile, 1});
    }
}

Test(nn_kernels, convolution_across_the_edges_of_tiles_and_chunks)
{
    kernel_each(boundaries);
}

/* The gradient of a weight: a kernel as large as the image, k = B H W long, cut into pieces. */
static void pieces(const kernel_place *place)
{
    conv_case k = with(2, 7, 13, 11, 3, 11, 9, 1, 0, 1); /* k 693: pieces of 256 256 181 */
    k.turned = true;
    runs(place, &k, &(way){TTK_CONV_64x64, 3});
    runs(place, &k, &(way){TTK_CONV_16x256, 2});
    runs(place, &k, &(way){TTK_CONV_64x64, 5}); /* more than there are chunks */
}

Test(nn_kernels, convolution_in_pieces_of_k)
{
    kernel_each(pieces);
}

/* What tiles are for, counted by the simulator: 32 neighbours lie in 4 sectors of memory, or in 5 where
 * they begin between two; every cell comes from memory once a tile; and threads hardly
 * ever wait for one bank of shared memory (the table, written once a chunk, costs a few rounds). */
static void traffic(const kernel_place *place)
{
    const conv_case k = with(1, 8, 16, 16, 64, 3, 3, 1, 1, 1); /* m 64, n 256, k 72 */
    if (!place->simulated) return;
    for (int tile = TTK_CONV_64x128; tile <= TTK_CONV_64x64; tile++) {
        runs(place, &k, &(way){(ttk_conv_tile)tile, 1});
        tt_sim_traffic t = tt_sim_total();
        uint64_t columns = tile == TTK_CONV_64x128 ? 2 : 4; /* of tiles */
        cr_expect(t.global_load_sectors <= 5 * t.global_load_requests,
                  "tile %d: %llu sectors for %llu reads of a warp", tile,
                  (unsigned long long)t.global_load_sectors,
                  (unsigned long long)t.global_load_requests);
        cr_expect(t.global_loads <= columns * 64 * 72 + 256 * 72,
                  "tile %d: %llu reads; weights once a column of tiles, patches once",
                  tile, (unsigned long long)t.global_loads);
        cr_expect(50 * t.bank_conflicts <= t.shared_requests,
                  "tile %d: %llu bank conflicts in %llu requests", tile,
                  (unsigned long long)t.bank_conflicts,
                  (unsigned long long)t.shared_requests);
        tt_sim_forget();
    }
}

Test(nn_kernels, tiles_read_memory_in_rows_and_without_bank_conflicts)
{
    kernel_each(traffic);
}

Test(nn_kernels, a_tile_is_chosen_by_size)
{
    ttk_conv_size wide = {64, 16 * 56 * 56, 576}, few = {6, 64 * 28 * 28, 25};
    ttk_conv_size large = {256, 64 * 28 * 28, 1152}, weight = {16, 150, 64 * 100};
    cr_expect_eq(ttk_conv_tile_for(wide), TTK_CONV_64x128);
    cr_expect_eq(ttk_conv_tile_for(few), TTK_CONV_16x256);
    cr_expect_eq(ttk_conv_tile_for(large), TTK_CONV_128x128);
    cr_expect_eq(ttk_conv_pieces(wide), 1, "there are blocks enough");
    cr_expect_eq(ttk_conv_pieces(weight), 25, "6400 in pieces of 256");
}
