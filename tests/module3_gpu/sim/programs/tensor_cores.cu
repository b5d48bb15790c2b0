// A product of 16 x 16 tiles on tensor cores, in TF32.
#include <math.h>
#include <mma.h>
#include <stdio.h>
using namespace nvcuda;

__global__ void product(float *d, const float *a, const float *b, int k)
{
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
    wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::col_major> fb;
    wmma::fragment<wmma::accumulator, 16, 16, 8, float> fd;
    wmma::fill_fragment(fd, 0.0f);
    for (int i = 0; i < k; i += 8) {
        wmma::load_matrix_sync(fa, a + i, k);
        wmma::load_matrix_sync(fb, b + i, k);
        for (int e = 0; e < fa.num_elements; e++)
            fa.x[e] = wmma::__float_to_tf32(fa.x[e]);
        for (int e = 0; e < fb.num_elements; e++)
            fb.x[e] = wmma::__float_to_tf32(fb.x[e]);
        wmma::mma_sync(fd, fa, fb, fd);
    }
    wmma::store_matrix_sync(d, fd, 16, wmma::mem_row_major);
#endif
}
int main()
{
    const int k = 32;
    float a[16 * k], b[k * 16], d[256], *da, *db, *dd;
    for (int i = 0; i < 16 * k; i++) a[i] = i % 7 - 3 + i % 3 * 0.0001f, b[i] = i % 5 - 2;
    cudaMalloc(&da, sizeof a), cudaMalloc(&db, sizeof b), cudaMalloc(&dd, sizeof d);
    cudaMemcpy(da, a, sizeof a, cudaMemcpyHostToDevice);
    cudaMemcpy(db, b, sizeof b, cudaMemcpyHostToDevice);
    product<<<1, 32>>>(dd, da, db, k);
    cudaMemcpy(d, dd, sizeof d, cudaMemcpyDeviceToHost);
    float worst = 0;
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++) {
            float sum = 0;
            for (int m = 0; m < k; m++) sum += a[i * k + m] * b[j * k + m];
            float error = fabsf(sum - d[i * 16 + j]);
            worst = error > worst ? error : worst;
        }
    /* 10 bits of 3.0002 are lost somewhere, so it is not exact either. */
    printf("worst %g\n%s\n", worst, worst > 0 && worst < 0.02f ? "PASSED" : "FAILED");
    return !(worst > 0 && worst < 0.02f);
}
