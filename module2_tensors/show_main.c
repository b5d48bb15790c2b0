/* show: how a tensor lies in memory (Tasks 2.1, 2.2).
 *
 *   bazel run //module2_tensors:show -- --shape 2,3 --permute 1,0
 *
 * Draws the storage strip with the cell at each position, and the cells with their positions, for
 * the shape, for its permutation, and for a view of that. */
#include <string.h>

#include "module2_tensors/show.h"
#include "support/cli.h"
#include "support/json.h"
#include "support/terminal.h"

enum { MOST_CELLS = 4096 }; /* more than anybody looks at */

/* What was asked for; texts are NULL when not given. */
typedef struct request {
    const char *shape, *permute, *view, *index, *position;
    tt_options common;
} request;

/* "2,3" into numbers; ends the program when it is no list of at most TT_MAX_DIMS whole numbers. */
static int read_list(const char *option, const char *text, int *numbers)
{
    int n = 0;
    for (const char *at = text; at != NULL; n++) {
        char piece[16];
        const char *comma = strchr(at, ',');
        size_t length = comma != NULL ? (size_t)(comma - at) : strlen(at);
        int64_t value = 0;
        if (n == TT_MAX_DIMS)
            tt_cli_refuse("--%s %s: more than %d numbers", option, text, TT_MAX_DIMS);
        snprintf(piece, sizeof piece, "%.*s", length < sizeof piece ? (int)length : 0, at);
        if (!tt_cli_whole(piece, &value) || value < -1000000000 || value > 1000000000)
            tt_cli_refuse(
                "--%s %s: not whole numbers with commas between, for example --%s 2,3",
                option, text, option);
        numbers[n] = (int)value;
        at = comma != NULL ? comma + 1 : NULL;
    }
    return n;
}

static tt_shape read_shape(const char *option, const char *text)
{
    tt_shape shape = {0};
    shape.ndim = read_list(option, text, shape.dim);
    if (!tt_shape_valid(shape))
        tt_cli_refuse(
            "--%s %s: sizes are 0 or more, and the cells together fewer than 2^31",
            option, text);
    if (tt_shape_size(shape) > MOST_CELLS)
        tt_cli_refuse("--%s %s: %zu cells; at most %d can be shown", option, text,
                      tt_shape_size(shape), MOST_CELLS);
    return shape;
}

/* ---- the three layouts ------------------------------------------------------------------------- */

static tt_layout permuted(const tt_layout *layout, const char *text)
{
    char shape[TT_SHAPE_TEXT];
    int order[TT_MAX_DIMS], n = read_list("permute", text, order);
    tt_layout out;
    if (n != layout->shape.ndim)
        tt_cli_refuse("--permute %s: names %d dimension%s, but shape %s has %d", text, n,
                      n == 1 ? "" : "s", tt_shape_text(layout->shape, shape),
                      layout->shape.ndim);
    if (!tt_layout_permute(layout, order, &out))
        tt_cli_refuse("--permute %s: must name each of the dimensions 0 to %d once", text,
                      n - 1);
    return out;
}

static tt_layout viewed(const tt_layout *layout, const char *text)
{
    char from[TT_SHAPE_TEXT], to[TT_SHAPE_TEXT];
    tt_shape shape = read_shape("view", text);
    tt_shape_text(layout->shape, from), tt_shape_text(shape, to);
    if (tt_shape_size(shape) != tt_shape_size(layout->shape))
        tt_cli_refuse("--view %s: %s has %zu cells, %s has %zu", text, to,
                      tt_shape_size(shape), from, tt_shape_size(layout->shape));
    if (!tt_layout_contiguous(layout))
        tt_cli_refuse("--view %s: %s with strides %s is not contiguous: no strides walk "
                      "its cells in "
                      "row-major order as %s; it must be copied first (tt_contiguous)",
                      text, from, show_strides(layout).text, to);
    return tt_layout_of(shape);
}

/* ---- index and position ------------------------------------------------------------------------ */

/* The position of --index, or what --position says. */
static long marked_position(const request *r, const tt_layout *layout, int *index)
{
    char shape[TT_SHAPE_TEXT];
    if (r->position != NULL) {
        int64_t position = 0;
        size_t size = tt_shape_size(layout->shape);
        if (!tt_cli_whole(r->position, &position) || position < 0 ||
            (size_t)position >= size)
            tt_cli_refuse("--position %s: storage has %zu positions, counted from 0",
                          r->position, size);
        return (long)position;
    }
    if (r->index == NULL) return SHOW_NONE;
    int n = read_list("index", r->index, index);
    tt_shape_text(layout->shape, shape);
    if (n != layout->shape.ndim)
        tt_cli_refuse("--index %s: %d numbers for shape %s, which has %d dimensions",
                      r->index, n, shape, layout->shape.ndim);
    for (int d = 0; d < n; d++)
        if (index[d] < 0 || index[d] >= layout->shape.dim[d])
            tt_cli_refuse("--index %s: %d in dimension %d of %s, which has size %d",
                          r->index, index[d], d, shape, layout->shape.dim[d]);
    return (long)(layout->offset + tt_index_to_position(index, layout->stride, n));
}

