/* Part of the whole, here as with nvcc. */
#include "cuda_runtime.h"
