/* Task 4.3: tiles and their means. The rules stand in module4_nn/README.md, "Task 4.3". */
#include <criterion/criterion.h>

#include "module2_tensors/function.h"
#include "module4_nn/ops/pool.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(task4_3, .timeout = 60);

/* 1 .. 16 as a 4x4 image. */
static tt_tensor *ramp(tt_ctx *c)
{
    return tt_add_num(c, tt_view(c, tt_arange(c, 16), TT_SHAPE(1, 1, 4, 4)), 1);
}

Test(task4_3, tiles_are_in_order_and_row_major)
{
    tt_ctx *c = nn_begin(1);
    NN_EXPECT(c, tt_tile2d(c, ramp(c), 2, 2), TT_SHAPE(1, 1, 2, 2, 4), "4.3",
              "2x2 tiles of 1 .. 16", 1, 2, 5, 6, 3, 4, 7, 8, 9, 10, 13, 14, 11, 12, 15,
              16);
    NN_EXPECT(c, tt_tile2d(c, ramp(c), 1, 2), TT_SHAPE(1, 1, 4, 2, 2), "4.3", "1x2 tiles",
              1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    NN_EXPECT(c, tt_tile2d(c, ramp(c), 2, 1), TT_SHAPE(1, 1, 2, 4, 2), "4.3", "2x1 tiles",
              1, 5, 2, 6, 3, 7, 4, 8, 9, 13, 10, 14, 11, 15, 12, 16);
    tt_ctx_free(c);
}

Test(task4_3, means_of_tiles)
{
    tt_ctx *c = nn_begin(1);
    NN_EXPECT(c, tt_avgpool2d(c, ramp(c), 2, 2), TT_SHAPE(1, 1, 2, 2), "4.3", "2x2", 3.5,
              5.5, 11.5, 13.5);
    NN_EXPECT(c, tt_avgpool2d(c, ramp(c), 2, 1), TT_SHAPE(1, 1, 2, 4), "4.3", "2x1", 3, 4,
              5, 6, 11, 12, 13, 14);
    NN_EXPECT(c, tt_avgpool2d(c, ramp(c), 1, 2), TT_SHAPE(1, 1, 4, 2), "4.3", "1x2", 1.5,
              3.5, 5.5, 7.5, 9.5, 11.5, 13.5, 15.5);
    NN_EXPECT(c, tt_avgpool2d(c, ramp(c), 4, 4), TT_SHAPE(1, 1, 1, 1), "4.3", "all", 8.5);
    tt_ctx_free(c);
}

/* (B, C, H, W), kh, kw: batches and channels, tiles higher than wide, images in any layout. */
static const int sizes[][6] = {{2, 3, 4, 6, 2, 3}, {1, 2, 6, 4, 3, 1}, {3, 1, 5, 2, 5, 2}};

static void agrees(const int *n)
{
    tt_ctx *c = nn_begin((uint64_t)n[2]);
    tt_shape xs = TT_SHAPE(n[0], n[1], n[2], n[3]);
    int nh = n[2] / n[4], nw = n[3] / n[5], cells = n[4] * n[5];
    tt_tensor *x = nn_random(c, xs), *d = nn_random(c, TT_SHAPE(n[0], n[1], nh, nw));
    tt_tensor *xg = tt_requires_grad(tt_clone(c, x), true);
    double *v = nn_cells(c, x), *dv = nn_cells(c, d), mean[64] = {0}, dx[256];
    for (int i = 0; i < (int)tt_numel(x); i++) {
        int image = i / (n[2] * n[3]), row = i / n[3] % n[2], column = i % n[3];
        int o = (image * nh + row / n[4]) * nw + column / n[5];
        mean[o] += v[i] / cells;
        dx[i] = dv[o] / cells;
    }
    nn_expect(c, tt_avgpool2d(c, x, n[4], n[5]), tt_shape_of(d), mean, "4.3", "means");
    cr_assert_eq(tt_backward_from(tt_avgpool2d(c, xg, n[4], n[5]), d), TT_OK, "%s",
                 tt_error(c));
    nn_expect(c, tt_grad(xg), xs, dx, "4.3", "gradient of the means");
    tt_ctx_free(c);
}

Test(task4_3, values_and_gradients_are_those_of_the_definition)
{
    for (int i = 0; i < 3; i++) agrees(sizes[i]);
}

static tt_tensor *tile(tt_ctx *c, tt_tensor **in, void *user)
{
    const int *n = user;
    return tt_tile2d(c, in[0], n[4], n[5]);
}

Test(task4_3, the_gradient_of_tiles_goes_back_to_its_cells)
{
    for (int i = 0; i < 3; i++) {
        tt_ctx *c = nn_begin(7);
        const int *n = sizes[i];
        tt_tensor *x = tt_randn(c, TT_SHAPE(n[0], n[1], n[2], n[3]));
        cr_expect(tt_check_gradient_of(c, tile, (void *)n, TT_IN(x), 1), "%s", tt_error(c));
        tt_ctx_free(c);
    }
}
