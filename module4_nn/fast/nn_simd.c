#include "module4_nn/fast/nn_simd.h"

#include <string.h>

#include "module3_gpu/fast/kernels.h"

const tti_nn_simd *tti_nn_simd_best(void)
{
    static const tti_nn_simd *const known[] = {
#ifdef __x86_64__
        &tti_nn_simd_avx512, &tti_nn_simd_avx2,
#endif
        &tti_nn_simd_base};
    const char *name = tti_kernels_best()->name;
    size_t i = 0;
    while (i + 1 < sizeof known / sizeof *known && strcmp(known[i]->name, name) != 0) i++;
    return known[i];
}
