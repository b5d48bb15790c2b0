/* The tuned matrix product: see gemm.h. */
#include "module3_gpu/fast/gemm.h"

#include <string.h>

#include "module3_gpu/fast/kernels.h"
#include "module3_gpu/fast/threads.h"
#include "module3_gpu/fast/walk.h"

enum {
    DEPTH = 384,    /* most of k at a time: a tile's part of b is then some 48 KiB */
    HEIGHT = 20,    /* tiles of a in a block: some 400 KiB, for the second-level cache */
    WIDTH = 4096,   /* columns of b that are packed at a time */
    MOST_ROWS = 14, /* of a tile, on any processor */
    MOST_COLUMNS = 2 * 16,
    SHORT_B = 64 * 1024, /* numbers of b that stay in the second-level cache unpacked */
    NARROW = 128,        /* columns for which packing a does not pay */
    TINY = 512           /* multiplications for which Task 3.2's loops are as good */
};

/* One product, and what its threads share. */
typedef struct product {
    const tti_kernels *kernels;
    size_t n, m, k;
    float *out;
    tti_matrix a, b;
    size_t tile_rows, tile_columns;
    tti_gemm_way way;
    float *packed_b;     /* panels of tile_columns, each [p][column] */
    float *packed_a;     /* a block for each thread: tiles, each [p][row] */
    size_t packed_a_one; /* numbers in one thread's */
} product;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t pieces(size_t n, size_t size)
{
    return (n + size - 1) / size;
}

/* ---- packing ------------------------------------------------------------------------------------ */

/* to[p * rows + i] = a[i, p] */
static void pack_a(const product *g, float *to, tti_matrix a, size_t rows, size_t depth)
{
    if (a.column == 1) {
        g->kernels->transpose(to, rows, a.at, a.row, depth, rows);
        return;
    }
    for (size_t p = 0; p < depth; p++)
        for (size_t i = 0; i < rows; i++)
            to[p * rows + i] = a.at[i * a.row + p * a.column];
}

/* to[p * width + j] = b[p, j], with zeros beyond `columns` */
static void pack_b(const product *g, float *to, tti_matrix b, size_t columns, size_t depth)
{
    size_t width = g->tile_columns;
    if (columns < width) memset(to, 0, depth * width * sizeof *to);
    if (b.column == 1)
        for (size_t p = 0; p < depth; p++)
            memcpy(to + p * width, b.at + p * b.row, columns * sizeof *to);
    else if (b.row == 1) g->kernels->transpose(to, width, b.at, b.column, depth, columns);
    else
        for (size_t p = 0; p < depth; p++)
            for (size_t j = 0; j < columns; j++)
                to[p * width + j] = b.at[p * b.row + j * b.column];
}

/* ---- one thread's part -------------------------------------------------------------------------- */

/* Part of k, and of the columns: p in [p, p + depth), j in [j, j + width). */
typedef struct slab {
    size_t p, depth, j, width;
} slab;

/* out's tile (rows, columns) (+)= a x b */
static void one_tile(const product *g, size_t rows, size_t columns, const slab *s,
                     const float *a, const float *b, size_t b_row, float *out)
{
    tti_tile_fn *tile = g->way.packs_a ? g->kernels->tile : g->kernels->tile_direct;
    if (columns == g->tile_columns) {
        tile((int)rows, s->depth, a, g->a.row, g->a.column, b, b_row, out, g->m, s->p > 0);
        return;
    }
    float edge[MOST_ROWS * MOST_COLUMNS] __attribute__((aligned(64)));
    tile((int)rows, s->depth, a, g->a.row, g->a.column, b, b_row, edge, g->tile_columns,
         false);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            float *to = out + i * g->m + j;
            *to = (s->p > 0 ? *to : 0.0f) + edge[i * g->tile_columns + j];
        }
}

