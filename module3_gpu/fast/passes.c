/* Passes over rows and tiles: see passes.h. */
#include "module3_gpu/fast/passes.h"

#include <stdint.h>
#include <stdio.h>

#include "module3_gpu/fast/threads.h"

enum { TILE = 64 }; /* rows and columns of a tile: 16 KiB */

typedef struct pass {
    enum { MAP, ZIP, COPY, AXPY } kind;
    unsigned op; /* tt_unary_op or tt_binary_op */
    float alpha;
    float *out;
    const float *in[2];
    tti_walk walk; /* tensor 0 is out, then the operands */
    const tti_kernels *k;
    bool stream; /* write past the caches */
    int turned;  /* by tiles: the dimension along which an operand lies in order */
} pass;

/* ---- one row ----------------------------------------------------------------------------------- */

/* out[0..n] from operands that lie in order (step 1) or are one number (step 0). */
static void row(const pass *p, float *out, const float *const *in, const size_t *step,
                size_t n)
{
    const tti_loops *loops = p->stream ? &p->k->past : &p->k->cached;
    float one;
    switch (p->kind) {
    case MAP:
        if (step[0]) loops->map[p->op](out, in[0], n);
        else loops->map[p->op](&one, in[0], 1), loops->fill(out, one, n);
        break;
    case ZIP:
        if (step[0] | step[1])
            loops->zip[p->op][!step[1]   ? TTI_LEFT
                              : !step[0] ? TTI_RIGHT
                                         : TTI_BOTH](out, in[0], in[1], n);
        else loops->zip[p->op][TTI_BOTH](&one, in[0], in[1], 1), loops->fill(out, one, n);
        break;
    case COPY:
        if (step[0]) loops->copy(out, in[0], n);
        else loops->fill(out, *in[0], n);
        break;
    case AXPY:
        one = p->alpha * *in[0];
        if (step[0]) p->k->axpy(out, p->alpha, in[0], n);
        else loops->zip[TT_OP_ADD][TTI_LEFT](out, out, &one, n);
        break;
    }
}

/* ---- rows: cells `from` to `to`, counted in the order of out ------------------------------------ */

static void rows(void *user, size_t from, size_t to)
{
    const pass *p = user;
    const tti_walk *w = &p->walk;
    int last = w->ndim - 1, operands = w->tensors - 1;
    size_t index[TT_MAX_DIMS], at[TTI_WALKERS], step[2] = {0, 0};
    for (int t = 0; t < operands; t++) step[t] = w->stride[t + 1][last];
    tti_walk_at(w, from, index, at);
    while (from < to) {
        size_t n = w->dim[last] - index[last];
        if (n > to - from) n = to - from;
        const float *in[2] = {p->in[0] + at[1], operands > 1 ? p->in[1] + at[2] : NULL};
        row(p, p->out + from, in, step, n);
        from += n;
        for (int t = 1; t <= operands; t++) at[t] -= index[last] * w->stride[t][last];
        index[last] = 0;
        for (int d = last - 1; d >= 0; d--) { /* on to the next row */
            for (int t = 1; t <= operands; t++) at[t] += w->stride[t][d];
            if (++index[d] < w->dim[d]) break;
            for (int t = 1; t <= operands; t++) at[t] -= w->dim[d] * w->stride[t][d];
            index[d] = 0;
        }
    }
    if (p->stream) p->k->fence();
}

/* ---- tiles -------------------------------------------------------------------------------------- */

/* Asks for `n` numbers of each of `rows` rows, which are `step` apart: those of the next tile. They are so
 * far from each other that nobody but us foresees them. */
static void ask_for(const float *in, size_t step, size_t rows, size_t n)
{
    for (size_t j = 0; j < rows; j++) {
        const char *row = (const char *)in + j * step * sizeof *in;
        for (size_t i = 0; i < n; i += 16) __builtin_prefetch(row + i * sizeof *in, 0, 2);
        __builtin_prefetch(row + n * sizeof *in - 1, 0, 2);
    }
}

/* What is written past the caches is whole lines. Where a row's part of a tile ends within one, the
 * next tile begins there: it finds its own last line, which is not written whole either, asked for. */
static void ask_for_end(const float *next)
{
    const char *end = (const char *)next + TILE * sizeof *next;
    if ((uintptr_t)end % 64 != 0) __builtin_prefetch(end, 1, 2);
}

/* Tile number `n` of the walk cut into tiles along the turned and the last dimension. */
static void tile(const pass *p, size_t n)
{
    const tti_walk *w = &p->walk;
    int last = w->ndim - 1, turned = p->turned;
    float side[2][TILE * TILE] __attribute__((aligned(64)));
    size_t begin[TT_MAX_DIMS], at[TTI_WALKERS] = {0}, step[2] = {0}, next[2] = {0};
    for (int d = last; d >= 0; d--) {
        size_t size = d == last || d == turned ? TILE : 1;
        size_t pieces = (w->dim[d] + size - 1) / size;
        begin[d] = n % pieces * size;
        n /= pieces;
        for (int t = 0; t < w->tensors; t++) at[t] += begin[d] * w->stride[t][d];
    }
    size_t height = w->dim[turned] - begin[turned], width = w->dim[last] - begin[last];
    if (height > TILE) height = TILE;
    if (width > TILE) width = TILE;
    const float *in[2] = {NULL, NULL};
    for (int t = 1; t < w->tensors; t++) {
        in[t - 1] = p->in[t - 1] + at[t];
        step[t - 1] = w->stride[t][last];
        next[t - 1] = w->stride[t][turned];
        if (step[t - 1] == 1 && p->stream)
            ask_for(in[t - 1] + width, next[t - 1], height, TILE);
        if (step[t - 1] <= 1) continue;
        ask_for(in[t - 1] + width * step[t - 1], step[t - 1], TILE, height);
        p->k->transpose(side[t - 1], TILE, in[t - 1], step[t - 1], height, width);
        in[t - 1] = side[t - 1], step[t - 1] = 1, next[t - 1] = TILE;
    }
    for (size_t i = 0; i < height; i++) {
        float *out = p->out + at[0] + i * w->stride[0][turned];
        row(p, out, in, step, width);
        if (p->stream) ask_for_end(out + width);
        for (int t = 0; t < w->tensors - 1; t++) in[t] += next[t];
    }
}

