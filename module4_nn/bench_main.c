/* bench: training of convolutional networks, beside PyTorch's where it is installed.
 *
 *   bazel run -c opt //module4_nn:bench
 *   bazel run -c opt //module4_nn:bench -- --only train_cnn --threads 2
 *   bazel run -c opt //module4_nn:bench -- --check
 *
 * An epoch is not run whole: 500 steps of the CNN, or 100 of LeNet-5, are timed and scaled to 60000
 * images, PyTorch's likewise, in turn. The bound of convolutions and matrix products is arithmetic:
 * what the innermost tile reaches on data that stay in the first-level cache ("tile in L1"), on as
 * many threads. One step of the CNN is 26 million operations (1.62 an image), one of LeNet-5 145
 * million (2.27 an image), if no zero is left out.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module2_tensors/bench_work.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module4_nn/bench_nets.h"
#include "module4_nn/fast/ceiling.h"
#include "module4_nn/ops/conv.h"
#include "support/bench.h"

static _Noreturn void stop(const char *work, const char *message)
{
    fprintf(stderr, "bench: %s: %s: not worth timing\n", work, message);
    exit(1);
}

/* ---- networks ---------------------------------------------------------------------------------- */

static void train(tt_bench *b, tt_bench_peer *torch, const char *work, double bar)
{
    const char *model = work + strlen("train_");
    char message[160];
    if (!tt_bench_wants(b, work)) return;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_fast());
    tt_data_set set;
    bench_net n;
    if (!bench_data(c, &set)) stop(work, tt_error(c));
    if (!bench_net_right(model, &set, message)) stop(work, message);
    if (!bench_net_make(&n, c, model, &set)) stop(work, tt_error(c));
    tt_bench_row row = {.work = work,
                        .size = strcmp(model, "cnn") == 0 ? "60000, batch 16"
                                                          : "60000, batch 64",
                        .backend = "fast",
                        .threads = b->threads,
                        .unit = "s",
                        .bar = bar};
    row.bound = "tile in L1";
    row.bound_value =
        (strcmp(model, "cnn") == 0 ? 1.62e-3 : 2.27e-3) * 60000 / tti_ceiling_arithmetic();
    tt_bench_duel(b, &row, bench_net_epoch, &n, torch, work);
    if (tt_error(c)) stop(work, tt_error(c));
    tt_ctx_free(c);
}

static double mlp_milliseconds(void *mlp)
{
    return 1e3 * tt_bench_measure(bench_mlp_epoch, mlp).median;
}

static void train_mlp(tt_bench *b)
{
    if (!tt_bench_wants(b, "train_mlp")) return;
    tt_bench_peer *torch = tt_bench_peer_open("module2_tensors/bench_peer.py", b->threads);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_fast());
    bench_mlp *m = bench_mlp_new(c);
    if (m == NULL) stop("train_mlp", tt_error(c));
    bench_mlp_epoch(m);
    double first = bench_mlp_loss(m);
    for (int i = 0; i < 20; i++) bench_mlp_epoch(m);
    if (!(bench_mlp_loss(m) < first)) stop("train_mlp", "the loss does not fall");
    tt_bench_row row = {.work = "train_mlp",
                        .size = "2-100-100-1",
                        .backend = "fast",
                        .threads = b->threads,
                        .unit = "ms",
                        .bar = 5};
    tt_bench_duel(b, &row, mlp_milliseconds, m, torch, "train_mlp 100");
    tt_ctx_free(c);
    tt_bench_peer_close(torch);
}

/* ---- convolutions and matrix products alone ---------------------------------------------------- */

/* One layer's convolution, or with kernel 0 its product x (B,C) times w (C,O). */
typedef struct layer {
    const char *work, *size;
    int b, c, h, w, o, kernel, padding;
    bool backward; /* too: of both operands */
} layer;

