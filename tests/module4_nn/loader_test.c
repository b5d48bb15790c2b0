/* The loader: every example once an epoch, in an order that seed and epoch fix; steps end. */
#include <criterion/criterion.h>
#include <string.h>

#include "module4_nn/data/loader.h"
#include "tests/support/expect.h"

TestSuite(module4_loader, .timeout = 30);

enum { MOST = 1000 };

/* n images of 1 x 2 pixels that hold their own number, labels n % 10. */
static tt_data_set numbered(int n)
{
    static uint8_t images[MOST * 2], labels[MOST];
    for (int i = 0; i < n; i++) {
        images[2 * i] = (uint8_t)(i >> 8);
        images[2 * i + 1] = (uint8_t)i;
        labels[i] = (uint8_t)(i % 10);
    }
    return (tt_data_set){"numbered", n, 1, 2, 10, images, labels, NULL};
}

static int number_of(tt_batch *b, int row)
{
    float high = tt_get(b->x, (int[]){row, 0, 0}), low = tt_get(b->x, (int[]){row, 0, 1});
    return (int)(high * 255.0f + 0.5f) * 256 + (int)(low * 255.0f + 0.5f);
}

/* One epoch: which example came at which place. Returns how many came. */
static int one_epoch(tt_ctx *c, tt_loader *loader, int batch, int *order)
{
    int n = 0;
    for (tt_batch b; tt_next(c, loader, batch, &b);) {
        cr_assert(tt_shape_equal(tt_shape_of(b.x), TT_SHAPE(b.n, 1, 2)));
        cr_assert(tt_shape_equal(tt_shape_of(b.y), TT_SHAPE(b.n)));
        for (int row = 0; row < b.n; row++) {
            int number = number_of(&b, row);
            cr_assert_eq((int)tt_get(b.y, &row), number % 10,
                         "image and label were parted");
            order[n++] = number;
        }
    }
    return n;
}

Test(module4_loader, every_example_once_an_epoch)
{
    static const int sizes[] = {1, 2, 63, 64, 65, 128, 999};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int n = sizes[s], order[MOST];
        tt_ctx *c = tt_ctx_new(NULL);
        tt_data_set set = numbered(n);
        tt_loader *loader = tt_loader_new(c, &set, true);
        for (int epoch = 0; epoch < 3; epoch++) {
            char seen[MOST] = {0};
            cr_assert_eq(one_epoch(c, loader, 64, order), n, "n = %d, epoch %d", n, epoch);
            for (int i = 0; i < n; i++) seen[order[i]]++;
            for (int i = 0; i < n; i++)
                cr_expect_eq(seen[i], 1, "example %d: %d times", i, seen[i]);
        }
        tt_ctx_free(c);
    }
}

Test(module4_loader, the_last_batch_is_smaller)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(150);
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_batch b;
    cr_expect_eq(tt_loader_steps(loader, 64), 3);
    cr_expect(tt_next(c, loader, 64, &b) && b.n == 64);
    cr_expect(tt_next(c, loader, 64, &b) && b.n == 64);
    cr_expect(tt_next(c, loader, 64, &b) && b.n == 22);
    cr_expect(!tt_next(c, loader, 64, &b) && !b.x && !b.y, "the epoch has ended");
    cr_expect(tt_next(c, loader, 1000, &b) && b.n == 150,
              "a batch above n is the whole set");
    cr_expect(!tt_next(c, loader, 1000, &b));
    cr_expect_eq(tt_loader_steps(loader, 1000), 1);
    tt_ctx_free(c);
}

Test(module4_loader, in_order_without_shuffling)
{
    int order[MOST];
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(300);
    tt_loader *loader = tt_loader_new(c, &set, false);
    for (int epoch = 0; epoch < 2; epoch++) {
        cr_assert_eq(one_epoch(c, loader, 7, order), 300);
        for (int i = 0; i < 300; i++) cr_assert_eq(order[i], i);
    }
    tt_ctx_free(c);
}

