/* The drawings of `show`: a strip of storage, and slices of cells. */
#include "module2_tensors/show.h"

#include <string.h>

enum { MOST_STRIP = 64, MOST_ROWS = 16, MOST_COLUMNS = 16, MOST_SLICES = 12 };

show_text show_index(const int *index, int ndim)
{
    show_text t = {"["};
    size_t used = 1;
    for (int d = 0; d < ndim; d++)
        used += (size_t)snprintf(t.text + used, sizeof t.text - used,
                                 d > 0 ? ",%d" : "%d", index[d]);
    snprintf(t.text + used, sizeof t.text - used, "]");
    return t;
}

show_text show_strides(const tt_layout *layout)
{
    show_text t = {"("};
    size_t used = 1;
    for (int d = 0; d < layout->shape.ndim; d++)
        used += (size_t)snprintf(t.text + used, sizeof t.text - used,
                                 d > 0 ? ",%zu" : "%zu", layout->stride[d]);
    snprintf(t.text + used, sizeof t.text - used, layout->shape.ndim == 1 ? ",)" : ")");
    return t;
}

bool show_cell_at(const tt_layout *layout, size_t position, int *index)
{
    size_t size = tt_shape_size(layout->shape);
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, layout->shape, index);
        size_t at = layout->offset +
                    tt_index_to_position(index, layout->stride, layout->shape.ndim);
        if (at == position) return true;
    }
    return false;
}

/* Columns that a number takes. */
static int digits(size_t number)
{
    return snprintf(NULL, 0, "%zu", number);
}

/* ---- the strip ---------------------------------------------------------------------------------*/

/* One line of positions first .. last-1, and below it the cell that lies at each. */
static void strip_line(FILE *out, const tt_layout *layout, size_t first, size_t last,
                       int width, long marked)
{
    int index[TT_MAX_DIMS];
    fputs("  position", out);
    for (size_t p = first; p < last; p++) {
        show_text t;
        snprintf(t.text, sizeof t.text, (long)p == marked ? ">%zu<" : "%zu", p);
        fprintf(out, " %*s", width, t.text);
    }
    fputs("\n  cell    ", out);
    for (size_t p = first; p < last; p++) {
        bool there = show_cell_at(layout, p, index);
        show_text t = show_index(index, there ? layout->shape.ndim : 0);
        fprintf(out, " %*s", width, there ? t.text : "-");
    }
    fputc('\n', out);
}

static void strip(FILE *out, const tt_layout *layout, long marked, int columns)
{
    size_t size = tt_shape_size(layout->shape),
           shown = size < MOST_STRIP ? size : MOST_STRIP;
    int last[TT_MAX_DIMS];
    for (int d = 0; d < layout->shape.ndim; d++) last[d] = layout->shape.dim[d] - 1;
    int width = (int)strlen(show_index(last, layout->shape.ndim).text);
    if (width < digits(size) + 2) width = digits(size) + 2;
    size_t line =
        columns > 10 + 1 + width ? (size_t)(columns - 10) / (size_t)(width + 1) : 1;
    fputs("storage:\n", out);
    for (size_t p = 0; p < shown; p += line)
        strip_line(out, layout, p, p + line < shown ? p + line : shown, width, marked);
    if (shown < size) fprintf(out, "  ... and %zu more\n", size - shown);
}

/* ---- the cells ---------------------------------------------------------------------------------*/

static size_t position_of(const tt_layout *layout, const int *index)
{
    return layout->offset + tt_index_to_position(index, layout->stride, layout->shape.ndim);
}

/* One row of the last dimension; index holds the others. */
static void row(FILE *out, const tt_layout *layout, int *index, int width, long marked)
{
    int last = layout->shape.ndim - 1, n = layout->shape.dim[last];
    fputs(" ", out);
    for (int j = 0; j < n && j < MOST_COLUMNS; j++) {
        show_text t;
        index[last] = j;
        size_t at = position_of(layout, index);
        snprintf(t.text, sizeof t.text, (long)at == marked ? ">%zu<" : "%zu", at);
        fprintf(out, " %*s", width, t.text);
    }
    fputs(n > MOST_COLUMNS ? " ...\n" : "\n", out);
}

/* The last two dimensions below index[0 .. ndim-3]. */
static void slice(FILE *out, const tt_layout *layout, int *index, int width, long marked)
{
    int ndim = layout->shape.ndim, rows = ndim > 1 ? layout->shape.dim[ndim - 2] : 1;
    for (int i = 0; i < rows && i < MOST_ROWS; i++) {
        if (ndim > 1) index[ndim - 2] = i;
        row(out, layout, index, width, marked);
    }
    if (rows > MOST_ROWS) fprintf(out, "  ... and %d more rows\n", rows - MOST_ROWS);
}

static void cells(FILE *out, const tt_layout *layout, long marked)
{
    int ndim = layout->shape.ndim, index[TT_MAX_DIMS] = {0};
    int width = digits(tt_shape_size(layout->shape)) + 2;
    fputs("cells, each by its position in storage:\n", out);
    if (ndim == 0) {
        fprintf(out, "  %zu\n", layout->offset);
        return;
    }
    tt_shape outer = layout->shape;
    outer.ndim = ndim > 2 ? ndim - 2 : 0;
    size_t slices = tt_shape_size(outer);
    for (size_t n = 0; n < slices && n < MOST_SLICES; n++) {
        tt_to_index(n, outer, index);
        if (ndim > 2) {
            show_text t = show_index(index, outer.ndim);
            t.text[strlen(t.text) - 1] = '\0';
            fprintf(out, " %s,:,:]\n", t.text);
        }
        slice(out, layout, index, width, marked);
    }
    if (slices > MOST_SLICES)
        fprintf(out, " ... and %zu more slices\n", slices - MOST_SLICES);
}

void show_layout(FILE *out, const char *title, const tt_layout *layout, long marked,
                 int columns)
{
    char text[TT_SHAPE_TEXT];
    size_t size = tt_shape_size(layout->shape);
    fprintf(out, "%s: shape %s, strides %s, %zu cell%s, %s\n", title,
            tt_shape_text(layout->shape, text), show_strides(layout).text, size,
            size == 1 ? "" : "s",
            tt_layout_contiguous(layout) ? "contiguous" : "not contiguous");
    if (size == 0) return;
    strip(out, layout, marked, columns);
    cells(out, layout, marked);
}