/* "index [2,1]: 2*1 + 1*3 = position 5" */
static void explain_index(const tt_layout *layout, const int *index, long position)
{
    printf("index %s: ", show_index(index, layout->shape.ndim).text);
    for (int d = 0; d < layout->shape.ndim; d++)
        printf("%s%d*%zu", d > 0 ? " + " : "", index[d], layout->stride[d]);
    printf("%s = position %ld\n", layout->shape.ndim > 0 ? "" : "0", position);
}

/* Position in storage and place in row-major order are different numbers once strides change. */
static void explain_position(const tt_layout *layout, long position)
{
    int index[TT_MAX_DIMS] = {0};
    if (show_cell_at(layout, (size_t)position, index))
        printf("position %ld in storage: cell %s\n", position,
               show_index(index, layout->shape.ndim).text);
    tt_to_index((size_t)position, layout->shape, index);
    printf("number %ld in row-major order: cell %s, at position %zu\n", position,
           show_index(index, layout->shape.ndim).text,
           layout->offset + tt_index_to_position(index, layout->stride, layout->shape.ndim));
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static void say_json(const char *title, const tt_layout *layout, long marked)
{
    static double positions[MOST_CELLS];
    double sizes[TT_MAX_DIMS], strides[TT_MAX_DIMS];
    int ndim = layout->shape.ndim, index[TT_MAX_DIMS];
    size_t size = tt_shape_size(layout->shape);
    for (int d = 0; d < ndim; d++)
        sizes[d] = layout->shape.dim[d], strides[d] = (double)layout->stride[d];
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, layout->shape, index);
        positions[n] = (double)tt_index_to_position(index, layout->stride, ndim);
    }
    tt_json *j = tt_json_event("layout");
    tt_json_text(j, "name", title);
    tt_json_numbers(j, "shape", sizes, (size_t)ndim);
    tt_json_numbers(j, "strides", strides, (size_t)ndim);
    tt_json_bool(j, "contiguous", tt_layout_contiguous(layout));
    tt_json_numbers(j, "positions", positions, size);
    if (marked != SHOW_NONE) tt_json_whole(j, "marked", marked);
    tt_json_print(j, stdout);
}

/* ---- the program ------------------------------------------------------------------------------- */

static request read_request(int argc, char **argv)
{
    request r = {.shape = "2,3"};
    tt_cli_option more[] = {
        {.name = "shape",
         .placeholder = "SIZES",
         .kind = TT_CLI_TEXT,
         .value = &r.shape,
         .help = "sizes of the dimensions",
         .example = "2,3"},
        {.name = "permute",
         .placeholder = "ORDER",
         .kind = TT_CLI_TEXT,
         .value = &r.permute,
         .help = "reorder dimensions: dimension d becomes the d-th of these",
         .example = "1,0"},
        {.name = "view",
         .placeholder = "SIZES",
         .kind = TT_CLI_TEXT,
         .value = &r.view,
         .help = "then see the cells under another shape",
         .example = "3,2"},
        {.name = "index",
         .placeholder = "INDEX",
         .kind = TT_CLI_TEXT,
         .value = &r.index,
         .help = "mark a cell of the last drawing and say where it is",
         .example = "1,0"},
        {.name = "position",
         .placeholder = "N",
         .kind = TT_CLI_TEXT,
         .value = &r.position,
         .help = "mark a position in storage and say what is there",
         .example = "4"},
        {0}};
    tt_cli_parse(
        &(tt_cli){.purpose =
                      "Draws how a tensor lies in memory: storage, strides, and which "
                      "cell is where.",
                  .examples = "show --shape 2,3 --permute 1,0\n"
                              "show --shape 2,3,4 --permute 2,0,1 --index 3,1,2\n"
                              "show --shape 2,6 --view 3,4 --position 7",
                  .more = more},
        &r.common, argc, argv);
    if (r.index != NULL && r.position != NULL)
        tt_cli_refuse("--index and --position mark one cell each: give one of them");
    return r;
}

int main(int argc, char **argv)
{
    request r = read_request(argc, argv);
    char titles[3][64] = {"tensor"};
    tt_layout layouts[3] = {tt_layout_of(read_shape("shape", r.shape))};
    int n = 1, index[TT_MAX_DIMS] = {0};
    if (r.permute != NULL) {
        layouts[n] = permuted(&layouts[n - 1], r.permute);
        snprintf(titles[n++], sizeof titles[0], "permuted by (%s)", r.permute);
    }
    if (r.view != NULL) {
        layouts[n] = viewed(&layouts[n - 1], r.view);
        snprintf(titles[n++], sizeof titles[0], "viewed");
    }
    const tt_layout *last = &layouts[n - 1];
    long marked = marked_position(&r, last, index);
    for (int i = 0; i < n; i++) {
        if (r.common.json) {
            say_json(titles[i], &layouts[i], marked);
            continue;
        }
        if (i > 0) printf("\n");
        show_layout(stdout, titles[i], &layouts[i], marked, tt_terminal_of(stdout).columns);
    }
    if (r.common.json) return 0;
    if (marked != SHOW_NONE) printf("\n");
    if (r.index != NULL) explain_index(last, index, marked);
    if (r.position != NULL) explain_position(last, marked);
    return 0;
}