/* Tiles [from, to) of the rows, which are cut into `tiles`, times panels [first, end) of the slab. */
static void block(const product *g, const slab *s, const size_t from_to_tiles[3],
                  size_t first, size_t end, float *room)
{
    size_t from = from_to_tiles[0], to = from_to_tiles[1], tiles = from_to_tiles[2];
    size_t begin = g->n * from / tiles;
    const float *a = g->a.at + s->p * g->a.column; /* a[:, p] */
    if (g->way.packs_a)
        for (size_t t = from; t < to; t++) {
            size_t i = g->n * t / tiles, rows = g->n * (t + 1) / tiles - i;
            pack_a(g, room + (i - begin) * s->depth,
                   (tti_matrix){a + i * g->a.row, g->a.row, g->a.column}, rows, s->depth);
        }
    for (size_t panel = first; panel < end; panel++) {
        size_t j = panel * g->tile_columns,
               columns = smaller(g->tile_columns, s->width - j);
        bool packed = g->way.packs_b || columns < g->tile_columns;
        const float *b = packed ? g->packed_b + (g->way.packs_b ? j * s->depth : 0)
                                : g->b.at + s->p * g->b.row + (s->j + j) * g->b.column;
        size_t b_row = packed ? g->tile_columns : g->b.row;
        for (size_t t = from; t < to; t++) {
            size_t i = g->n * t / tiles, rows = g->n * (t + 1) / tiles - i;
            const float *ai =
                g->way.packs_a ? room + (i - begin) * s->depth : a + i * g->a.row;
            one_tile(g, rows, columns, s, ai, b, b_row, g->out + i * g->m + s->j + j);
        }
    }
}

/* Panels of b for everybody: each thread packs some. Of a b that is read where it lies, only the last
 * panel, if it is not full. */
static void pack_panels(const product *g, const slab *s, size_t thread, size_t team)
{
    size_t panels = pieces(s->width, g->tile_columns);
    for (size_t panel = thread; panel < panels; panel += team) {
        size_t at = panel * g->tile_columns;
        size_t columns = smaller(g->tile_columns, s->width - at);
        if (!g->way.packs_b && columns == g->tile_columns) continue;
        const float *b = g->b.at + s->p * g->b.row + (s->j + at) * g->b.column;
        pack_b(g, g->packed_b + (g->way.packs_b ? at * s->depth : 0),
               (tti_matrix){b, g->b.row, g->b.column}, columns, s->depth);
    }
}

/* What thread `thread` of `team` does in one slab; b is packed. Threads share the rows, or the panels
 * where there are more of these. */
static void part(const product *g, const slab *s, size_t thread, size_t team)
{
    size_t panels = pieces(s->width, g->tile_columns);
    size_t tiles = pieces(g->n, g->tile_rows);
    bool by_panels = tiles < 4 * team && panels >= 2 * tiles;
    size_t rows_team = by_panels ? 1 : team, rows_thread = by_panels ? 0 : thread;
    tiles = smaller(pieces(tiles, rows_team) * rows_team, g->n); /* as many for each */
    size_t end = tiles * (rows_thread + 1) / rows_team;
    size_t first = by_panels ? panels * thread / team : 0;
    size_t last = by_panels ? panels * (thread + 1) / team : panels;
    for (size_t t = tiles * rows_thread / rows_team; t < end; t += HEIGHT) {
        const size_t from_to_tiles[] = {t, smaller(t + HEIGHT, end), tiles};
        block(g, s, from_to_tiles, first, last, g->packed_a + thread * g->packed_a_one);
    }
}

static void work(void *user, size_t thread, size_t team)
{
    const product *g = user;
    for (size_t j = 0; j < g->m; j += WIDTH)
        for (size_t p = 0, n = pieces(g->k, DEPTH); n > 0; n--) {
            slab s = {p, pieces(g->k - p, n), j, smaller(WIDTH, g->m - j)};
            pack_panels(g, &s, thread, team);
            if (team > 1) {
                TT_BARRIER
            }
            part(g, &s, thread, team);
            p += s.depth;
            if (team > 1 && (n > 1 || j + WIDTH < g->m)) {
                TT_BARRIER
            }
        }
}

