/* Whose a tensor is, how long it lives, on which backend, and in how much memory. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "support/ctx_struct.h"
#include "tests/module2_tensors/support/tensor_expect.h"

TestSuite(tensor_ownership, .timeout = 10);

#ifdef TT_CHECK_STALE
enum { STALE_IS_CHECKED = 1 };
#else
enum { STALE_IS_CHECKED = 0 };
#endif

static tt_case begin(void)
{
    return case_begin(tt_backend_simple(), 0);
}

/* ---- contexts --------------------------------------------------------------------------------- */

Test(tensor_ownership, a_tensor_of_another_context_is_refused)
{
    tt_case k = begin(), other = begin();
    tt_tensor *mine = tt_ones(k.c, TT_SHAPE(2));
    tt_tensor *foreign = tt_name(tt_ones(other.c, TT_SHAPE(2)), "foreign.weight");
    cr_expect_null(tt_add(k.c, mine, foreign));
    EXPECT_ERROR(&k, TT_ERR_OWNER, "tt_add", "right operand", "foreign.weight",
                 "another context");
    cr_expect_null(tt_exp(k.c, foreign));
    EXPECT_ERROR(&k, TT_ERR_OWNER, "tt_exp", "foreign.weight");
    cr_expect_null(tt_clone(k.c, foreign));
    EXPECT_ERROR(&k, TT_ERR_OWNER, "foreign.weight");
    case_end(&other);
    case_end(&k);
}

Test(tensor_ownership, a_child_may_use_its_parents_tensors_and_not_the_reverse)
{
    tt_case k = begin();
    tt_ctx *child = tt_ctx_new(k.c);
    tt_tensor *parents = tt_ones(k.c, TT_SHAPE(2));
    tt_tensor *childs = tt_name(tt_add(child, parents, parents), "step");
    cr_expect_not_null(childs, "%s", tt_error(child));
    cr_expect_null(tt_add(k.c, parents, childs));
    EXPECT_ERROR(&k, TT_ERR_OWNER, "tt_add", "step", "child");
    case_end(&k);
}

Test(tensor_ownership, a_tensor_of_an_ended_scope_is_named)
{
    if (!STALE_IS_CHECKED) cr_skip_test("stale tensors are found in checked builds only");
    tt_case k = begin();
    tt_tensor *kept = tt_ones(k.c, TT_SHAPE(2)), *gone = NULL;
    TT_SCOPE (k.c) gone = tt_name(tt_exp(TT_AT(k.c), kept), "logits");
    cr_expect_null(tt_add(k.c, kept, gone));
    EXPECT_ERROR(&k, TT_ERR_OWNER, "tt_add", "right operand", "is gone",
                 "tensor_ownership_test.c", "TT_SCOPE");
    case_end(&k);
}

Test(tensor_ownership, a_tensor_stays_known_as_gone_for_eight_rewinds)
{
    if (!STALE_IS_CHECKED) cr_skip_test("stale tensors are found in checked builds only");
    tt_case k = begin();
    tt_tensor *gone = NULL;
    TT_SCOPE (k.c) gone = tt_ones(k.c, TT_SHAPE(2));
    for (int i = 0; i < TT_QUARANTINE - 1; i++) {
        cr_expect_null(tt_neg(k.c, gone), "after %d more rewinds", i);
        EXPECT_ERROR(&k, TT_ERR_OWNER, "tt_neg", "is gone");
        TT_SCOPE (k.c) tt_ones(k.c, TT_SHAPE(2));
    }
    case_end(&k);
}

#ifdef TT_CHECK_STALE
/* Functions without a context have nobody to tell but the user: they say it and abort. */
static tt_tensor *gone_tensor(void)
{
    tt_tensor *gone = NULL;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *kept = tt_requires_grad(tt_ones(c, TT_SHAPE(1)), true);
    TT_SCOPE (c) gone = tt_exp(c, kept);
    return gone;
}

Test(tensor_ownership, reading_a_tensor_that_is_gone_aborts, .signal = SIGABRT)
{
    tt_item(gone_tensor());
}

Test(tensor_ownership, backward_from_a_tensor_that_is_gone_aborts, .signal = SIGABRT)
{
    tt_backward(gone_tensor());
}
#endif

Test(tensor_ownership, a_name_given_in_a_scope_must_not_dangle)
{
    tt_case k = begin();
    tt_tensor *w = tt_ones(k.c, TT_SHAPE(2));
    TT_SCOPE (k.c) tt_name(w, "named in a scope that ends before the tensor");
    /* Refused, or kept for as long as the tensor lives: either is right, a dangling name is not. */
    tt_error_clear(k.c);
    TT_SCOPE (k.c)
        tt_text(k.c, "%s", "something else that takes the same memory, if it was freed");
    const char *name = w->node.name;
    cr_expect(name == NULL ||
                  strcmp(name, "named in a scope that ends before the tensor") == 0,
              "the name now reads \"%s\"", name ? name : "");
    case_end(&k);
}

Test(tensor_ownership, views_share_and_keep_their_storage)
{
    tt_case k = begin();
    tt_tensor *a = tt_arange(k.c, 6), *v = tt_view(k.c, a, TT_SHAPE(2, 3));
    tt_tensor *t = tt_transpose(k.c, v, 0, 1);
    cr_assert_eq(tt_set(t, (int[]){2, 1}, 50), TT_OK);
    EXPECT_CELLS(&k, a, TT_SHAPE(6), "2.1", "written through a transposed view", 0, 1, 2,
                 3, 4, 50);
    cr_expect_eq(t->data.storage, a->data.storage);
    TT_SCOPE (k.c) tt_view(k.c, a, TT_SHAPE(3, 2));
    EXPECT_CELLS(&k, v, TT_SHAPE(2, 3), "2.1", "after a view's scope ended", 0, 1, 2, 3,
                 4, 50);
    case_end(&k);
}

