/* The network for sentences: how it is made, and what it refuses. */
#include <criterion/criterion.h>

#include "module4_nn/sentence_network.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(module4_sentence_network, .timeout = 30);

Test(module4_sentence_network, parameters_have_names_order_and_shapes)
{
    tt_ctx *c = nn_begin(1);
    tt_module *net = tt_nn_sentence_cnn(c, 50, 100, 0.25f);
    cr_assert(net, "%s", tt_error(c));
    static const char *const names[] = {"conv3.weight", "conv3.bias",   "conv4.weight",
                                        "conv4.bias",   "conv5.weight", "conv5.bias",
                                        "fc3.weight",   "fc3.bias",     "fc4.weight",
                                        "fc4.bias",     "fc5.weight",   "fc5.bias"};
    const tt_shape shapes[] = {
        TT_SHAPE(100, 50, 3), TT_SHAPE(100), TT_SHAPE(100, 50, 4), TT_SHAPE(100),
        TT_SHAPE(100, 50, 5), TT_SHAPE(100), TT_SHAPE(100, 1),     TT_SHAPE(1),
        TT_SHAPE(100, 1),     TT_SHAPE(1),   TT_SHAPE(100, 1),     TT_SHAPE(1)};
    tt_parameter_list list = tt_named_parameters(c, net);
    cr_assert_eq(list.n, 12);
    for (int i = 0; i < 12; i++) {
        cr_expect_str_eq(list.at[i].name, names[i]);
        cr_expect(tt_shape_equal(tt_shape_of(list.at[i].parameter->value), shapes[i]),
                  "shape of %s", names[i]);
    }
    tt_ctx_free(c);
}

Test(module4_sentence_network, refuses_what_does_not_fit)
{
    tt_ctx *c = nn_begin(1);
    cr_expect_null(tt_nn_sentence_cnn(c, 0, 100, 0.5f));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "at least 1");
    cr_expect_null(tt_nn_sentence_cnn(c, 5, 0, 0.5f));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "at least 1");
    cr_expect_null(tt_nn_sentence_cnn(c, 5, 3, 1.5f));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "dropout is 1.5");
    tt_module *net = tt_nn_sentence_cnn(c, 5, 3, 0.5f);
    cr_expect_null(tt_forward(c, net, tt_zeros(c, TT_SHAPE(2, 4, 9))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "(B,5,T)", "(2,4,9)");
    cr_expect_null(tt_forward(c, net, tt_zeros(c, TT_SHAPE(5, 9))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "(B,5,T)", "(5,9)");
    tt_ctx_free(c);
}
