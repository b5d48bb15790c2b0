/* The profile: what is counted, under which names, and that it ends. */
#include <criterion/criterion.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module2_tensors/profile.h"

TestSuite(profile, .timeout = 30);

static const tt_profile_line *line_of(tt_profile *p, const char *name, const char *shape)
{
    for (int i = 0; i < tt_profile_count(p); i++) {
        const tt_profile_line *l = tt_profile_line_at(p, i);
        if (strcmp(l->name, name) == 0 && strcmp(l->shape, shape) == 0) return l;
    }
    cr_assert_fail("no line for %s %s", name, shape);
    return NULL;
}

static void products(tt_ctx *c, tt_tensor *a, tt_tensor *b, int times)
{
    for (int i = 0; i < times; i++)
        TT_SCOPE (c) tt_backward(tt_sum_all(c, tt_relu(c, tt_matmul(c, a, b))));
}

Test(profile, counts_calls_operations_and_bytes)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *a = tt_randn(c, TT_SHAPE(3, 5)), *b = tt_randn(c, TT_SHAPE(5, 7));
    tt_requires_grad(b, true);
    tt_profile *p = tt_profile_start(c);
    products(c, a, b, 4);
    const tt_profile_line *l = line_of(p, "matmul", "(3,7)");
    cr_expect_eq(l->forward, 4);
    cr_expect_eq(l->backward, 4);
    cr_expect_eq(l->operations, 4 * 2 * (2.0 * 3 * 5 * 7), "forward, and one gradient");
    cr_expect_eq(l->bytes, 4 * 2 * 4.0 * (15 + 35 + 21));
    cr_expect(l->forward_s > 0 && l->backward_s > 0);
    l = line_of(p, "relu", "(3,7)");
    cr_expect_eq(l->forward, 4);
    cr_expect_eq(l->operations, 0);
    for (int i = 0; i + 1 < tt_profile_count(p); i++) {
        const tt_profile_line *x = tt_profile_line_at(p, i),
                              *y = tt_profile_line_at(p, i + 1);
        cr_expect(x->forward_s + x->backward_s >= y->forward_s + y->backward_s);
    }
    cr_expect_null(tt_profile_line_at(p, tt_profile_count(p)));
    tt_ctx_free(c);
}

Test(profile, a_stopped_one_counts_no_more)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *a = tt_randn(c, TT_SHAPE(3, 5)), *b = tt_randn(c, TT_SHAPE(5, 7));
    tt_requires_grad(b, true);
    tt_profile *p = tt_profile_start(c);
    products(c, a, b, 1);
    tt_profile_stop(p);
    products(c, a, b, 1);
    cr_expect_eq(line_of(p, "matmul", "(3,7)")->forward, 1);
    tt_profile_stop(NULL);
    cr_expect_eq(tt_profile_count(NULL), 0);
    tt_ctx_free(c);
}

/* Its memory goes with the scope it was started in: nothing may be counted there any more. */
Test(profile, ends_with_the_scope_it_was_made_in)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *a = tt_randn(c, TT_SHAPE(3, 5)), *b = tt_randn(c, TT_SHAPE(5, 7));
    tt_requires_grad(b, true);
    TT_SCOPE (c) cr_expect_not_null(tt_profile_start(c));
    products(c, a, b, 1);
    cr_expect_null(tt_error(c), "%s", tt_error(c));
    tt_ctx_free(c);
}

/* More shapes than there are lines: the others are counted together. */
Test(profile, many_shapes_share_the_last_line)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_profile *p = tt_profile_start(c);
    for (int n = 1; n <= 300; n++)
        TT_SCOPE (c) tt_neg(c, tt_ones(c, TT_SHAPE(n)));
    long calls = 0;
    int lines = tt_profile_count(p);
    for (int i = 0; i < lines; i++) calls += tt_profile_line_at(p, i)->forward;
    cr_expect_eq(calls, 300);
    cr_expect_eq(lines, 128);
    cr_expect_eq(line_of(p, "(rest)", "")->forward, 300 - 127);
    tt_ctx_free(c);
}
