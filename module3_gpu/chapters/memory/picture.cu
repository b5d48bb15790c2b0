// Turns a picture of 40 rows and 60 columns into its negative.
#include <cstdio>

__global__ void negative(unsigned char *picture, int rows, int columns)
{
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    int column = blockIdx.y * blockDim.y + threadIdx.y;
    if (row < columns && column < rows) picture[row * columns + column] ^= 255;
}

int main()
{
    const int rows = 40, columns = 60;
    unsigned char p[rows * columns], *d;
    for (int i = 0; i < rows * columns; i++) p[i] = i % 251;
    cudaMalloc(&d, sizeof p);
    cudaMemcpy(d, p, sizeof p, cudaMemcpyHostToDevice);
    negative<<<dim3(4, 3), dim3(16, 16)>>>(d, rows, columns);
    cudaMemcpy(p, d, sizeof p, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < rows * columns; i++) wrong += p[i] != 255 - i % 251;
    printf("%d cells are wrong\n", wrong);
    return 0;
}