static const layer layers[] = {
    {"conv_64x56", "forward", 16, 64, 56, 56, 64, 3, 1, false},
    {"conv_64x56", "both", 16, 64, 56, 56, 64, 3, 1, true},
    {"layers", "cnn.conv1 fwd", 16, 1, 28, 28, 4, 3, 1, false},
    {"layers", "cnn.conv2 fwd", 16, 4, 28, 28, 8, 3, 1, false},
    {"layers", "cnn.conv2 both", 16, 4, 28, 28, 8, 3, 1, true},
    {"layers", "cnn.fc1 both", 16, 392, 1, 1, 64, 0, 0, true},
    {"layers", "lenet.conv1 fwd", 64, 1, 28, 28, 6, 5, 2, false},
    {"layers", "lenet.conv2 fwd", 64, 6, 14, 14, 16, 5, 0, false},
    {"layers", "lenet.conv2 both", 64, 6, 14, 14, 16, 5, 0, true},
    {"layers", "lenet.fc1 both", 64, 400, 1, 1, 120, 0, 0, true},
    {"layers", "lenet.fc2 both", 64, 120, 1, 1, 84, 0, 0, true},
};

typedef struct layer_run {
    const layer *layer;
    tt_ctx *c;
    tt_tensor *x, *w, *d;
} layer_run;

static tt_tensor *layer_forward(layer_run *r)
{
    int p = r->layer->padding;
    if (r->layer->kernel == 0) return tt_matmul(r->c, r->x, r->w);
    return tt_conv2d_with(r->c, r->x, r->w, (tt_conv2d_options){.padding = {p, p}});
}

static void layer_once(void *user)
{
    layer_run *r = user;
    TT_SCOPE (r->c) {
        tt_tensor *y = layer_forward(r);
        if (r->layer->backward) {
            tt_zero_grad_of(r->x), tt_zero_grad_of(r->w);
            tt_backward_from(y, r->d);
        }
    }
}

static layer_run layer_make(tt_ctx *c, const layer *l)
{
    layer_run r = {.layer = l, .c = c};
    tt_seed(c, 1);
    if (l->kernel == 0) {
        r.x = tt_randn(c, TT_SHAPE(l->b, l->c)), r.w = tt_randn(c, TT_SHAPE(l->c, l->o));
    } else {
        r.x = tt_randn(c, TT_SHAPE(l->b, l->c, l->h, l->w));
        r.w = tt_randn(c, TT_SHAPE(l->o, l->c, l->kernel, l->kernel));
    }
    tt_requires_grad(r.x, l->backward), tt_requires_grad(r.w, l->backward);
    r.d = tt_randn(c, tt_shape_of(layer_forward(&r)));
    return r;
}

static double operations(const layer_run *r)
{
    const layer *l = r->layer;
    double each = (l->kernel ? l->kernel * l->kernel : 1) * (double)l->c;
    return 2 * each * (double)tt_numel(r->d) * (l->backward ? 3 : 1);
}

/* A few cells of the result, and of the gradients, by definition in double. */
static void layer_verify(layer_run *r)
{
    const layer *l = r->layer;
    tt_tensor *y = layer_forward(r);
    for (int n = 0; n < 40 && l->kernel; n++) {
        int at[4] = {n % l->b, n * 7 % l->o, n * 5 % tt_shape_of(y).dim[2],
                     n * 11 % tt_shape_of(y).dim[3]};
        double sum = 0;
        for (int c = 0; c < l->c; c++)
            for (int i = 0; i < l->kernel * l->kernel; i++) {
                int di = i / l->kernel, dj = i % l->kernel;
                int row = at[2] + di - l->padding, column = at[3] + dj - l->padding;
                if (row < 0 || column < 0 || row >= l->h || column >= l->w) continue;
                sum += (double)tt_get(r->x, (int[]){at[0], c, row, column}) *
                       (double)tt_get(r->w, (int[]){at[1], c, di, dj});
            }
        if (!(fabs((double)tt_get(y, at) - sum) <= 1e-4 * (1 + fabs(sum))))
            stop(l->work, "a cell of the result is wrong");
    }
}

