/* --profile: where the time of the first epoch's steps went, on standard error.
 *
 *   function          result        calls  forward  backward  share   GFLOP/s  of peak
 *   conv2d            (16,8,28,28)   3750    0.31 s    0.22 s    31%      48.1      42%
 *
 * Products and convolutions are set against arithmetic, all others against memory (in GB/s). */
#include <stdio.h>

#include "module2_tensors/profile.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module4_nn/fast/ceiling.h"
#include "module4_nn/training.h"
#include "support/progress.h"

static void begin(observer *self, training *t)
{
    profile *p = (profile *)self;
    p->lines = tt_profile_start(t->c);
    p->begun = tt_seconds();
}

static void print_line(const tt_profile_line *l, double total, double arithmetic,
                       double memory)
{
    double seconds = l->forward_s + l->backward_s;
    bool product = l->operations > 0;
    double rate = 1e-9 * (product ? l->operations : l->bytes) / seconds;
    double most = product ? arithmetic : memory;
    fprintf(stderr, "%-14s %-16s %7ld %8.3f %8.3f %5.1f%% %8.1f %-7s", l->name, l->shape,
            l->forward > l->backward ? l->forward : l->backward, l->forward_s,
            l->backward_s, 100 * seconds / total, rate, product ? "GFLOP/s" : "GB/s");
    if (most > 0) fprintf(stderr, " %4.0f%%", 100 * rate / most);
    fprintf(stderr, "\n");
}

static void print_profile(tt_profile *lines, double total, bool ceilings)
{
    double arithmetic = ceilings ? tti_ceiling_arithmetic() : 0;
    double memory = ceilings ? tti_ceiling_memory() : 0, seen = 0;
    int n = tt_profile_count(lines);
    fprintf(stderr, "%-14s %-16s %7s %8s %8s %6s %16s", "function", "result", "calls",
            "fwd s", "bwd s", "share", "rate       ");
    fprintf(stderr, ceilings ? "  of ceiling\n" : "\n");
    for (int i = 0; i < n; i++) {
        const tt_profile_line *l = tt_profile_line_at(lines, i);
        print_line(l, total, arithmetic, memory);
        seen += l->forward_s + l->backward_s;
    }
    fprintf(stderr, "%-14s %-16s %7s %17.3f %5.1f%%  (batches, updates, the graph)\n",
            "the rest", "", "", total - seen, 100 * (total - seen) / total);
    if (ceilings)
        fprintf(stderr,
                "ceilings: %.1f GFLOP/s (a tile in the first-level cache), %.1f GB/s (a "
                "copy of 64 MB; what stays in a cache may be faster)\n",
                arithmetic, memory);
}

static void first_epoch(observer *self, training *t, const epoch_result *e)
{
    profile *p = (profile *)self;
    (void)e;
    if (!p->lines) return;
    double total = tt_seconds() - p->begun;
    tt_profile_stop(p->lines);
    print_profile(p->lines, total, t->backend == tt_backend_fast());
    p->lines = NULL;
}

void training_profile(training *t, profile *p)
{
    *p = (profile){.base = {.start = begin, .trained = first_epoch}};
    training_observe(t, &p->base);
}
