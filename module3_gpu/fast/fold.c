/* Sums and maxima: see fold.h. */
#include "module3_gpu/fast/fold.h"

#include "module3_gpu/fast/kernels.h"
#include "module3_gpu/fast/threads.h"

enum {
    COLUMNS = 4096, /* added up at once: 16 KiB of partial sums, four pages of each row */
    DEPTH = 64,     /* rows added up in float */
    FEW = 16,       /* as many pieces of work suit every number of threads */
    PIECE = 1 << 16 /* cells worth a piece of their own */
};

typedef struct fold {
    const tti_kernels *k;
    bool max;
    float start;
    float *out;
    const float *in;
    tti_walk walk; /* over out: tensor 0 is out, tensor 1 the first cell of each line of in */
    size_t length, step;  /* of the folded dimension */
    size_t pieces, piece; /* it is cut into so many, of so many cells */
    size_t blocks, outer; /* of columns in a row; how many rows of out (rows only) */
    double *part;         /* results of pieces, where there is more than one */
} fold;

static double none(const fold *f)
{
    return f->max ? (double)-INFINITY : 0.0;
}

/* Both `>` as module 0's max: a nan in x is passed over, one in y stays. */
static double join(const fold *f, double x, double y)
{
    return f->max ? tt_op_max(x, y) : x + y;
}

/* Length of piece number i. */
static size_t piece_length(const fold *f, size_t i)
{
    size_t begin = i * f->piece;
    return f->length - begin < f->piece ? f->length - begin : f->piece;
}

/* ---- along the dimension ------------------------------------------------------------------------ */

static double line(const fold *f, const float *in, size_t n)
{
    return f->max ? (double)f->k->max(in, n) : f->k->sum(in, n);
}

static void whole_lines(void *user, size_t from, size_t to)
{
    const fold *f = user;
    for (size_t i = from; i < to; i++) {
        size_t index[TT_MAX_DIMS], at[TTI_WALKERS];
        tti_walk_at(&f->walk, i, index, at);
        f->out[i] = (float)join(f, line(f, f->in + at[1], f->length), (double)f->start);
    }
}

/* f->part[line * pieces + piece] */
static void pieces_of_lines(void *user, size_t from, size_t to)
{
    const fold *f = user;
    for (size_t n = from; n < to; n++) {
        size_t index[TT_MAX_DIMS], at[TTI_WALKERS], j = n % f->pieces;
        tti_walk_at(&f->walk, n / f->pieces, index, at);
        f->part[n] = line(f, f->in + at[1] + j * f->piece, piece_length(f, j));
    }
}

static void along(fold *f)
{
    size_t lines = f->walk.cells, work = lines * f->length;
    double part[FEW];
    if (f->pieces == 1) {
        tti_share(lines, 1, work, whole_lines, f);
        return;
    }
    f->part = part;
    tti_share(lines * f->pieces, 1, work, pieces_of_lines, f);
    for (size_t i = 0; i < lines; i++) {
        double total = none(f);
        for (size_t j = 0; j < f->pieces; j++)
            total = join(f, part[i * f->pieces + j], total);
        f->out[i] = (float)join(f, total, (double)f->start);
    }
}

/* ---- row by row --------------------------------------------------------------------------------- */

/* total[0..n] = fold of `length` rows; n is at most COLUMNS. */
static void columns(const fold *f, const float *in, size_t length, size_t n, double *total)
{
    float acc[COLUMNS] __attribute__((aligned(64)));
    for (size_t j = 0; j < n; j++) total[j] = none(f);
    for (size_t r = 0; r < length; r += DEPTH) {
        size_t rows = length - r < DEPTH ? length - r : DEPTH;
        f->k->cached.fill(acc, (float)none(f), n);
        (f->max ? f->k->max_rows : f->k->sum_rows)(acc, in + r * f->step, f->step, rows, n);
        if (f->max)
            for (size_t j = 0; j < n; j++) total[j] = join(f, (double)acc[j], total[j]);
        else
            for (size_t j = 0; j < n; j++) total[j] += (double)acc[j];
    }
}

/* Block number n of out's cells: where it begins in out and in, and how many. */
static size_t block(const fold *f, size_t n, size_t *to, size_t *from)
{
    size_t index[TT_MAX_DIMS], at[TTI_WALKERS], width = f->walk.dim[f->walk.ndim - 1];
    size_t begin = n % f->blocks * COLUMNS;
    *to = n / f->blocks * width + begin;
    tti_walk_at(&f->walk, *to, index, at);
    *from = at[1];
    return width - begin < COLUMNS ? width - begin : COLUMNS;
}

