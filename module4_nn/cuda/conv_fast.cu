/* Convolution, fast: a product of matrices whose right one is never made.
 *
 *   out (m, n) = weight (m, k) x patches (k, n)     m = O, n = B I J, k = C KH KW
 *
 * A cell of patches is the cell of the input that kernel cell k reads for output cell n. It is found
 * when it is needed, from two parts that are worked out beforehand: one that depends on n alone (a
 * thread keeps its n) and one that depends on k alone (a table in shared memory). Otherwise this is
 * module3_gpu/cuda/matmul_fast.cu, with the next tile on its way while this one is multiplied.
 * Both gradients are convolutions too, of exchanged operands, and come here through the layouts.
 * Source: Chetlur et al., "cuDNN: efficient primitives for deep learning", 2014.
 */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

/* Loops over a thread's cells, which are registers, and so must have known numbers. */
#ifdef __CUDACC__
#define ALL_AT_ONCE _Pragma("unroll")
#else
#define ALL_AT_ONCE
#endif

enum {
    THREADS = 256,
    DEPTH = 8,   /* k's of a step */
    CHUNK = 256, /* k's that the table holds: a thread each */
    PAD = 4 /* rows of a tile begin 4 banks apart: transposed stores do not collide */
};

/* Division by a number that is known before the launch: a multiplication and a shift, for n < 2^31.
 * Ref: Granlund, Montgomery, "Division by invariant integers using multiplication", 1994. */
typedef struct divisor {
    unsigned d, factor, shift;
} divisor;

static divisor divisor_of(unsigned d)
{
    divisor v = {d ? d : 1, 0, 0};
    while ((1ull << v.shift) < v.d) v.shift++;
    v.factor = (unsigned)(((1ull << 32) * ((1ull << v.shift) - v.d)) / v.d + 1);
    return v;
}

static __device__ inline unsigned quotient(unsigned n, divisor v)
{
    return (__umulhi(n, v.factor) + n) >> v.shift;
}

/* What a launch gets. Strides of in (B,C,H,W) and weight (O,C,KH,KW), of out's dimensions 0 and 1. */
typedef struct problem {
    unsigned m, n, k, piece; /* piece: k's of a block */
    divisor places, columns; /* I J, J: n = (b, i, j) */
    divisor cells, width;    /* KH KW, KW: k = (c, di, dj) */
    int height_in, width_in;
    tt_window w;
    size_t in[4], weight[4], out[2];
    bool vectors; /* four neighbours in n can be stored at once: whole fours, aligned */
    size_t piece_out; /* numbers of scratch between two pieces; 0: one piece, into out itself */
} problem;

/* The part of a cell's place that depends on k; 16 bytes, to be read at once. Tensors have fewer than
 * 2^31 cells. */
typedef struct __align__(16) by_k
{
    int in; /* with SPREAD: of the channel alone */
    unsigned weight;
    int i, j; /* rows and columns from the window's first cell on */
}
by_k;

/* The part that depends on n. */
typedef struct by_n {
    ptrdiff_t in; /* with SPREAD: of the image alone */
    int i, j; /* the window's first row and column; far away when there is no such n */
} by_n;

template <bool SPREAD>
static __device__ inline by_k place_of_k(unsigned k, const problem &p)
{
    unsigned c = quotient(k, p.cells), cell = k - c * p.cells.d;
    unsigned di = quotient(cell, p.width), dj = cell - di * p.width.d;
    by_k at = {(int)(c * p.in[1]),
               (unsigned)(c * p.weight[1] + di * p.weight[2] + dj * p.weight[3]),
               (int)di * p.w.dilation[0], (int)dj * p.w.dilation[1]};
    if (!SPREAD) at.in += at.i * (int)p.in[2] + at.j * (int)p.in[3];
    return at;
}

template <bool SPREAD>
static __device__ inline by_n place_of_n(unsigned n, const problem &p)
{
    const int NOWHERE = -(1 << 30);
    unsigned b = quotient(n, p.places), place = n - b * p.places.d;
    unsigned i = quotient(place, p.columns), j = place - i * p.columns.d;
    by_n at = {(ptrdiff_t)(b * p.in[0]), (int)i * p.w.step[0] - p.w.pad[0],
               (int)j * p.w.step[1] - p.w.pad[1]};
    if (!SPREAD) at.in += at.i * (ptrdiff_t)p.in[2] + at.j * (ptrdiff_t)p.in[3];
    if (n >= p.n) at.i = NOWHERE;
    return at;
}

