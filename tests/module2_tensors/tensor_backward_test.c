/* Gradients of tensors, the part that is given: what is added where, and who gets none. */
#include <criterion/criterion.h>

#include "module2_tensors/function.h"
#include "module2_tensors/network.h"
#include "tests/module2_tensors/support/op_checks.h"

TestSuite(tensor_backward, .timeout = 20);

/* ---- functions whose backward is given -------------------------------------------------------- */

#define GRADIENT_ONE(name, expression)                                                   \
    Test(tensor_backward, gradient_of_##name)                                            \
    {                                                                                    \
        case_each(check_gradient_one, &case_one_##name);                                 \
    }
TT_CASE_ONE_GIVEN(GRADIENT_ONE)

/* ---- what is added where ----------------------------------------------------------------------- */

static tt_case begin(void)
{
    return case_begin(tt_backend_simple(), 0);
}

/* A leaf (2,) that requires a gradient. */
static tt_tensor *leaf(tt_case *k, float x, float y)
{
    return tt_requires_grad(tt_from(k->c, TT_SHAPE(2), (float[]){x, y}), true);
}

Test(tensor_backward, adds_and_zero_grad_clears)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 3, 5);
    cr_expect_null(tt_grad(w), "no gradient before the first pass");
    for (int pass = 1; pass <= 3; pass++) {
        cr_assert_eq(tt_backward(tt_sum_all(k.c, tt_mul(k.c, w, w))), TT_OK);
        EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "passes add up", 6.0 * pass,
                     10.0 * pass);
    }
    tt_zero_grad_of(w);
    cr_expect_null(tt_grad(w), "zero_grad forgets the gradient");
    tt_backward(tt_sum_all(k.c, w));
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "the first pass after zero_grad", 1,
                 1);
    case_end(&k);
}

/* Dimensions that are summed together lie behind each other, or, here, they do not. */
Test(tensor_backward, a_permuted_gradient_is_summed_over_every_dimension)
{
    tt_case k = begin();
    tt_tensor *b = tt_requires_grad(tt_zeros(k.c, TT_SHAPE(3, 1, 1)), true);
    tt_tensor *sum = tt_add(k.c, tt_zeros(k.c, TT_SHAPE(2, 3, 4, 5)), b);
    static const int orders[][4] = {{0, 1, 2, 3}, {0, 1, 3, 2}, {3, 1, 0, 2}, {1, 2, 3, 0}};
    for (int o = 0; o < 4; o++) {
        tt_tensor *y = tt_permute(k.c, sum, orders[o]), *d = tt_rand(k.c, tt_shape_of(y));
        double want[3] = {0};
        for (int n = 0; n < 2 * 3 * 4 * 5; n++) {
            int index[TT_MAX_DIMS];
            tt_to_index((size_t)n, tt_shape_of(d), index);
            for (int i = 0; i < 4; i++)
                if (orders[o][i] == 1) want[index[i]] += (double)tt_get(d, index);
        }
        tt_zero_grad_of(b);
        cr_assert_eq(tt_backward_from(y, d), TT_OK);
        EXPECT_CELLS(&k, tt_grad(b), TT_SHAPE(3, 1, 1), "2.4", "sums over channels",
                     want[0], want[1], want[2]);
    }
    case_end(&k);
}

Test(tensor_backward, two_passes_through_one_graph_give_twice_the_gradient)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 3, 5);
    tt_tensor *h = tt_mul(k.c, w, w),
              *y = tt_sum_all(k.c, tt_add(k.c, tt_mul(k.c, h, h), h));
    tt_backward(y); /* w^4 + w^2: 4 w^3 + 2 w */
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "first pass", 114, 510);
    tt_backward(y);
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "second pass", 228, 1020);
    cr_expect_null(h->grad, "inner nodes keep no gradient");
    case_end(&k);
}

Test(tensor_backward, a_leaf_used_many_times_gets_the_sum)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 2, 3);
    tt_tensor *y = tt_add(k.c, tt_mul(k.c, w, w), tt_add(k.c, w, w)); /* w^2 + 2 w */
    tt_backward(tt_sum_all(k.c, tt_add(k.c, y, w)));                  /* + w */
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "w^2 + 3 w", 7, 9);
    case_end(&k);
}

Test(tensor_backward, an_inner_node_waits_for_all_its_users)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 2, 3), *y = tt_mul_num(k.c, w, 1);
    for (int i = 0; i < 20; i++) y = tt_add(k.c, y, y); /* 2^20 paths, 20 nodes */
    cr_assert_eq(tt_backward(tt_sum_all(k.c, y)), TT_OK);
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "twenty doublings", 1 << 20, 1 << 20);
    case_end(&k);
}