/* ---- memory ----------------------------------------------------------------------------------- */

Test(tensor_ownership, out_of_memory_can_be_survived)
{
    tt_case k = begin();
    tt_ctx_limit(k.c, 1 << 20);
    cr_expect_null(tt_zeros(k.c, TT_SHAPE(1024, 1024)), "4 MB do not fit into 1 MB");
    EXPECT_ERROR(&k, TT_ERR_MEMORY, "memory");
    tt_tensor *small = tt_ones(k.c, TT_SHAPE(10));
    EXPECT_CELLS(&k, tt_sum_all(k.c, small), TT_SHAPE(1), "2.3", "a small one still fits",
                 10);
    tt_tensor *tall = tt_ones(k.c, TT_SHAPE(1024, 1)),
              *wide = tt_ones(k.c, TT_SHAPE(1, 1024));
    cr_expect_null(tt_mul(k.c, tall, wide), "a result that does not fit");
    EXPECT_ERROR(&k, TT_ERR_MEMORY, "memory");
    tt_ctx_limit(k.c, 0);
    cr_expect_not_null(tt_mul(k.c, tall, wide), "without the limit: %s", tt_error(k.c));
    case_end(&k);
}

Test(tensor_ownership, scopes_give_their_memory_back)
{
    tt_case k = begin();
    tt_tensor *w = tt_requires_grad(tt_ones(k.c, TT_SHAPE(100)), true);
    size_t after = 0;
    for (int step = 0; step < 100; step++) {
        TT_SCOPE (k.c) tt_backward(tt_mean_all(k.c, tt_mul(k.c, tt_exp(k.c, w), w)));
        if (step == 20) after = tt_ctx_bytes(k.c);
    }
    cr_expect_eq(tt_ctx_bytes(k.c), after, "%zu bytes after step 20, %zu after 100",
                 after, tt_ctx_bytes(k.c));
    case_end(&k);
}

/* ---- backends --------------------------------------------------------------------------------- */

/* A second backend: the simple one under another name. */
static tt_backend *named(const char *name)
{
    static tt_backend other;
    other = *tt_backend_simple();
    other.name = name;
    return &other;
}

Test(tensor_ownership, two_backends_do_not_mix)
{
    tt_case k = begin();
    const tt_backend *other = named("other");
    tt_tensor *a = tt_name(tt_arange(k.c, 3), "here");
    tt_tensor *b = tt_name(tt_to(k.c, a, other), "there");
    EXPECT_CELLS(&k, b, TT_SHAPE(3), "2.3", "moved", 0, 1, 2);
    cr_expect_null(tt_add(k.c, a, b));
    EXPECT_ERROR(&k, TT_ERR_BACKEND, "tt_add", "here", "simple", "there", "other", "tt_to");
    cr_expect_eq(tt_to(k.c, a, tt_backend_simple()), a, "there already: itself");
    EXPECT_CELLS(&k, tt_add(k.c, tt_to(k.c, b, tt_backend_simple()), a), TT_SHAPE(3),
                 "2.3", "moved back", 0, 2, 4);
    case_end(&k);
}

Test(tensor_ownership, gradients_stay_on_the_leafs_backend)
{
    tt_case k = begin();
    const tt_backend *other = named("other");
    tt_tensor *w = tt_requires_grad(tt_to(k.c, tt_arange(k.c, 3), other), true);
    tt_tensor *loss =
        tt_mean_all(k.c, tt_sigmoid(k.c, tt_mul_num(k.c, tt_sub(k.c, w, w), 2)));
    cr_assert_eq(tt_backward(tt_add(k.c, loss, tt_sum_all(k.c, w))), TT_OK, "%s",
                 tt_error(k.c));
    cr_expect_eq(tt_grad(w)->data.storage->backend, other,
                 "the context's backend is simple");
    EXPECT_CELLS(&k, tt_grad(w), TT_SHAPE(3), "2.4", "gradient on another backend", 1, 1,
                 1);
    case_end(&k);
}

Test(tensor_ownership, an_empty_slot_names_backend_and_slot)
{
    tt_case k = begin();
    tt_backend *bare = named("bare");
    bare->map = NULL, bare->zip = NULL, bare->reduce = NULL, bare->matmul = NULL;
    tt_use(k.c, bare);
    cr_expect_eq(tt_backend_of(k.c), bare);
    tt_tensor *a = tt_ones(k.c, TT_SHAPE(2, 2));
    cr_expect_null(tt_exp(k.c, a));
    EXPECT_ERROR(&k, TT_ERR_BACKEND, "tt_exp", "bare", "map");
    cr_expect_null(tt_add(k.c, a, a));
    EXPECT_ERROR(&k, TT_ERR_BACKEND, "tt_add", "bare", "zip");
    cr_expect_null(tt_sum(k.c, a, 0));
    EXPECT_ERROR(&k, TT_ERR_BACKEND, "tt_sum", "bare", "reduce");
    cr_expect_null(tt_matmul(k.c, a, a));
    EXPECT_ERROR(&k, TT_ERR_BACKEND, "tt_matmul", "bare", "matmul");
    tt_use(k.c, NULL);
    cr_expect_eq(tt_backend_of(k.c), tt_backend_simple());
    case_end(&k);
}
