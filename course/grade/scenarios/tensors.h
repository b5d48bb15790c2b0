/* What scenarios of tensors share. Nothing here calls what a learner writes, except where it says so:
 * inputs lie in memory as the scenario wants, and results are read by its own loops. */
#ifndef TT_COURSE_GRADE_TENSORS_H
#define TT_COURSE_GRADE_TENSORS_H

#include "course/grade/scenario.h"
#include "module2_tensors/tensor.h"

/* A tensor of drawn numbers. With `turned` it is not contiguous: its first dimension is adjacent in
 * memory, and there is a gap before it. Told as an input. */
tt_tensor *draw_tensor(scenario *s, tt_ctx *c, const char *name, tt_shape shape,
                       bool turned, float low, float high);

/* The same of given cells, row-major, told as an input. */
tt_tensor *tensor_of(scenario *s, tt_ctx *c, const char *name, tt_shape shape,
                     bool turned, const float *cells);

/* A random shape of 1 to `most` dimensions, each of 1 to 5. */
tt_shape draw_shape(scenario *s, int most);

/* The number of cells. */
size_t cells_in(tt_shape shape);

/* Shape and cells of a tensor, or that it is NULL and by which error, which is then forgotten. */
void put_tensor(scenario *s, tt_ctx *c, const char *name, tt_tensor *t);

/* The cells of a tensor, row-major, in memory of c; on a device, they are copied. */
float *cells_of(tt_ctx *c, tt_tensor *t);

#endif