Test(tensor_backward, gradients_that_share_memory_are_not_mixed_up)
{
    tt_case k = begin();
    /* add hands the same gradient to both inputs; a is used again, b must not feel it. */
    tt_tensor *w = leaf(&k, 1, 2), *v = leaf(&k, 3, 4);
    tt_tensor *a = tt_mul_num(k.c, w, 1), *b = tt_mul_num(k.c, v, 1);
    tt_tensor *y = tt_add(k.c, tt_add(k.c, a, b), tt_add(k.c, tt_mul_num(k.c, a, 10), a));
    tt_backward_from(y, tt_from(k.c, TT_SHAPE(2), (float[]){1, 2}));
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "a + b + 10 a + a, by a", 12, 24);
    EXPECT_CELLS(&k, tt_grad(v), TT_SHAPE(2), "2.4", "a + b + 10 a + a, by b", 1, 2);
    case_end(&k);
}

Test(tensor_backward, a_given_gradient_is_not_changed)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 1, 2), *d = tt_from(k.c, TT_SHAPE(2), (float[]){5, 7});
    tt_backward_from(tt_add(k.c, w, w), d);
    tt_backward_from(w, d);
    EXPECT_CELLS(&k, d, TT_SHAPE(2), "2.4", "the gradient that was given", 5, 7);
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "w + w, then w itself", 15, 21);
    case_end(&k);
}

Test(tensor_backward, a_chain_of_a_hundred_thousand_nodes_needs_no_deep_stack)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 1, 2), *y = w, *one = tt_num(k.c, 1);
    for (int i = 0; i < 100000; i++) y = tt_add(k.c, y, one);
    cr_assert_eq(tt_backward_from(y, tt_ones(k.c, TT_SHAPE(2))), TT_OK, "%s",
                 tt_error(k.c));
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "w + 1 + 1 + ...", 1, 1);
    case_end(&k);
}

/* ---- who gets a gradient ---------------------------------------------------------------------- */

Test(tensor_backward, inputs_get_no_gradient_unless_asked)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 1, 2), *x = tt_rand(k.c, TT_SHAPE(2));
    tt_backward(tt_sum_all(k.c, tt_mul(k.c, w, x)));
    cr_expect_null(tt_grad(x), "x never asked for one");
    cr_expect_not_null(tt_grad(w));
    cr_expect(tt_node_is_constant(&tt_mul(k.c, x, x)->node),
              "what is made of constants is one");
    case_end(&k);
}

Test(tensor_backward, requires_grad_false_means_false)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 1, 2), *v = leaf(&k, 3, 4);
    cr_assert_eq(tt_requires_grad(v, false), v);
    cr_expect_not(v->node.requires_grad, "MiniTorch switches it on here");
    tt_backward(tt_sum_all(k.c, tt_mul(k.c, w, v)));
    cr_expect_null(tt_grad(v));
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "the other one", 3, 4);
    tt_requires_grad(w, false);
    cr_expect_null(tt_grad(w), "switched off, the gradient is forgotten");
    cr_expect_null(tt_mul(k.c, w, v)->call, "no history without somebody who asks");
    tt_requires_grad(v, true);
    tt_backward(tt_sum_all(k.c, tt_mul(k.c, w, v)));
    EXPECT_CELLS(&k, tt_grad(v), TT_SHAPE(2), "2.4", "switched on again", 1, 2);
    case_end(&k);
}

Test(tensor_backward, no_grad_holds_until_the_scope_ends)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 1, 2);
    TT_SCOPE (k.c) {
        tt_no_grad(k.c);
        cr_expect_null(tt_mul(k.c, w, w)->call, "no history inside tt_no_grad");
    }
    cr_expect_not_null(tt_mul(k.c, w, w)->call, "history again after the scope");
    case_end(&k);
}

Test(tensor_backward, detach_and_clone_cut_the_history)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 2, 3), *y = tt_mul(k.c, w, w);
    tt_tensor *cut = tt_detach(k.c, y), *copy = tt_clone(k.c, y);
    cr_expect(tt_node_is_leaf(&cut->node) && tt_node_is_constant(&cut->node));
    cr_expect(tt_node_is_leaf(&copy->node) && tt_node_is_constant(&copy->node));
    cr_expect_eq(cut->data.storage, y->data.storage, "detach shares storage");
    cr_expect_neq(copy->data.storage, y->data.storage, "clone does not");
    tt_backward(tt_sum_all(k.c, tt_mul(k.c, w, cut)));
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4", "w times a constant w^2", 4, 9);
    case_end(&k);
}