/* The cell of patches at (k, n). */
template <bool SPREAD>
static __device__ inline float patch(const float *in, by_k k, const by_n &n,
                                     const problem &p)
{
    int i = n.i + k.i, j = n.j + k.j;
    ptrdiff_t at = n.in + k.in;
    if (SPREAD) {
        if (i < 0 || j < 0 || i % p.w.spread[0] || j % p.w.spread[1]) return 0.0f;
        i /= p.w.spread[0], j /= p.w.spread[1];
        at += i * (ptrdiff_t)p.in[2] + j * (ptrdiff_t)p.in[3];
    }
    bool inside = (unsigned)i < (unsigned)p.height_in && (unsigned)j < (unsigned)p.width_in;
    return inside ? in[at] : 0.0f;
}

/* Where cell n of a row of out is, counted from the row. */
static __device__ inline size_t place_in_out(unsigned n, const problem &p)
{
    unsigned image = quotient(n, p.places);
    return image * p.out[0] + (n - image * p.places.d);
}

/* What all threads of a block share: two tiles of weights [k][m] and of patches [k][n], and the table. */
template <int TM, int TN> struct shared_tiles {
    __align__(16) float a[2][DEPTH * (TM + PAD)];
    __align__(16) float b[2][DEPTH * (TN + PAD)];
    by_k table[CHUNK];
};

/* Where a thread is: its cells of out, and what it brings to the tiles. */
template <int TM, int TN, int QM, int QN> struct role {
    static const int A = (TM * DEPTH + THREADS - 1) / THREADS, B = TN * DEPTH / THREADS;
    unsigned row0, col0; /* of the block's tile */
    int tx, ty; /* cells: rows 4 ty .. + 3 of QM parts, columns 4 tx .. + 3 of QN */
    int ka, ma; /* weights: k and m of the first; neighbours in k are neighbours in memory */
    int kb, nb;       /* patches: likewise, neighbours in n */
    by_n column;      /* of nb */
    float a[A], b[B]; /* on their way */
};

/* Cells k .. of the chunk from memory to registers; `left` k's are in the chunk. */
template <bool SPREAD, int TM, int TN, int QM, int QN>
static __device__ inline void fetch(role<TM, TN, QM, QN> &r, const float *in,
                                    const float *weight, const by_k *table, int k,
                                    int left, const problem &p)
{
    for (int e = 0; e < r.A; e++) {
        int m = r.ma + e * (THREADS / DEPTH);
        unsigned row = r.row0 + (unsigned)m;
        bool inside = m < TM && row < p.m && k + r.ka < left;
        r.a[e] = inside ? weight[row * p.weight[0] + table[k + r.ka].weight] : 0.0f;
    }
    for (int e = 0; e < r.B; e++) {
        int mine = k + r.kb + e * (DEPTH / r.B);
        r.b[e] = mine < left ? patch<SPREAD>(in, table[mine], r.column, p) : 0.0f;
    }
}

/* From registers to the tiles. */
template <int TM, int TN, int QM, int QN>
static __device__ inline void put(const role<TM, TN, QM, QN> &r, float *as, float *bs)
{
    for (int e = 0; e < r.A; e++) {
        int m = r.ma + e * (THREADS / DEPTH);
        if (m < TM) as[r.ka * (TM + PAD) + m] = r.a[e];
    }
    for (int e = 0; e < r.B; e++)
        bs[(r.kb + e * (DEPTH / r.B)) * (TN + PAD) + r.nb] = r.b[e];
}