/* The orders of three epochs under a seed, whatever the batch and whoever else draws numbers. */
static void three_epochs(uint64_t seed, int batch, bool draw, int orders[3][MOST])
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, seed);
    tt_data_set set = numbered(500);
    tt_loader *loader = tt_loader_new(c, &set, true);
    for (int e = 0; e < 3; e++) {
        if (draw) tt_ctx_rng(c, TT_STREAM_SHUFFLE, 1000);
        one_epoch(c, loader, batch, orders[e]);
    }
    tt_ctx_free(c);
}

Test(module4_loader, seed_and_epoch_alone_fix_the_order)
{
    static int a[3][MOST], b[3][MOST], other[3][MOST];
    three_epochs(5, 64, false, a);
    three_epochs(5, 17, true, b);
    three_epochs(6, 64, false, other);
    for (int e = 0; e < 3; e++) {
        cr_expect_arr_eq(a[e], b[e], 500 * sizeof(int), "epoch %d is not repeated", e);
        cr_expect_arr_neq(a[e], other[e], 500 * sizeof(int),
                          "seeds 5 and 6 agree in epoch %d", e);
    }
    cr_expect_arr_neq(a[0], a[1], 500 * sizeof(int), "epochs 0 and 1 have one order");
    cr_expect_arr_neq(a[1], a[2], 500 * sizeof(int), "epochs 1 and 2 have one order");
}

Test(module4_loader, pixels_are_divided_by_255)
{
    static const uint8_t image[] = {0, 1, 51, 127, 254, 255}, label = 3;
    tt_data_set set = {"one", 1, 2, 3, 10, image, &label, NULL};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_batch b;
    cr_assert(tt_next(c, tt_loader_new(c, &set, true), 4, &b));
    for (int i = 0; i < 6; i++) {
        float x = tt_get(b.x, (int[]){0, i / 3, i % 3});
        cr_expect_eq(x, (float)image[i] / 255.0f, "pixel %d is %g", i, (double)x);
    }
    cr_expect_eq(tt_get(b.y, (int[]){0}), 3.0f);
    tt_ctx_free(c);
}

/* ---- places ------------------------------------------------------------------------------------ */

Test(module4_loader, put_where_another_stood_it_goes_on_alike)
{
    static const int places[] = {0, 1, 64, 130, 499, 500};
    tt_ctx *c = tt_ctx_new(NULL), *d = tt_ctx_new(NULL);
    tt_data_set set = numbered(500);
    tt_seed(c, 9);
    tt_seed(d, 9);
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        tt_loader *a = tt_loader_new(c, &set, true), *b = tt_loader_new(d, &set, true);
        int whole[2][MOST], rest[2][MOST], at = places[k];
        one_epoch(c, a, 64, whole[0]);
        one_epoch(c, a, 64, whole[0]); /* of epoch 1 */
        one_epoch(c, a, 64, whole[1]);
        one_epoch(d, b, 50, rest[0]); /* has been elsewhere */
        cr_assert(tt_loader_put(b, (tt_loader_place){1, at}));
        cr_expect(tt_loader_where(b).epoch == 1 && tt_loader_where(b).at == at);
        cr_assert_eq(one_epoch(d, b, 64, rest[0]), 500 - at);
        cr_assert_eq(one_epoch(d, b, 64, rest[1]), 500);
        cr_expect_arr_eq(rest[0], whole[0] + at, (size_t)(500 - at) * sizeof(int),
                         "at %d", at);
        cr_expect_arr_eq(rest[1], whole[1], 500 * sizeof(int), "the epoch after %d", at);
    }
    tt_ctx_free(c);
    tt_ctx_free(d);
}

Test(module4_loader, places_follow_the_batches)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(100);
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_batch b;
    cr_assert(tt_next(c, loader, 30, &b));
    cr_expect(tt_loader_where(loader).epoch == 0 && tt_loader_where(loader).at == 30);
    while (tt_next(c, loader, 30, &b)) {}
    cr_expect(tt_loader_where(loader).epoch == 1 && tt_loader_where(loader).at == 0);
    cr_expect(!tt_loader_put(loader, (tt_loader_place){0, 101}) &&
              !tt_loader_put(loader, (tt_loader_place){0, -1}));
    tt_ctx_free(c);
}