static void finish(const fold *f, float *out, const double *total, size_t n)
{
    for (size_t j = 0; j < n; j++) out[j] = (float)join(f, total[j], (double)f->start);
}

/* f->part[(block * pieces + piece) * COLUMNS + column], where there is more than one piece */
static void pieces_of_blocks(void *user, size_t from, size_t to_end)
{
    const fold *f = user;
    for (size_t n = from; n < to_end; n++) {
        double own[COLUMNS], *total = f->pieces == 1 ? own : f->part + n * COLUMNS;
        size_t to, at, j = n % f->pieces, width = block(f, n / f->pieces, &to, &at);
        columns(f, f->in + at + j * f->piece * f->step, piece_length(f, j), width, total);
        if (f->pieces == 1) finish(f, f->out + to, total, width);
    }
}

static void by_rows(fold *f)
{
    size_t tasks = f->outer * f->blocks, pieces = f->pieces;
    tti_share(tasks * pieces, 1, f->walk.cells * f->length, pieces_of_blocks, f);
    for (size_t n = 0; pieces > 1 && n < tasks; n++) {
        double *total = f->part + n * pieces * COLUMNS;
        size_t to, at, width = block(f, n, &to, &at);
        for (size_t j = 1; j < pieces; j++)
            for (size_t i = 0; i < width; i++)
                total[i] = join(f, total[j * COLUMNS + i], total[i]);
        finish(f, f->out + to, total, width);
    }
}

/* ---- which way ---------------------------------------------------------------------------------- */

/* The walk over the lines of `in`: out's cells. */
static tti_walk lines_of(tt_layout out, tt_layout in, int dim)
{
    in.stride[dim] = 0;
    return tti_walk_of(out.shape, (const size_t *const[]){out.stride, in.stride}, 2);
}

tti_fold_path tti_fold_path_of(tt_binary_op op, tt_layout out, tt_layout in, int dim)
{
    if (op != TT_OP_ADD && op != TT_OP_MAX) return TTI_FOLD_GENERAL;
    if (in.stride[dim] == 1 || in.shape.dim[dim] <= 1) return TTI_FOLD_ALONG;
    tti_walk walk = lines_of(out, in, dim);
    return walk.stride[1][walk.ndim - 1] == 1 ? TTI_FOLD_ROWS : TTI_FOLD_GENERAL;
}

const char *tti_fold_path_name(tti_fold_path path)
{
    static const char *const names[] = {"along the dimension", "row by row", "general"};
    return names[path];
}

/* Cuts the dimension when there are only `tasks` pieces of work without that. */
static void cut(fold *f, size_t tasks)
{
    size_t cells = f->walk.cells * f->length, most = tasks > 0 ? FEW / tasks : 0;
    f->pieces = cells / PIECE;
    if (f->pieces > most) f->pieces = most;
    if (f->pieces > f->length) f->pieces = f->length;
    if (f->pieces < 1) f->pieces = 1;
    f->piece = (f->length + f->pieces - 1) / f->pieces;
    if (f->piece > 0) f->pieces = (f->length + f->piece - 1) / f->piece;
    if (f->pieces < 1) f->pieces = 1;
}

bool tti_fold(tt_ctx *c, tt_binary_op op, tt_array out, tt_const_array in, int dim,
              float start)
{
    tti_fold_path path = tti_fold_path_of(op, out.layout, in.layout, dim);
    if (path == TTI_FOLD_GENERAL) return false;
    fold f = {.k = tti_kernels_best(),
              .max = op == TT_OP_MAX,
              .start = start,
              .out = out.at + out.layout.offset,
              .in = in.at + in.layout.offset,
              .walk = lines_of(out.layout, in.layout, dim),
              .length = (size_t)in.layout.shape.dim[dim],
              .step = in.layout.stride[dim]};
    if (f.walk.cells == 0) return true;
    if (path == TTI_FOLD_ALONG) {
        cut(&f, f.walk.cells);
        along(&f);
        return true;
    }
    size_t width = f.walk.dim[f.walk.ndim - 1];
    f.blocks = (width + COLUMNS - 1) / COLUMNS;
    f.outer = f.walk.cells / width;
    cut(&f, f.outer * f.blocks);
    if (f.pieces > 1) f.part = tti_block_get(c, sizeof(double) * FEW * COLUMNS);
    if (f.pieces == 1 || f.part != NULL) by_rows(&f);
    tti_block_put(c, f.part);
    return true;
}