static double layer_milliseconds(void *user)
{
    bench_settle();
    return 1e3 * tt_bench_measure(layer_once, user).median;
}

static double layer_rate(void *user)
{
    return 1e-9 * operations(user) / tt_bench_measure(layer_once, user).median;
}

static void one_layer(tt_bench *b, tt_bench_peer *torch, const layer *l)
{
    char request[64];
    bool dueled = strcmp(l->work, "conv_64x56") == 0;
    if (!tt_bench_wants(b, l->work)) return;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_fast());
    layer_run r = layer_make(c, l);
    if (tt_error(c)) stop(l->work, tt_error(c));
    layer_verify(&r);
    tt_bench_row row = {.work = l->work,
                        .size = l->size,
                        .backend = "fast",
                        .threads = b->threads,
                        .unit = dueled ? "ms" : "GFLOP/s",
                        .bound = "tile in L1",
                        .bound_value = tti_ceiling_arithmetic()};
    snprintf(request, sizeof request, "%s %s", l->work, l->size);
    if (dueled) {
        row.bar = 1;
        row.bound_value = 1e-6 * operations(&r) / row.bound_value;
        tt_bench_duel(b, &row, layer_milliseconds, &r, torch, request);
    } else tt_bench_duel(b, &row, layer_rate, &r, NULL, request);
    tt_ctx_free(c);
}

/* ---- whole programs ----------------------------------------------------------------------------- */

static void programs(tt_bench *b, tt_bench_peer *torch)
{
    tt_bench_row start = {.work = "startup",
                          .size = "LeNet-5, once",
                          .backend = "fast",
                          .threads = b->threads,
                          .unit = "s",
                          .bound = "0.01 s",
                          .bound_value = 0.01,
                          .bar_fraction = 1};
    tt_bench_row memory = {.work = "memory",
                           .size = "LeNet-5",
                           .backend = "fast",
                           .threads = b->threads,
                           .unit = "MB",
                           .bound = "120 MB",
                           .bound_value = 120,
                           .bar_fraction = 1};
    if (tt_bench_wants(b, "startup"))
        tt_bench_duel(b, &start, bench_startup, NULL, torch, "startup");
    if (!tt_bench_wants(b, "memory")) return;
    double theirs;
    memory.ours = bench_memory(NULL); /* once: it does not move from minute to minute */
    if (tt_bench_peer_ask(torch, "memory", &theirs, &memory.peer)) memory.theirs = theirs;
    tt_bench_print(b, &memory);
}

/* Everything, on so many threads. */
static void on_threads(tt_bench *b, int threads)
{
    tt_set_threads(threads);
    b->threads = threads = tt_threads();
    tt_bench_peer *torch = tt_bench_peer_open("module4_nn/bench_peer.py", threads);
    train(b, torch, "train_cnn", 4);
    train(b, torch, "train_lenet5", 2.5);
    train_mlp(b);
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        one_layer(b, torch, &layers[i]);
    programs(b, torch);
    tt_bench_peer_close(torch);
}

int main(int argc, char **argv)
{
    static const char *const works[] = {
        "train_cnn", "train_lenet5", "train_mlp", "conv_64x56",
        "layers",    "startup",      "memory",    NULL};
    int child = bench_child(argc, argv);
    if (child >= 0) return child;
    unsetenv("OPENBLAS_CORETYPE"); /* it makes OpenBLAS slower than it is */
    tt_bench *b = tt_bench_begin(
        "Times the training of convolutional networks, their layers, and whole programs. "
        "--check takes one thread and then two.",
        works, argc, argv);
    bool both = b->check && !b->threads_given;
    on_threads(b, both ? 1 : b->threads);
    if (both) on_threads(b, 2);
    return tt_bench_end(b);
}
