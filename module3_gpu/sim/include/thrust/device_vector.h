#error "the simulator does not have thrust/device_vector.h: no Thrust; cudaMalloc and kernels of your own"