Test(tensor_backward, works_from_a_child_context_into_its_parents_leaf)
{
    tt_case k = begin();
    tt_tensor *w = leaf(&k, 2, 3);
    tt_ctx *child = tt_ctx_new(k.c);
    cr_assert_eq(tt_backward(tt_sum_all(child, tt_mul(child, w, w))), TT_OK, "%s",
                 tt_error(child));
    tt_ctx_free(child);
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(2), "2.4",
                 "the child is gone, the gradient is not", 4, 6);
    case_end(&k);
}

Test(tensor_backward, leaves_in_any_layout_get_row_major_gradients)
{
    tt_case k = begin();
    tt_tensor *a =
        case_tensor_laid(k.c, TT_SHAPE(2, 3), (int[]){1, 0}, (float[]){1, 2, 3, 4, 5, 6});
    tt_requires_grad(a, true);
    tt_tensor *d = tt_from(k.c, TT_SHAPE(2, 3), (float[]){1, 10, 100, 1000, 10000, 100000});
    for (int pass = 0; pass < 2; pass++) tt_backward_from(tt_mul(k.c, a, a), d);
    EXPECT_CELLS(&k, tt_grad(a), TT_SHAPE(2, 3), "2.4", "d (a^2) twice", 4, 80, 1200,
                 16000, 200000, 2400000);
    case_end(&k);
}

Test(tensor_backward, gradients_of_no_cells_and_no_dimensions)
{
    tt_case k = begin();
    tt_tensor *number = tt_requires_grad(tt_full(k.c, TT_SHAPE0, 3), true);
    tt_tensor *empty = tt_requires_grad(tt_zeros(k.c, TT_SHAPE(2, 0)), true);
    cr_assert_eq(tt_backward(tt_mul(k.c, number, number)), TT_OK, "%s", tt_error(k.c));
    EXPECT_CELLS(&k, tt_grad(number), TT_SHAPE0, "2.4", "a square without dimensions", 6);
    tt_zero_grad_of(number);
    cr_assert_eq(tt_backward(tt_sum_all(k.c, tt_mul(k.c, empty, number))), TT_OK, "%s",
                 tt_error(k.c));
    cr_expect(tt_shape_equal(tt_shape_of(tt_grad(empty)), TT_SHAPE(2, 0)));
    EXPECT_CELLS(&k, tt_grad(number), TT_SHAPE0, "2.4", "summed over no cells: 0", 0);
    case_end(&k);
}

Test(tensor_backward, numbers_in_place_of_an_operand_keep_the_shape)
{
    tt_case k = begin();
    tt_tensor *number = tt_full(k.c, TT_SHAPE0, 3);
    EXPECT_CELLS(&k, tt_add_num(k.c, number, 2), TT_SHAPE0, "2.3", "() + 2", 5);
    EXPECT_CELLS(&k, tt_mul_num(k.c, number, 2), TT_SHAPE0, "2.3", "() * 2", 6);
    EXPECT_CELLS(&k, tt_mul_num(k.c, tt_ones(k.c, TT_SHAPE(1, 2)), 2), TT_SHAPE(1, 2),
                 "2.3", "(1,2) * 2", 2, 2);
    case_end(&k);
}

/* ---- module trees ----------------------------------------------------------------------------- */

Test(tensor_backward, descent_goes_against_the_gradient_in_place)
{
    tt_case k = begin();
    tt_module *m = tt_nn_module(k.c, tt_module, "m", NULL);
    float start[] = {1, 2};
    tt_tensor *w = tt_module_tensor(m, "w", tt_from(k.c, TT_SHAPE(2), start));
    cr_assert_not_null(w, "%s", tt_error(k.c));
    const tt_parameter_kind *kind = &tt_tensor_parameter_kind;
    kind->descend(k.c, w, 0.5);
    EXPECT_CELLS(&k, w, TT_SHAPE(2), "2.5", "no gradient, no step", 1, 2);
    tt_backward(tt_sum_all(k.c, tt_mul(k.c, w, w)));
    kind->descend(k.c, w, 0.25);
    EXPECT_CELLS(&k, w, TT_SHAPE(2), "2.5", "w - 0.25 * 2 w", 0.5, 1);
    cr_expect_eq(kind->count(w), 2);
    tt_zero_grad(m);
    cr_expect_null(tt_grad(w));
    cr_expect(tt_node_is_leaf(&w->node),
              "a step must not chain the parameter to the old graph");
    case_end(&k);
}

Test(tensor_backward, parameters_take_their_dotted_name)
{
    tt_case k = begin();
    tt_module *net = tt_network(k.c, 3);
    cr_assert_not_null(net, "%s", tt_error(k.c));
    tt_parameter *p = tt_find_parameter(net, "layer2.bias");
    cr_assert_not_null(p);
    cr_expect_str_eq(((tt_tensor *)p->value)->node.name, "layer2.bias");
    case_end(&k);
}
