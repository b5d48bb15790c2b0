/* parallel_report: what the fast backend does with an operation, and why.
 *
 *   bazel run -c opt //module3_gpu:parallel_report
 *
 * Under the headings of MiniTorch's parallel_check.py: which way each layout goes, on how many
 * threads, with which instructions. It asks the functions that the backend itself asks. */
#include <stdio.h>

#include "module3_gpu/fast/fast_backend.h"
#include "module3_gpu/fast/fold.h"
#include "module3_gpu/fast/gemm.h"
#include "module3_gpu/fast/kernels.h"
#include "support/cli.h"
#include "support/json.h"

/* The same shape in memory that holds the last two dimensions the other way round; standing still
 * along dimension d; with a gap behind each cell. */
static tt_layout turned(tt_layout l)
{
    int n = l.shape.ndim;
    l.stride[n - 1] = (size_t)l.shape.dim[n - 2];
    l.stride[n - 2] = 1;
    return l;
}

static tt_layout still(tt_layout l, int d)
{
    l.stride[d] = 0;
    for (int e = 0; e < d; e++) l.stride[e] /= (size_t)l.shape.dim[d];
    return l;
}

static tt_layout spread(tt_layout l)
{
    for (int d = 0; d < l.shape.ndim; d++) l.stride[d] *= 2;
    return l;
}

static void say(const char *kind, const char *what, const char *shape, const char *way,
                int threads, const char *by)
{
    tt_json *j = tt_json_event("operation");
    tt_json_text(j, "kind", kind);
    tt_json_text(j, "what", what);
    tt_json_text(j, "shape", shape);
    tt_json_text(j, "way", way);
    tt_json_whole(j, "threads", threads);
    tt_json_text(j, "by", by);
    tt_json_print(j, stdout);
}

static void head(const char *text, bool json)
{
    if (!json) printf("%s\n", text);
}

static void pass(const char *what, tt_layout out, tt_layout a, const tt_layout *b, bool json)
{
    char text[TT_SHAPE_TEXT];
    const size_t *strides[] = {out.stride, a.stride, b ? b->stride : NULL};
    tti_walk w = tti_walk_of(out.shape, strides, b ? 3 : 2);
    tti_path path = tti_walk_path(&w);
    int threads = tti_threads_for(w.cells);
    const char *by =
        path == TTI_PATH_GENERAL ? "Task 3.1's loop, an index a cell" : tt_simd_name();
    if (json) {
        say(b ? "zip" : "map", what, tt_shape_text(out.shape, text), tti_path_name(path),
            threads, by);
        return;
    }
    printf("  %-34s %-12s %-9s %2d thread%s  %s\n", what, tt_shape_text(out.shape, text),
           tti_path_name(path), threads, threads == 1 ? " " : "s", by);
}

static void map(bool json)
{
    tt_layout l = tt_layout_of(TT_SHAPE(1000, 1000)),
              small = tt_layout_of(TT_SHAPE(10, 10));
    head("MAP", json);
    pass("(10,10) -> (10,10)", small, small, NULL, json);
    pass("contiguous", l, l, NULL, json);
    pass("a row stretched", l, still(l, 0), NULL, json);
    pass("a column stretched", l, still(l, 1), NULL, json);
    pass("transposed", l, turned(l), NULL, json);
    pass("every second cell", l, spread(l), NULL, json);
}

static void zip(bool json)
{
    tt_layout l = tt_layout_of(TT_SHAPE(1000, 1000)),
              small = tt_layout_of(TT_SHAPE(10, 10));
    tt_layout row = still(l, 0), column = still(l, 1), t = turned(l), gaps = spread(l);
    head("\nZIP", json);
    pass("(10,10), (10,10) -> (10,10)", small, small, &small, json);
    pass("both contiguous", l, l, &l, json);
    pass("with a row", l, l, &row, json);
    pass("with a column", l, l, &column, json);
    pass("a column with a row", l, column, &row, json);
    pass("with a transposed one", l, l, &t, json);
    pass("with every second cell", l, l, &gaps, json);
}

