/* The tuned matrix product: see gemm.h. */
#include "module3_gpu/fast/gemm.h"

#include <string.h>

#include "module3_gpu/fast/kernels.h"
#include "module3_gpu/fast/threads.h"
#include "module3_gpu/fast/walk.h"

enum {
    DEPTH = 512, /* most of k at a time: cells of out are read and written so much less often */
    HEIGHT = 24,   /* tiles of a in a block: some 400 KiB, for the second-level cache */
    WIDTH = 4096,  /* columns of b that are packed at a time */
    FEW_ROWS = 56, /* that read b so seldom that packing it does not pay */
    SHORT_B = 64 * 1024, /* numbers of b that stay in the second-level cache unpacked */
    NARROW = 128,        /* columns for which packing a does not pay */
    AHEAD = 16,          /* rows of b that are asked for before they are packed */
    TINY = 512,          /* multiplications for which Task 3.2's loops are as good */
    OWN_PANELS = 4,      /* panels for which a thread packs b for itself, and all of a */
    PER_CELL = 8         /* multiplications in the time of a cell (tti_threads_for) */
};

/* One product, and what its threads share. */
typedef struct product {
    const tti_kernels *kernels;
    size_t n, m, k;
    float *out;
    tti_matrix a, b;
    size_t tile_rows, most_rows, tile_columns;
    tti_gemm_way way;
    bool by_panels;      /* what threads share: panels of b, or rows of a */
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

/* Part of k, and of the columns: p in [p, p + depth), j in [j, j + width). */
typedef struct slab {
    size_t p, depth, j, width;
} slab;

/* Rows [from, to) of out, in `count` tiles of about the same height: the first `taller` ones have one
 * row more than `least`. */
typedef struct band {
    size_t from, to, count, least, taller;
} band;

static band band_of(const product *g, size_t from, size_t to)
{
    size_t rows = to - from;
    size_t count = rows <= g->most_rows ? 1 : pieces(rows, g->tile_rows);
    return (band){from, to, count, rows / count, rows % count};
}

static size_t tile_height(const band *rows, size_t t)
{
    return rows->least + (t < rows->taller ? 1 : 0);
}

/* ---- packing ------------------------------------------------------------------------------------ */

/* to[p * rows + i] = a[i, p] */
static void pack_tile(const product *g, float *to, tti_matrix a, size_t rows, size_t depth)
{
    if (a.column == 1) {
        g->kernels->transpose(to, rows, a.at, a.row, depth, rows);
        return;
    }
    for (size_t p = 0; p < depth; p++)
        for (size_t i = 0; i < rows; i++)
            to[p * rows + i] = a.at[i * a.row + p * a.column];
}

/* A band of a, for one thread. */
static void pack_a(const product *g, float *to, const slab *s, const band *rows)
{
    size_t i = rows->from;
    for (size_t t = 0; t < rows->count; t++) {
        size_t height = tile_height(rows, t);
        const float *at = g->a.at + i * g->a.row + s->p * g->a.column;
        pack_tile(g, to + (i - rows->from) * s->depth,
                  (tti_matrix){at, g->a.row, g->a.column}, height, s->depth);
        i += height;
    }
}

/* to[p * width + j] = b[p, j], width being that of a panel */
static void pack_panel(const product *g, float *to, tti_matrix b, size_t columns,
                       size_t depth)
{
    size_t width = g->tile_columns;
    if (b.column == 1)
        for (size_t p = 0; p < depth; p++) {
            __builtin_prefetch(b.at + (p + AHEAD) * b.row);
            __builtin_prefetch(b.at + (p + AHEAD) * b.row + 16);
            memcpy(to + p * width, b.at + p * b.row, columns * sizeof *to);
        }
    else if (b.row == 1) g->kernels->transpose(to, width, b.at, b.column, depth, columns);
    else
        for (size_t p = 0; p < depth; p++)
            for (size_t j = 0; j < columns; j++)
                to[p * width + j] = b.at[p * b.row + j * b.column];
}

/* The slab's panels of b, for everybody: each thread packs some. */
static void pack_b(const product *g, const slab *s, size_t thread, size_t team)
{
    size_t panels = pieces(s->width, g->tile_columns), last = panels * (thread + 1) / team;
    for (size_t panel = panels * thread / team; panel < last; panel++) {
        size_t j = panel * g->tile_columns;
        const float *b = g->b.at + s->p * g->b.row + (s->j + j) * g->b.column;
        pack_panel(g, g->packed_b + j * s->depth, (tti_matrix){b, g->b.row, g->b.column},
                   smaller(g->tile_columns, s->width - j), s->depth);
    }
}

/* ---- one thread's part -------------------------------------------------------------------------- */

/* The tiles of a band, one below the other. `t` is what they have in common: the panel of b. */
static void tiles(const product *g, const band *rows, const float *a, tti_tile *t)
{
    for (size_t n = 0; n < rows->count; n++) {
        size_t height = tile_height(rows, n);
        t->a = a;
        if (g->way.packs_a) t->a_column = height;
        g->kernels->tile((int)height, t);
        a += height * (g->way.packs_a ? t->k : t->a_row);
        t->out += height * t->out_row;
    }
}

/* A band times panels [first, last) of the slab. */
static void block(const product *g, const slab *s, const band *rows, size_t first,
                  size_t last, float *room)
{
    const float *a = g->a.at + rows->from * g->a.row + s->p * g->a.column;
    tti_tile t = {.k = s->depth,
                  .a_row = g->way.packs_a ? 1 : g->a.row,
                  .a_column = g->a.column,
                  .b_row = g->way.packs_b ? g->tile_columns : g->b.row,
                  .out_row = g->m,
                  .add = s->p > 0};
    if (g->way.packs_a) pack_a(g, room, s, rows);
    for (size_t panel = first; panel < last; panel++) {
        size_t j = panel * g->tile_columns;
        t.columns = (int)smaller(g->tile_columns, s->width - j);
        t.b = g->way.packs_b ? g->packed_b + j * s->depth
                             : g->b.at + s->p * g->b.row + s->j + j;
        t.out = g->out + rows->from * g->m + s->j + j;
        tiles(g, rows, g->way.packs_a ? room : a, &t);
    }
}

/* What thread `thread` of `team` does in one slab; the b that it reads is packed. */
static void part(const product *g, const slab *s, size_t thread, size_t team)
{
    size_t panels = pieces(s->width, g->tile_columns);
    size_t first = g->by_panels ? panels * thread / team : 0;
    size_t last = g->by_panels ? panels * (thread + 1) / team : panels;
    size_t i = g->by_panels ? 0 : g->n * thread / team;
    size_t end = g->by_panels ? g->n : g->n * (thread + 1) / team;
    for (size_t most = HEIGHT * g->tile_rows; i < end; i += most) {
        band rows = band_of(g, i, smaller(i + most, end));
        block(g, s, &rows, first, last, g->packed_a + thread * g->packed_a_one);
    }
}

static void work(void *user, size_t thread, size_t team)
{
    const product *g = user;
    bool shared = g->way.packs_b && team > 1;
    for (size_t j = 0; j < g->m; j += WIDTH)
        for (size_t p = 0, n = pieces(g->k, DEPTH); n > 0; n--) {
            slab s = {p, pieces(g->k - p, n), j, smaller(WIDTH, g->m - j)};
            if (g->way.packs_b) pack_b(g, &s, thread, team);
            if (shared && !g->by_panels) {
                TT_BARRIER
            }
            part(g, &s, thread, team);
            p += s.depth;
            if (shared && (n > 1 || j + WIDTH < g->m)) {
                TT_BARRIER
            }
        }
}

/* A product that is packed nowhere, is one slab, and stays on this thread: there is little to do, and
 * what is worked out above for larger ones would take a tenth of the time. */
static bool is_small(const product *g)
{
    return g->way.threads == 1 && !g->way.packs_a && !g->way.packs_b && g->k <= DEPTH;
}

static void at_once(const product *g)
{
    slab all = {0, g->k, 0, g->m};
    band rows = band_of(g, 0, g->n);
    block(g, &all, &rows, 0, pieces(g->m, g->tile_columns), NULL);
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

/* Whether threads share the panels of b, or the rows of a. Where a thread has some panels to itself, it packs
 * and reads these alone: nobody waits, and nothing crosses from one core's cache to another's; all of a is
 * packed by everybody, which with that many columns is little. */
static bool shares_panels(const product *g, size_t team)
{
    size_t panels = pieces(g->m, g->tile_columns), bands = pieces(g->n, g->tile_rows);
    if (team == 1) return false;
    if (g->way.packs_b) return panels >= OWN_PANELS * team;
    return bands < 4 * team && panels >= 2 * bands;
}

/* Products of a few microseconds are common, and a copied structure costs some dozen nanoseconds: so a
 * product is made where it stays, and handed on by its address. */
static void choose_way(product *g)
{
    g->kernels = tti_kernels_best();
    g->tile_columns = 2 * (size_t)g->kernels->lanes;
    g->tile_rows = (size_t)g->kernels->tile_rows;
    g->most_rows = (size_t)g->kernels->most_rows;
    g->packed_a_one = 0;
    g->way.turned = g->m == 1 && g->a.column != 1 && g->a.row == 1 && g->n > 1;
    if (g->way.turned) {
        tti_matrix a = g->a;
        g->a = (tti_matrix){g->b.at, g->b.column, g->b.row};
        g->b = (tti_matrix){a.at, a.column, a.row};
        g->m = g->n, g->n = 1;
    }
    g->way.dots = g->m == 1 && g->a.column == 1;
    g->way.packs_a = !g->way.dots && g->m > NARROW;
    g->way.packs_b =
        !g->way.dots && (g->b.column != 1 || (g->n > FEW_ROWS && g->k * g->m > SHORT_B));
    g->way.threads = tti_threads_for(g->n * g->m * g->k / PER_CELL);
    g->by_panels = shares_panels(g, (size_t)g->way.threads);
    if (g->way.packs_a)
        g->packed_a_one = smaller(pieces(g->n, g->tile_rows), HEIGHT) * g->tile_rows *
                          smaller(g->k, DEPTH);
}

tti_gemm_way tti_gemm_way_of(size_t n, size_t m, size_t k, tti_matrix a, tti_matrix b)
{
    product g = {.n = n, .m = m, .k = k, .a = a, .b = b};
    choose_way(&g);
    return g.way;
}

/* Numbers that the product needs beside its operands. */
static size_t room_for(const product *g)
{
    if (g->way.dots) return g->k;
    size_t panels = g->way.packs_b ? pieces(smaller(g->m, WIDTH), g->tile_columns) : 0;
    return g->packed_a_one * (size_t)g->way.threads +
           panels * g->tile_columns * smaller(g->k, DEPTH);
}

static void multiply(product *g, float *room)
{
    g->packed_a = room;
    g->packed_b = room + g->packed_a_one * (size_t)g->way.threads;
    if (g->k == 0) g->kernels->cached.fill(g->out, 0.0f, g->n * g->m);
    else if (g->way.dots) dots(g, room);
    else if (is_small(g)) at_once(g);
    else tti_parallel(g->way.threads, work, g);
}

static void one_product(tt_ctx *c, product *g)
{
    if (g->n * g->m == 0) return;
    choose_way(g);
    size_t numbers = room_for(g);
    float *room = numbers > 0 ? tti_block_get(c, numbers * sizeof *room) : NULL;
    if (numbers == 0 || room != NULL) multiply(g, room);
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
    product own = *g;
    size_t end = all->walk.cells * (thread + 1) / team;
    for (size_t n = all->walk.cells * thread / team; n < end; n++) {
        size_t index[TT_MAX_DIMS], at[TTI_WALKERS];
        tti_walk_at(&all->walk, n, index, at);
        own.a.at = g->a.at + at[0];
        own.b.at = g->b.at + at[1];
        own.out = g->out + n * g->n * g->m;
        multiply(&own, all->rooms + all->room * thread);
    }
}

static void small_products(tt_ctx *c, products *all)
{
    const product *g = &all->first;
    int threads = tti_threads_for(all->walk.cells * g->n * g->m * (g->k + 1) / PER_CELL);
    all->room = (room_for(g) + 15) / 16 * 16; /* whole lines of the cache */
    size_t numbers = all->room * (size_t)threads;
    all->rooms = numbers > 0 ? tti_block_get(c, numbers * sizeof *all->rooms) : NULL;
    if (numbers == 0 || all->rooms != NULL) tti_parallel(threads, some_products, all);
    tti_block_put(c, all->rooms);
}

static void large_products(tt_ctx *c, const product *g, const tti_walk *walk)
{
    for (size_t i = 0; i < walk->cells; i++) {
        size_t index[TT_MAX_DIMS], at[TTI_WALKERS];
        tti_walk_at(walk, i, index, at);
        product own = *g;
        own.a.at += at[0], own.b.at += at[1];
        own.out += i * g->n * g->m;
        one_product(c, &own);
    }
}

/* One product instead of a batch: b is the same for all, and a's rows go on as if it were one. */
static bool is_one_matrix(tt_shape batch, const tt_layout *a, const tt_layout *b,
                          product *g)
{
    const size_t none[TT_MAX_DIMS] = {0};
    size_t strides[TT_MAX_DIMS];
    if (batch.ndim == TT_MAX_DIMS) return false;
    for (int d = 0; d < batch.ndim; d++) {
        strides[d] = a->stride[d];
        if (batch.dim[d] > 1 && b->stride[d] != 0) return false;
    }
    strides[batch.ndim] = a->stride[batch.ndim];
    batch.dim[batch.ndim++] = (int)g->n;
    tti_walk w = tti_walk_of(batch, (const size_t *const[]){strides, none}, 2);
    if (w.ndim != 1) return false;
    g->n = w.cells;
    g->a.row = w.stride[0][0];
    return true;
}

/* A product for each cell of a batch, which are the dimensions of `out` before its last two. */
static void several_products(tt_ctx *c, products *all, const tt_shape *out,
                             const tt_layout *a, const tt_layout *b)
{
    product *g = &all->first;
    tt_shape batch = *out;
    batch.ndim -= 2;
    if (is_one_matrix(batch, a, b, g)) {
        one_product(c, g);
        return;
    }
    all->walk = tti_walk_of(batch, (const size_t *const[]){a->stride, b->stride}, 2);
    if (all->walk.cells == 0) return;
    tti_gemm_way way = tti_gemm_way_of(g->n, g->m, g->k, g->a, g->b);
    if (way.threads > 1 || way.dots || way.turned) {
        large_products(c, g, &all->walk);
    } else {
        choose_way(g);
        small_products(c, all);
    }
}

/* The last two dimensions: a matrix for each of the batch. */
static tti_matrix matrix_of(const tt_data *a)
{
    const size_t *last = &a->layout.stride[a->layout.shape.ndim - 2];
    return (tti_matrix){a->storage->host + a->layout.offset, last[0], last[1]};
}

bool tti_gemm_batches(tt_ctx *c, const tt_data *out, const tt_data *a, const tt_data *b)
{
    products all; /* its walk is long, and most calls need none */
    product *g = &all.first;
    int d = out->layout.shape.ndim - 2;
    g->n = (size_t)a->layout.shape.dim[d];
    g->k = (size_t)a->layout.shape.dim[d + 1];
    g->m = (size_t)b->layout.shape.dim[d + 1];
    if (g->n * g->m * g->k < TINY) return false;
    g->out = out->storage->host + out->layout.offset;
    g->a = matrix_of(a);
    g->b = matrix_of(b);
    if (d == 0) one_product(c, g);
    else several_products(c, &all, &out->layout.shape, &a->layout, &b->layout);
    return true;
}
