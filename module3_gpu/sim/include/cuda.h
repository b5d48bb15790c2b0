/* Some programs include this for the driver API, which the simulator does not have; most only need the runtime. */
#include "cuda_runtime.h"
