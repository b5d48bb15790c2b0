#include "support/random.h"

#include "support/ctx_struct.h"

void tt_seed(tt_ctx *c, uint64_t seed)
{
    if (c == NULL) return;
    c->random = &c->own_random;
    c->own_random = (tti_random){.seed = seed};
}

tt_rng tt_ctx_rng(tt_ctx *c, tt_stream stream, uint64_t n)
{
    if (c == NULL) return tt_rng_of(0, stream);
    TT_ASSERT((unsigned)stream < TT_STREAMS);
    tt_rng r = {c->random->seed, stream, c->random->drawn[stream]};
    c->random->drawn[stream] += n;
    return r;
}

void tt_rng_permutation(tt_rng r, uint32_t *order, size_t n)
{
    TT_ASSERT(n <= UINT32_MAX);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        uint32_t last = (uint32_t)(i - 1);
        uint32_t other = tt_rng_below(r, last, (uint32_t)i);
        uint32_t kept = order[last];
        order[last] = order[other];
        order[other] = kept;
    }
}
