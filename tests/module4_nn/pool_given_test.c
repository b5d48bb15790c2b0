/* What is given with pooling, maximum and dropout: errors, odd inputs, evaluation mode. */
#include <criterion/criterion.h>
#include <math.h>

#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/max.h"
#include "module4_nn/ops/pool.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(pool_given, .timeout = 20);

Test(pool_given, tiles_that_do_not_divide_are_refused)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_zeros(c, TT_SHAPE(1, 2, 6, 9));
    cr_expect_null(tt_tile2d(c, x, 4, 3));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_tile2d", "4x3", "(1,2,6,9)");
    cr_expect_null(tt_avgpool2d(c, x, 2, 2));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_avgpool2d", "2x2", "(1,2,6,9)");
    cr_expect_null(tt_maxpool2d(c, x, 0, 1));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_maxpool2d", "0x1", "(1,2,6,9)");
    cr_expect_null(tt_maxpool2d(c, tt_zeros(c, TT_SHAPE(6, 9)), 2, 3));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_maxpool2d", "(6,9)", "(B,C,H,W)");
    cr_expect(!tt_maxpool2d(c, NULL, 1, 1) && !tt_error(c), "NULL is quiet");
    tt_ctx_free(c);
}

Test(pool_given, max_of_what_is_not_there)
{
    tt_ctx *c = nn_begin(1);
    cr_expect_null(tt_max(c, tt_zeros(c, TT_SHAPE(2, 0)), 1));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_max", "(2,0)", "empty");
    cr_expect_null(tt_argmax(c, tt_zeros(c, TT_SHAPE(2, 3)), 2));
    NN_EXPECT_ERROR(c, TT_ERR_AXIS, "tt_argmax", "(2,3)");
    cr_expect(!tt_max(c, NULL, 0) && !tt_argmax_mask(c, NULL, 0) && !tt_error(c));
    tt_ctx_free(c);
}

Test(pool_given, argmax_is_the_first_index)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_from(c, TT_SHAPE(3, 3), (float[]){1, 7, 7, 0, 0, 0, -1, -2, 5});
    NN_EXPECT(c, tt_argmax(c, x, 1), TT_SHAPE(3, 1), "4.4", "by rows", 1, 0, 2);
    NN_EXPECT(c, tt_argmax(c, x, 0), TT_SHAPE(1, 3), "4.4", "by columns", 0, 0, 0);
    x = tt_from(c, TT_SHAPE(3, 2), (float[]){NAN, 1, NAN, NAN, -INFINITY, INFINITY});
    NN_EXPECT(c, tt_argmax(c, x, 1), TT_SHAPE(3, 1), "4.4", "NaNs are passed over", 1, 2,
              1);
    tt_ctx_free(c);
}

Test(pool_given, dropout_in_evaluation_and_of_no_probability)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_randn(c, TT_SHAPE(20));
    cr_expect_eq(tt_dropout(c, x, 0.9f, false), x, "evaluation changes nothing");
    static const float wrong[] = {-0.1f, 1.5f, NAN};
    for (int i = 0; i < 3; i++) {
        cr_expect_null(tt_dropout(c, x, wrong[i], false));
        NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_dropout", "rate is");
    }
    cr_expect(!tt_dropout(c, NULL, 0.5f, true) && !tt_error(c), "NULL is quiet");
    tt_ctx_free(c);
}
