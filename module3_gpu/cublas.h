/* cuBLAS, found when the program runs: internal to `bench`, which compares with it. */
#ifndef TT_MODULE3_GPU_CUBLAS_H
#define TT_MODULE3_GPU_CUBLAS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tti_cublas tti_cublas;

/* NULL where the library is not installed or refuses. Owner: tti_cublas_close. */
tti_cublas *tti_cublas_open(void);
void tti_cublas_close(tti_cublas *blas);

/* "cuBLAS 12.4.5" */
const char *tti_cublas_name(const tti_cublas *blas);

/* out = a b for n x n matrices, row-major, in device memory; with tensor cores in TF32 or in float.
 * Returns at once. False when cuBLAS refuses. */
bool tti_cublas_multiply(tti_cublas *blas, bool tf32, float *out, const float *a,
                         const float *b, int n);

#ifdef __cplusplus
}
#endif
#endif