/* sum += the product of both tiles, at this thread's cells: 16 QM QN products for 4 (QM + QN) reads. */
template <int TM, int TN, int QM, int QN>
static __device__ inline void multiply(float (&sum)[4 * QM][4 * QN], const float *as,
                                       const float *bs, int tx, int ty)
{
    const float4 *a4 = reinterpret_cast<const float4 *>(as);
    const float4 *b4 = reinterpret_cast<const float4 *>(bs);
    for (int k = 0; k < DEPTH; k++) {
        float4 x4[QM], y4[QN];
        for (int q = 0; q < QM; q++) x4[q] = a4[(k * (TM + PAD) + q * TM / QM) / 4 + ty];
        for (int q = 0; q < QN; q++) y4[q] = b4[(k * (TN + PAD) + q * TN / QN) / 4 + tx];
        const float *x = &x4[0].x, *y = &y4[0].x;
        for (int i = 0; i < 4 * QM; i++)
            for (int j = 0; j < 4 * QN; j++) sum[i][j] += x[i] * y[j];
    }
}

/* This thread's cells of the tile to out[b, m, place], four neighbours in n at once where that may be. */
template <int TM, int TN, int QM, int QN>
static __device__ inline void store(float *out, const float (&sum)[4 * QM][4 * QN],
                                    const role<TM, TN, QM, QN> &r, const problem &p)
{
    ALL_AT_ONCE for (int i = 0; i < 4 * QM; i++) ALL_AT_ONCE for (int q = 0; q < QN; q++)
    {
        unsigned m = r.row0 + (unsigned)(i / 4 * (TM / QM) + 4 * r.ty + i % 4);
        unsigned n = r.col0 + (unsigned)(q * (TN / QN) + 4 * r.tx);
        float *row = out + m * p.out[1];
        if (p.vectors && m < p.m && n < p.n)
            *reinterpret_cast<float4 *>(row + place_in_out(n, p)) = make_float4(
                sum[i][4 * q], sum[i][4 * q + 1], sum[i][4 * q + 2], sum[i][4 * q + 3]);
        for (int j = 0; j < 4; j++)
            if (!p.vectors && m < p.m && n + j < p.n)
                row[place_in_out(n + (unsigned)j, p)] = sum[i][4 * q + j];
    }
}

/* Block (x, y, z) computes the tile of out with columns n = TN x .. and rows m = TM y .., over piece z
 * of k: chunk by chunk, for which the table is made, and step by step of DEPTH k's. While the tiles of
 * a step are multiplied, those of the next come from memory. There are two of each in turn, so that
 * one wait a step is enough. */
template <int TM, int TN, int QM, int QN, bool SPREAD>
static __global__ void __launch_bounds__(THREADS,
                                         2) /* two blocks fit a processor's registers */
    conv_kernel(float *out, const float *in, const float *weight, problem p)
{
    __shared__ shared_tiles<TM, TN> s;
    const int TX = TN / (4 * QN);
    int t = (int)threadIdx.x;
    unsigned col0 = blockIdx.x * TN, first = blockIdx.z * p.piece;
    unsigned end = first + p.piece < p.k ? first + p.piece : p.k;
    role<TM, TN, QM, QN> r = {blockIdx.y * TM,
                              col0,
                              t % TX,
                              t / TX,
                              t % DEPTH,
                              t / DEPTH,
                              t / TN,
                              t % TN,
                              place_of_n<SPREAD>(col0 + t % TN, p),
                              {0},
                              {0}};
    float sum[4 * QM][4 * QN] = {{0.0f}};

    for (unsigned chunk = first; chunk < end; chunk += CHUNK) {
        int left = (int)(end - chunk < CHUNK ? end - chunk : CHUNK);
        if (t < left) s.table[t] = place_of_k<SPREAD>(chunk + (unsigned)t, p);
        __syncthreads(); /* the table is whole */
        fetch<SPREAD>(r, in, weight, s.table, 0, left, p);
        put(r, s.a[0], s.b[0]);
        __syncthreads(); /* the first tiles are whole */
        for (int k = 0, now = 0; k < left; k += DEPTH, now ^= 1) {
            bool more = k + DEPTH < left;
            if (more) fetch<SPREAD>(r, in, weight, s.table, k + DEPTH, left, p);
            multiply<TM, TN, QM, QN>(sum, s.a[now], s.b[now], r.tx, r.ty);
            if (more) put(r, s.a[now ^ 1], s.b[now ^ 1]);
            __syncthreads(); /* the next tiles are whole, and nobody still reads these */
        }
    }
    store(out + blockIdx.z * p.piece_out, sum, r, p);
}

