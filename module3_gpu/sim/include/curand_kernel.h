#error "the simulator does not have curand_kernel.h: no cuRAND; support/random.h has counters for kernels"
