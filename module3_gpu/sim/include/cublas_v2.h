#error "the simulator does not have cublas_v2.h: no cuBLAS; a kernel of your own"