/* Thread i adds up cell i, n of m = i / n, of all pieces, in order. */
static __global__ void pieces_kernel(float *out, const float *scratch, unsigned pieces,
                                     problem p)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    size_t size = (size_t)p.m * p.n;
    float sum = 0.0f;
    if (i >= size) return;
    for (unsigned z = 0; z < pieces; z++) sum += scratch[z * size + i];
    unsigned m = i / p.n, n = i % p.n;
    out[m * p.out[1] + place_in_out(n, p)] = sum;
}

template <int TM, int TN, int QM, int QN>
static int launch(float *out, const float *in, const float *weight, const problem &p,
                  unsigned pieces)
{
    dim3 grid(tt_blocks(p.n, TN), tt_blocks(p.m, TM), pieces);
    if (p.w.spread[0] == 1 && p.w.spread[1] == 1)
        return TT_LAUNCH((conv_kernel<TM, TN, QM, QN, false>), grid, THREADS, 0, out, in,
                         weight, p);
    return TT_LAUNCH((conv_kernel<TM, TN, QM, QN, true>), grid, THREADS, 0, out, in,
                     weight, p);
}

/* Whether every four cells n = 4 i .. lie in a row in `out`, from a multiple of 16 bytes on. */
static bool fours(const float *out, const problem &p)
{
    return p.places.d % 4 == 0 && p.out[0] % 4 == 0 && p.out[1] % 4 == 0 &&
           p.piece_out % 4 == 0 && (size_t)out % 16 == 0;
}

static int by_tile(ttk_conv_tile tile, float *out, const float *in, const float *weight,
                   problem p, unsigned pieces)
{
    p.vectors = fours(out, p);
    switch (tile) {
    case TTK_CONV_128x128: return launch<128, 128, 2, 2>(out, in, weight, p, pieces);
    case TTK_CONV_64x128: return launch<64, 128, 1, 2>(out, in, weight, p, pieces);
    case TTK_CONV_64x64: return launch<64, 64, 1, 1>(out, in, weight, p, pieces);
    default: return launch<16, 256, 1, 1>(out, in, weight, p, pieces);
    }
}

static problem problem_of(const tt_layout &to, const tt_layout &from,
                          const tt_layout &kernel, const tt_window &w, ttk_conv_size s)
{
    const int *o = to.shape.dim, *x = from.shape.dim, *k = kernel.shape.dim;
    problem p = {};
    p.m = (unsigned)s.m, p.n = (unsigned)s.n, p.k = (unsigned)s.k, p.piece = (unsigned)s.k;
    p.places = divisor_of((unsigned)(o[2] * o[3])), p.columns = divisor_of((unsigned)o[3]);
    p.cells = divisor_of((unsigned)(k[2] * k[3])), p.width = divisor_of((unsigned)k[3]);
    p.height_in = x[2], p.width_in = x[3], p.w = w;
    for (int d = 0; d < 4; d++) p.in[d] = from.stride[d], p.weight[d] = kernel.stride[d];
    p.out[0] = to.stride[0], p.out[1] = to.stride[1];
    return p;
}

/* Pieces go to scratch as (piece, m, n) and are added up from there. */
extern "C" int TTK(nn_conv_fast)(float *out, tt_layout to, const float *in, tt_layout from,
                                 const float *weight, tt_layout kernel, tt_window w,
                                 ttk_conv_tile tile, unsigned pieces, float *scratch)
{
    ttk_conv_size s = ttk_conv_size_of(&to.shape, &kernel.shape);
    problem p = problem_of(to, from, kernel, w, s);
    out += to.offset, in += from.offset, weight += kernel.offset;
    if (pieces == 1) return by_tile(tile, out, in, weight, p, 1);
    problem part = p;
    part.piece = tt_blocks(tt_blocks(p.k, pieces), CHUNK) * CHUNK;
    part.piece_out = s.m * s.n;
    part.out[0] = p.places.d, part.out[1] = s.n;
    pieces = tt_blocks(p.k, part.piece);
    int error = by_tile(tile, scratch, in, weight, part, pieces);
    if (error) return error;
    return TT_LAUNCH(pieces_kernel, tt_blocks(s.m * s.n, THREADS), THREADS, 0, out,
                     scratch, pieces, p);
}
