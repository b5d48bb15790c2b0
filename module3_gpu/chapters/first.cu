// Every second cell of a, times three. A file without main: the simulator makes up arguments.
__global__ void every_second(float *out, const float *a, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (2 * i < n) out[i] = 3 * a[2 * i];
}
