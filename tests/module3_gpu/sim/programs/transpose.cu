// Naive, tiled, tiled with padding: templates with constants, several launches.
#include <cstdio>
#include <vector>

const int TILE_DIM = 32;
const int BLOCK_ROWS = 8;

__global__ void transposeNaive(float *odata, const float *idata)
{
    int x = blockIdx.x * TILE_DIM + threadIdx.x;
    int y = blockIdx.y * TILE_DIM + threadIdx.y;
    int width = gridDim.x * TILE_DIM;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        odata[x * width + (y + j)] = idata[(y + j) * width + x];
}

template <int PAD> __global__ void transposeTiled(float *odata, const float *idata)
{
    __shared__ float tile[TILE_DIM][TILE_DIM + PAD];
    int x = blockIdx.x * TILE_DIM + threadIdx.x;
    int y = blockIdx.y * TILE_DIM + threadIdx.y;
    int width = gridDim.x * TILE_DIM;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        tile[threadIdx.y + j][threadIdx.x] = idata[(y + j) * width + x];
    __syncthreads();
    x = blockIdx.y * TILE_DIM + threadIdx.x;
    y = blockIdx.x * TILE_DIM + threadIdx.y;
    for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
        odata[(y + j) * width + x] = tile[threadIdx.x][threadIdx.y + j];
}

int main(int argc, char **argv)
{
    const int n = 96;
    const size_t mem_size = n * n * sizeof(float);
    dim3 dimGrid(n / TILE_DIM, n / TILE_DIM, 1);
    dim3 dimBlock(TILE_DIM, BLOCK_ROWS, 1);
    std::vector<float> h_idata(n * n), h_odata(n * n);
    for (int i = 0; i < n * n; i++) h_idata[i] = i;
    float *d_idata, *d_odata;
    cudaMalloc(&d_idata, mem_size);
    cudaMalloc(&d_odata, mem_size);
    cudaMemcpy(d_idata, h_idata.data(), mem_size, cudaMemcpyHostToDevice);
    int wrong = 0;
    for (int which = 0; which < 3; which++) {
        cudaMemset(d_odata, 0, mem_size);
        if (which == 0) transposeNaive<<<dimGrid, dimBlock>>>(d_odata, d_idata);
        else if (which == 1) transposeTiled<0><<<dimGrid, dimBlock>>>(d_odata, d_idata);
        else transposeTiled<1><<<dimGrid, dimBlock>>>(d_odata, d_idata);
        cudaMemcpy(h_odata.data(), d_odata, mem_size, cudaMemcpyDeviceToHost);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) wrong += h_odata[i * n + j] != h_idata[j * n + i];
    }
    printf(wrong ? "FAILED\n" : "PASSED\n");
    cudaFree(d_idata);
    cudaFree(d_odata);
    return wrong != 0;
}
