/* The fast backend's threaded loops: every path on 2 to 4 threads, with the bits of one thread.
 *
 * Under ThreadSanitizer (./bazelw test --config=tsan //tests/module3_gpu/tsan:all) a race in them ends the program
 * with status 66; Criterion cannot run there, hence a main function. `fast_threads_test race` races on
 * purpose: where that is not reported, silence about the rest would mean nothing. */
#include <stdio.h>
#include <string.h>

#include "module2_tensors/tensor.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module3_gpu/fast/parallel.h"
#include "module3_gpu/fast/passes.h"

enum { N = 300, CELLS = N * N };

typedef tt_tensor *loop(tt_ctx *c, tt_tensor *a, tt_tensor *b);

static tt_tensor *map(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_exp(c, tt_sub(c, a, b));
}

static tt_tensor *rows(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_add(c, a, tt_sum(c, b, 0)); /* (N,N) + (1,N) */
}

static tt_tensor *columns(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_mul(c, a, tt_sum(c, b, 1)); /* (N,N) * (N,1) */
}

static tt_tensor *tiles(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_add(c, a, tt_transpose(c, b, 0, 1));
}

static tt_tensor *one_sum(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_sum_all(c, tt_mul(c, a, b));
}

/* Few rows, long columns: cut into pieces, whose results one thread adds up. */
static tt_tensor *pieces(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *tall = tt_view(c, tt_add(c, a, b), TT_SHAPE(CELLS / 4, 4));
    return tt_sum(c, tall, 0);
}

static tt_tensor *product(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_matmul(c, a, tt_transpose(c, b, 0, 1));
}

/* k over the depth of a block: two rounds of packing, with barriers between them. */
static tt_tensor *deep_product(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *left = tt_view(c, a, TT_SHAPE(100, CELLS / 100));
    return tt_matmul(c, left, tt_view(c, b, TT_SHAPE(CELLS / 100, 100)));
}

static tt_tensor *products(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *left = tt_view(c, a, TT_SHAPE(100, 30, 30));
    return tt_matmul(c, left, tt_view(c, b, TT_SHAPE(100, 30, 30)));
}

static tt_tensor *column_product(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_matmul(c, a, tt_sum(c, b, 1)); /* (N,N) x (N,1) */
}

static tt_tensor *in_place(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *y = tt_add_num(c, a, 1);
    tt_backend_of(c)->axpy(c, y->data, -0.75f, b->data);
    return y;
}

static const struct {
    const char *name;
    loop *run;
} loops[] = {{"map and zip", map},
             {"rows", rows},
             {"columns", columns},
             {"tiles", tiles},
             {"a sum in pieces", one_sum},
             {"sums of columns in pieces", pieces},
             {"a product", product},
             {"a product in rounds", deep_product},
             {"products of a batch", products},
             {"a product with a column", column_product},
             {"axpy", in_place}};
enum { LOOPS = sizeof loops / sizeof loops[0] };

static float first[CELLS], again[CELLS];

static bool same_on_every_team(tt_ctx *c, int i, tt_tensor *a, tt_tensor *b)
{
    for (int threads = 1; threads <= 4; threads++)
        TT_SCOPE (c) {
            tt_set_threads(threads);
            tt_tensor *out = loops[i].run(c, a, b);
            if (out == NULL) return false;
            tt_read(out, threads == 1 ? first : again);
            if (threads > 1 && memcmp(first, again, sizeof *first * tt_numel(out)) != 0) {
                printf("%s: %d threads give other bits than one\n", loops[i].name, threads);
                return false;
            }
        }
    return true;
}

static bool all_loops(const tt_backend *backend, size_t cache)
{
    tt_ctx *c = tt_ctx_new(NULL);
    bool right = true;
    tt_use(c, backend);
    tti_pass_stream_from(cache);
    tt_tensor *a = tt_rand(c, TT_SHAPE(N, N)), *b = tt_rand(c, TT_SHAPE(N, N));
    for (int i = 0; i < LOOPS; i++) right = same_on_every_team(c, i, a, b) && right;
    tti_pass_stream_from(0);
    return tt_exit(c) == 0 && right;
}

/* Every thread adds to one cell. */
static void race(void *user, size_t thread, size_t team)
{
    float *cell = user;
    for (size_t i = 0; i < 1000 * team; i++) *cell += (float)thread;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "race") == 0) {
        tti_parallel(2, race, first);
#ifdef __SANITIZE_THREAD__
        puts("under ThreadSanitizer");
#endif
        return 0;
    }
    bool right = all_loops(tt_backend_fast(), 0) &&
                 all_loops(tt_backend_fast(), 1000) && /* written past the caches */
                 all_loops(tti_backend_parallel(), 0);
    printf("%d loops on backends fast and parallel, 1 to 4 threads: %s\n", LOOPS,
           right ? "the same bits" : "wrong");
    return right ? 0 : 1;
}