static void some_tiles(void *user, size_t from, size_t to)
{
    const pass *p = user;
    for (size_t i = from; i < to; i++) tile(p, i);
    if (p->stream) p->k->fence();
}

static void tiles(pass *p)
{
    const tti_walk *w = &p->walk;
    p->turned = tti_walk_turned(w, 1);
    if (p->turned < 0) p->turned = tti_walk_turned(w, 2);
    size_t n = 1;
    for (int d = 0; d < w->ndim; d++) {
        size_t size = d == w->ndim - 1 || d == p->turned ? TILE : 1;
        n *= (w->dim[d] + size - 1) / size;
    }
    tti_share(n, 1, w->cells, some_tiles, p);
}

/* ---- the pass ----------------------------------------------------------------------------------- */

static size_t bytes; /* of the caches; 0: not asked for yet, as the call reads a file */

void tti_pass_stream_from(size_t cache)
{
    __atomic_store_n(&bytes, cache, __ATOMIC_RELAXED);
}

/* The third-level cache that a core reaches, from what Linux says; 0 where it does not say. Not from
 * sysconf: on processors of several chips GNU's adds up the caches of all of them. */
static size_t third_level(void)
{
    unsigned long kib = 0;
    FILE *f = fopen("/sys/devices/system/cpu/cpu0/cache/index3/size", "r");
    if (f == NULL) return 0;
    if (fscanf(f, "%luK", &kib) != 1 || kib > SIZE_MAX / 1024) kib = 0;
    fclose(f);
    return kib * 1024;
}

/* More bytes than this do not stay in the caches anyway. */
static size_t cache_bytes(void)
{
    size_t known = __atomic_load_n(&bytes, __ATOMIC_RELAXED);
    if (known > 0) return known;
    known = third_level();
    if (known == 0) known = (size_t)32 << 20;
    __atomic_store_n(&bytes, known, __ATOMIC_RELAXED);
    return known;
}

/* Elementary functions cost several cells' worth of memory. */
static size_t weight(const pass *p)
{
    bool heavy = p->kind == MAP &&
                 (p->op == TT_OP_EXP || p->op == TT_OP_LOG || p->op == TT_OP_SIGMOID);
    return p->walk.cells * (heavy ? 4 : 1);
}

static bool run(pass *p)
{
    tti_path path = tti_walk_path(&p->walk);
    size_t cells = p->walk.cells;
    if (path == TTI_PATH_GENERAL) return false;
    if (cells == 0) return true;
    p->k = tti_kernels_best();
    size_t most = cache_bytes() / (path == TTI_PATH_TILES ? 2 : 1);
    p->stream = p->kind != AXPY && cells * 4 * (size_t)p->walk.tensors > most;
    if (path == TTI_PATH_TILES) {
        tiles(p);
        return true;
    }
    tti_share(cells, 16, weight(p), rows, p); /* out begins where a line of the cache does */
    return true;
}

/* Operand number t of a pass over out. */
static void operand(pass *p, tt_layout *walks, int t, tt_const_array in, tt_shape shape)
{
    walks[t + 1] = tt_layout_stretch(&in.layout, shape);
    p->in[t] = in.at + in.layout.offset;
}

static bool pass_over(pass *p, tt_array out, const tt_const_array *in, int operands)
{
    tt_layout walks[TTI_WALKERS] = {out.layout};
    for (int t = 0; t < operands; t++) operand(p, walks, t, in[t], out.layout.shape);
    const size_t *strides[TTI_WALKERS] = {walks[0].stride, walks[1].stride,
                                          walks[2].stride};
    p->out = out.at + out.layout.offset;
    p->walk = tti_walk_of(out.layout.shape, strides, operands + 1);
    return run(p);
}

bool tti_pass_map(tt_unary_op op, tt_array out, tt_const_array in)
{
    pass p = {.kind = op == TT_OP_ID ? COPY : MAP, .op = op};
    return pass_over(&p, out, &in, 1);
}

bool tti_pass_zip(tt_binary_op op, tt_array out, tt_const_array a, tt_const_array b)
{
    pass p = {.kind = ZIP, .op = op};
    return pass_over(&p, out, (const tt_const_array[]){a, b}, 2);
}

bool tti_pass_copy(tt_array out, tt_const_array in)
{
    pass p = {.kind = COPY};
    return pass_over(&p, out, &in, 1);
}

bool tti_pass_axpy(tt_array y, float alpha, tt_const_array x)
{
    pass p = {.kind = AXPY, .alpha = alpha};
    return pass_over(&p, y, &x, 1);
}

typedef struct filling {
    float *out, value;
} filling;

static void fill_some(void *user, size_t from, size_t to)
{
    const filling *f = user;
    tti_kernels_best()->cached.fill(f->out + from, f->value, to - from);
}

void tti_pass_fill(float *out, float value, size_t n)
{
    filling f = {out, value};
    tti_share(n, 16, n, fill_some, &f);
}