static void fold(const char *what, tt_binary_op op, tt_layout in, int dim, bool json)
{
    char text[TT_SHAPE_TEXT];
    tt_shape shape = in.shape;
    shape.dim[dim] = 1;
    tti_fold_path path = tti_fold_path_of(op, tt_layout_of(shape), in, dim);
    int threads = tti_threads_for(tt_shape_size(in.shape));
    const char *by = path == TTI_FOLD_GENERAL ? "Task 3.1's loop" : tt_simd_name();
    if (json) {
        say("reduce", what, tt_shape_text(in.shape, text), tti_fold_path_name(path),
            threads, by);
        return;
    }
    printf("  %-34s %-12s %-19s %2d thread%s  %s\n", what, tt_shape_text(in.shape, text),
           tti_fold_path_name(path), threads, threads == 1 ? " " : "s", by);
}

static void reduce(bool json)
{
    tt_layout l = tt_layout_of(TT_SHAPE(1000, 1000));
    head("\nREDUCE", json);
    fold("10 -> 1", TT_OP_ADD, tt_layout_of(TT_SHAPE(10)), 0, json);
    fold("sum over the last dimension", TT_OP_ADD, l, 1, json);
    fold("sum over the first dimension", TT_OP_ADD, l, 0, json);
    fold("sum over the first, transposed", TT_OP_ADD, turned(l), 0, json);
    fold("sum over the middle dimension", TT_OP_ADD,
         tt_layout_of(TT_SHAPE(100, 100, 100)), 1, json);
    fold("maximum over the last dimension", TT_OP_MAX, l, 1, json);
    fold("product over the last dimension", TT_OP_MUL, l, 1, json);
}

/* One product of n x k and k x m. */
static void product(const char *what, size_t n, size_t k, size_t m, bool left, bool right,
                    bool json)
{
    tti_matrix a = {NULL, left ? 1 : k, left ? n : 1},
               b = {NULL, right ? 1 : m, right ? k : 1};
    tti_gemm_way way = tti_gemm_way_of(n, m, k, a, b);
    char shape[96], text[96];
    snprintf(shape, sizeof shape, json ? "%zux%zu x %zux%zu" : "%4zux%-4zu x %4zux%-4zu",
             n, k, k, m);
    snprintf(text, sizeof text, "%s%s%s",
             way.dots      ? "a dot product a row"
             : way.packs_a ? "packs a"
                           : "reads a where it lies",
             way.dots      ? ""
             : way.packs_b ? ", packs b"
                           : ", reads b where it lies",
             way.turned ? ", as b^T x a^T" : "");
    if (json) say("matmul", what, shape, text, way.threads, tt_simd_name());
    else
        printf("  %-26s %s %2d thread%s  %s\n", what, shape, way.threads,
               way.threads == 1 ? " " : "s", text);
}

static void matmul(bool json)
{
    const tti_kernels *k = tti_kernels_best();
    if (!json)
        printf("\nMATRIX MULTIPLY   (tiles of %d x %d cells in registers)\n",
               k->tile_rows, 2 * k->lanes);
    product("(1,10,20) x (1,20,10)", 10, 20, 10, false, false, json);
    product("square, small", 64, 64, 64, false, false, json);
    product("square, large", 1024, 1024, 1024, false, false, json);
    product("the left one transposed", 1024, 1024, 1024, true, false, json);
    product("the right one transposed", 1024, 1024, 1024, false, true, json);
    product("few rows", 16, 392, 64, false, false, json);
    product("a row", 1, 1000, 1000, false, false, json);
    product("a column", 1000, 1000, 1, false, false, json);
}

static void start_json(void)
{
    tt_json *j = tt_json_event("start");
    tt_json_text(j, "program", "parallel_report");
    tt_json_text(j, "backend", "fast");
    tt_json_text(j, "instructions", tt_simd_name());
    tt_json_whole(j, "lanes", tti_kernels_best()->lanes);
    tt_json_whole(j, "threads", tt_threads());
    tt_json_print(j, stdout);
}

int main(int argc, char **argv)
{
    tt_options o = {.threads = 0};
    tt_cli_parse(&(tt_cli){.purpose =
                               "Says what the fast backend does with each operation: the "
                               "way it takes, threads and instructions.",
                           .examples = "parallel_report --threads 2",
                           .takes = TT_CLI_THREADS},
                 &o, argc, argv);
    tt_set_threads(o.threads);
    if (o.json) start_json();
    else
        printf(
            "backend fast: instructions %s (%d numbers at once), %d thread%s at most\n\n",
            tt_simd_name(), tti_kernels_best()->lanes, tt_threads(),
            tt_threads() == 1 ? "" : "s");
    map(o.json);
    zip(o.json);
    reduce(o.json);
    matmul(o.json);
    if (o.json) tt_json_print(tt_json_event("end"), stdout);
    return tt_cli_finish(0);
}
