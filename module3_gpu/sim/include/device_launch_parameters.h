/* Some programs include this for threadIdx and friends. */
#include "cuda_runtime.h"
