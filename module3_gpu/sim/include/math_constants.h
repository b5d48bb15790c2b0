/* Constants that kernels use. */
#ifndef TT_SIM_MATH_CONSTANTS_H
#define TT_SIM_MATH_CONSTANTS_H

#include <cmath>

#define CUDART_INF_F HUGE_VALF
#define CUDART_NAN_F __builtin_nanf("")
#define CUDART_MAX_NORMAL_F 3.402823466e+38f
#define CUDART_PI_F 3.141592654f
#define CUDART_INF HUGE_VAL
#define CUDART_NAN __builtin_nan("")
#define CUDART_PI 3.14159265358979323846

#endif
