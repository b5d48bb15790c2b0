// A picture: 2-D blocks, a class with device functions, uchar4, a function pointer for the kernel.
#include <cstdio>
#include <cuda_runtime.h>

#define DIM 48

struct cuComplex {
    float r;
    float i;
    __device__ cuComplex(float a, float b) : r(a), i(b) {}
    __device__ float magnitude2(void) { return r * r + i * i; }
    __device__ cuComplex operator*(const cuComplex &a)
    {
        return cuComplex(r * a.r - i * a.i, i * a.r + r * a.i);
    }
    __device__ cuComplex operator+(const cuComplex &a)
    {
        return cuComplex(r + a.r, i + a.i);
    }
};

__device__ int mandel(int x, int y)
{
    cuComplex c(3.0f * x / DIM - 2.0f, 2.0f * y / DIM - 1.0f), z(0, 0);
    int i;
    for (i = 0; i < 200 && z.magnitude2() < 4; i++) z = z * z + c;
    return i;
}

__global__ void kernel(uchar4 *picture)
{
    int x = threadIdx.x + blockIdx.x * blockDim.x;
    int y = threadIdx.y + blockIdx.y * blockDim.y;
    int offset = x + y * blockDim.x * gridDim.x;
    int n = mandel(x, y);
    picture[offset] = make_uchar4(n == 200 ? 0 : 255 - n, 0, 0, 255);
    if (x == 0 && y == 0) printf("hello from block (%d,%d)\n", blockIdx.x, blockIdx.y);
}

int main()
{
    static uchar4 h[DIM * DIM];
    uchar4 *d;
    cudaMalloc(&d, sizeof h);
    dim3 threads(16, 16), grid(DIM / threads.x, DIM / threads.y);
    void (*k)(uchar4 *) = kernel;
    k<<<grid, threads>>>(d);
    if (cudaPeekAtLastError() != cudaSuccess) return 1;
    cudaMemcpy(h, d, sizeof h, cudaMemcpyDeviceToHost);
    int inside = 0;
    for (int i = 0; i < DIM * DIM; i++) inside += h[i].x == 0;
    /* The set's area is 1.5066. */
    const double area = inside * (3.0 / DIM) * (2.0 / DIM);
    printf("area %.2f\n", area);
    printf(area > 1.3 && area < 1.7 ? "PASSED\n" : "FAILED\n");
    return !(area > 1.3 && area < 1.7);
}
