/* Which kernels this processor runs: see kernels.h. */
#include "module3_gpu/fast/kernels.h"

#include <stdlib.h>
#include <string.h>

static bool always(void)
{
    return true;
}

#ifdef __x86_64__
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
           has_avx2();
}
#endif

/* Best first. */
static const struct {
    const tti_kernels *kernels;
    bool (*runs)(void);
} known[] = {
#ifdef __x86_64__
    {&tti_kernels_avx512, has_avx512},
    {&tti_kernels_avx2, has_avx2},
#endif
    {&tti_kernels_base, always},
};

enum { KNOWN = sizeof known / sizeof known[0] };

static const tti_kernels *in_use; /* NULL: not chosen yet */

const tti_kernels *tti_kernels_named(const char *name)
{
    for (int i = 0; i < KNOWN; i++)
        if (strcmp(known[i].kernels->name, name) == 0)
            return known[i].runs() ? known[i].kernels : NULL;
    return NULL;
}

void tti_kernels_use(const tti_kernels *kernels)
{
    __atomic_store_n(&in_use, kernels, __ATOMIC_RELEASE);
}

const tti_kernels *tti_kernels_best(void)
{
    const tti_kernels *kernels = __atomic_load_n(&in_use, __ATOMIC_ACQUIRE);
    if (kernels != NULL) return kernels;
    const char *wanted = getenv("TT_SIMD");
    if (wanted != NULL) kernels = tti_kernels_named(wanted);
    for (int i = 0; kernels == NULL; i++)
        if (known[i].runs()) kernels = known[i].kernels;
    tti_kernels_use(kernels);
    return kernels;
}
