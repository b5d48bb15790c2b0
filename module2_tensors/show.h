/* Drawing layouts: internal to the program `show`. */
#ifndef TT_MODULE2_TENSORS_SHOW_H
#define TT_MODULE2_TENSORS_SHOW_H

#include <stdio.h>

#include "module2_tensors/shape.h"

enum { SHOW_NONE = -1 };

/* Which cell is at a position in storage. False when none is (a gap). */
bool show_cell_at(const tt_layout *layout, size_t position, int *index);

/* "[1,2]" */
typedef struct show_text {
    char text[112];
} show_text;
show_text show_index(const int *index, int ndim);
show_text show_strides(const tt_layout *layout);

/* Draws a layout below a headline: the storage strip with the cell at each position, then the
 * cells, each showing its position; more than two dimensions as slices. `marked`: a position to be
 * marked in both, or SHOW_NONE. `columns`: width to keep to. */
void show_layout(FILE *out, const char *title, const tt_layout *layout, long marked,
                 int columns);

#endif