Test(module4_loader, batches_of_many_sizes_in_one_epoch)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(400);
    tt_loader *loader = tt_loader_new(c, &set, false);
    tt_batch b;
    int next = 0;
    for (int batch = 1; tt_next(c, loader, batch, &b); batch = batch % 5 ? batch + 1 : 1)
        for (int row = 0; row < b.n; row++) cr_assert_eq(number_of(&b, row), next++);
    cr_expect_eq(next, 400);
    tt_ctx_free(c);
}

/* ---- steps and memory ------------------------------------------------------------------------- */

Test(module4_loader, a_step_ends_what_the_step_before_made)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(1000);
    tt_loader *loader = tt_loader_new(c, &set, true);
    size_t warm = 0;
    for (int epoch = 0; epoch < 6; epoch++) {
        for (tt_batch b; tt_next(c, loader, 10, &b);) tt_exp(c, b.x);
        if (epoch == 1) warm = tt_ctx_bytes(c);
    }
    cr_expect_eq(tt_ctx_bytes(c), warm, "memory grew from epoch 2 to 6: %zu to %zu bytes",
                 warm, tt_ctx_bytes(c));
    tt_ctx_free(c);
}

Test(module4_loader, a_loop_left_early_goes_on_or_restarts)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(100);
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_batch b;
    int order[MOST];
    cr_assert(tt_next(c, loader, 30, &b));
    cr_expect_eq(one_epoch(c, loader, 30, order), 70, "goes on where it stood");
    cr_assert(tt_next(c, loader, 30, &b));
    tt_loader_restart(loader);
    tt_loader_restart(loader);
    cr_expect_eq(one_epoch(c, loader, 30, order), 100, "begins anew");
    tt_tensor *w = tt_requires_grad(tt_zeros(c, TT_SHAPE(2)), true);
    cr_expect(w, "no mark is left open: %s", tt_error(c));
    tt_ctx_free(c);
}

static void leave_by_return(tt_ctx *c, tt_loader *loader)
{
    TT_SCOPE (c) {
        tt_batch b;
        cr_assert(tt_next(c, loader, 30, &b));
        return;
    }
}

Test(module4_loader, a_scope_that_ends_takes_the_step_along)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(100);
    tt_loader *loader = tt_loader_new(c, &set, true);
    int order[MOST];
    for (int i = 0; i < 3; i++) leave_by_return(c, loader);
    TT_SCOPE (c) {
        tt_tensor *kept = tt_full(c, TT_SHAPE(3), 7.0f);
        cr_expect_eq(one_epoch(c, loader, 30, order), 10);
        cr_expect_eq(tt_get(kept, (int[]){2}), 7.0f,
                     "what is older than the loop must live");
    }
    tt_ctx_free(c);
}

Test(module4_loader, two_loaders_side_by_side)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set = numbered(100);
    tt_loader *a = tt_loader_new(c, &set, true), *b = tt_loader_new(c, &set, false);
    int steps = 0, next = 0;
    for (tt_batch x, y; tt_next(c, a, 10, &x) && tt_next(c, b, 10, &y); steps++) {
        cr_expect_eq(number_of(&y, 0), next, "the inner loader must not begin again");
        next += 10;
    }
    cr_expect_eq(steps, 10);
    tt_ctx_free(c);
}

Test(module4_loader, refuses_nonsense)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_data_set none = numbered(0), set = numbered(3);
    tt_batch b;
    cr_expect_null(tt_loader_new(c, &none, true));
    cr_expect_eq(tt_error_status(c), TT_ERR_VALUE);
    tt_error_clear(c);
    tt_loader *loader = tt_loader_new(c, &set, true);
    cr_expect(!tt_next(c, loader, 0, &b));
    cr_expect_eq(tt_error_status(c), TT_ERR_VALUE);
    cr_expect(!tt_next(c, loader, 5, &b), "an error sticks");
    tt_error_clear(c);
    cr_expect(!tt_next(c, NULL, 5, &b) && !tt_error(c), "NULL is quiet");
    cr_expect(tt_next(c, loader, 5, &b));
    tt_ctx_free(c);
}