/* out is one column: each cell a dot product of a row of a with b, which lies in order. */
static void some_dots(void *user, size_t from, size_t to)
{
    const product *g = user;
    for (size_t i = from; i < to; i++)
        g->out[i] = g->kernels->dot(g->a.at + i * g->a.row, g->b.at, g->k);
}

static void dots(product *g, float *room)
{
    if (g->b.row != 1) {
        for (size_t p = 0; p < g->k; p++) room[p] = g->b.at[p * g->b.row];
        g->b = (tti_matrix){room, 1, g->k};
    }
    tti_share(g->n, 16, g->n * g->k, some_dots, g);
}

/* ---- one product -------------------------------------------------------------------------------- */

tti_gemm_way tti_gemm_way_of(size_t n, size_t m, size_t k, tti_matrix a, tti_matrix b)
{
    tti_gemm_way way = {.threads = tti_threads_for(n * m * k / 16)};
    if (m == 1 && a.column == 1) way.dots = true;
    if (m == 1 && a.row == 1 && n > 1 && !way.dots) {
        way = tti_gemm_way_of(1, n, k, b, (tti_matrix){a.at, a.column, a.row});
        way.turned = true;
        return way;
    }
    way.packs_a = m > NARROW || a.column == 0;
    way.packs_b = b.column != 1 || (n > 4 * MOST_ROWS && k * m > SHORT_B);
    return way;
}

static product product_of(size_t n, size_t m, size_t k, float *out, tti_matrix a,
                          tti_matrix b)
{
    product g = {
        .kernels = tti_kernels_best(), .n = n, .m = m, .k = k, .out = out, .a = a, .b = b};
    g.way = tti_gemm_way_of(n, m, k, a, b);
    if (g.way.turned) {
        g.n = 1, g.m = n;
        g.a = (tti_matrix){b.at, b.column, b.row};
        g.b = (tti_matrix){a.at, a.column, a.row};
    }
    g.tile_columns = 2 * (size_t)g.kernels->lanes;
    g.tile_rows = (size_t)(g.way.packs_a ? g.kernels->tile_rows : g.kernels->direct_rows);
    if (g.way.packs_a)
        g.packed_a_one =
            smaller(pieces(n, g.tile_rows), HEIGHT) * g.tile_rows * smaller(k, DEPTH);
    return g;
}

/* Numbers that the product needs beside its operands. */
static size_t room_for(const product *g)
{
    if (g->way.dots) return g->k;
    size_t panels = g->way.packs_b ? pieces(smaller(g->m, WIDTH), g->tile_columns) : 1;
    return g->packed_a_one * (size_t)g->way.threads +
           panels * g->tile_columns * smaller(g->k, DEPTH);
}

static void multiply(product *g, float *room)
{
    g->packed_a = room;
    g->packed_b = room + g->packed_a_one * (size_t)g->way.threads;
    if (g->k == 0) tti_kernels_best()->fill(g->out, 0.0f, g->n * g->m);
    else if (g->way.dots) dots(g, room);
    else tti_parallel(g->way.threads, work, g);
}

void tti_gemm(tt_ctx *c, size_t n, size_t m, size_t k, float *out, tti_matrix a,
              tti_matrix b)
{
    if (n * m == 0) return;
    product g = product_of(n, m, k, out, a, b);
    float *room = tti_block_get(c, room_for(&g) * sizeof *room);
    if (room != NULL) multiply(&g, room);
    tti_block_put(c, room);
}

/* ---- batches ------------------------------------------------------------------------------------ */

/* A batch of products too small for threads of their own: threads share the batch. */
typedef struct products {
    product first; /* its operands are those of the whole batch */
    tti_walk walk; /* tensors 0, 1: a, b */
    float *rooms;
    size_t room; /* numbers in each thread's */
} products;

static void some_products(void *user, size_t thread, size_t team)
{
    const products *all = user;
    const product *g = &all->first;
    size_t end = all->walk.cells * (thread + 1) / team;
    for (size_t n = all->walk.cells * thread / team; n < end; n++) {
        size_t index[TT_MAX_DIMS], at[TTI_WALKERS];
        tti_walk_at(&all->walk, n, index, at);
        product own = *g;
        own.a.at += at[0], own.b.at += at[1];
        own.out += n * g->n * g->m;
        multiply(&own, all->rooms + all->room * thread);
    }
}

static void small_batches(tt_ctx *c, products *all)
{
    const product *g = &all->first;
    int threads = tti_threads_for(all->walk.cells * g->n * g->m * (g->k + 1) / 16);
    all->room = (room_for(g) + 15) / 16 * 16; /* whole lines of the cache */
    all->rooms = tti_block_get(c, all->room * sizeof *all->rooms * (size_t)threads);
    if (all->rooms != NULL) tti_parallel(threads, some_products, all);
    tti_block_put(c, all->rooms);
}

/* One product instead of a batch: b is the same for all, and a's rows go on as if it were one. */
static bool one_matrix(tt_shape batch, size_t n, const tt_layout *a, const tt_layout *b,
                       size_t *rows, size_t *row)
{
    const size_t none[TT_MAX_DIMS] = {0};
    size_t strides[TT_MAX_DIMS];
    if (batch.ndim == TT_MAX_DIMS) return false;
    for (int d = 0; d < batch.ndim; d++) {
        strides[d] = a->stride[d];
        if (batch.dim[d] > 1 && b->stride[d] != 0) return false;
    }
    strides[batch.ndim] = a->stride[batch.ndim];
    batch.dim[batch.ndim++] = (int)n;
    tti_walk w = tti_walk_of(batch, (const size_t *const[]){strides, none}, 2);
    *rows = w.cells;
    *row = w.stride[0][0];
    return w.ndim == 1;
}

bool tti_gemm_batches(tt_ctx *c, tt_array out, tt_const_array a, tt_const_array b)
{
    tt_shape batch = out.layout.shape;
    int d = batch.ndim -= 2;
    size_t n = (size_t)a.layout.shape.dim[d], k = (size_t)a.layout.shape.dim[d + 1];
    size_t m = (size_t)b.layout.shape.dim[d + 1], rows, row;
    if (n * m * k < TINY) return false;
    const float *left = a.at + a.layout.offset, *right = b.at + b.layout.offset;
    tti_matrix x = {left, a.layout.stride[d], a.layout.stride[d + 1]};
    tti_matrix y = {right, b.layout.stride[d], b.layout.stride[d + 1]};
    float *to = out.at + out.layout.offset;
    if (one_matrix(batch, n, &a.layout, &b.layout, &rows, &row)) {
        tti_gemm(c, rows, m, k, to, (tti_matrix){left, row, x.column}, y);
        return true;
    }
    tti_walk walk =
        tti_walk_of(batch, (const size_t *const[]){a.layout.stride, b.layout.stride}, 2);
    if (walk.cells == 0) return true;
    products all = {.first = product_of(n, m, k, to, x, y), .walk = walk};
    if (all.first.way.threads == 1 && !all.first.way.dots && !all.first.way.turned) {
        small_batches(c, &all);
        return true;
    }
    for (size_t i = 0; i < walk.cells; i++) {
        size_t index[TT_MAX_DIMS], at[TTI_WALKERS];
        tti_walk_at(&walk, i, index, at);
        tti_gemm(c, n, m, k, to + i * n * m, (tti_matrix){left + at[0], x.row, x.column},
                 (tti_matrix){right + at[1], y.row, y.column});
    }
    return true;
}
