/* For matmul's fast kernels: tiles of an operand, from global memory to shared memory by way of
 * registers.
 *
 * A tile has SIDE x DEPTH cells and lies in shared memory as [k][s]: k counts inner cells, s rows of
 * a or columns of b. So a thread finds the numbers of neighbouring rows side by side. 256 threads
 * share the work, each fetches quads, four neighbours in global memory: along k (K_FIRST) or along
 * s, whichever has stride 1. Fetching and storing are two steps, so that a tile is on its way while
 * the one before it is multiplied.
 */
#ifndef TT_MODULE3_GPU_CUDA_TILE_H
#define TT_MODULE3_GPU_CUDA_TILE_H

#include "module3_gpu/cuda/matrix.h"
#include "module3_gpu/cuda/tensor_core.h"
#include "module3_gpu/cuda/walk.h"

/* One operand as a block sees it: cell (k, s) is at[k * along_k + s * along_s]. */
typedef struct ttk_panel {
    const float *at; /* of the block's first cell */
    size_t along_k, along_s;
    int k_left, s_left; /* cells from there on; those beyond count as 0 */
    bool whole;         /* quads may be fetched at once: 16-byte aligned */
} ttk_panel;

/* Where a tile's cells are in shared memory. When quads lie along k, a warp stores 32 / (DEPTH / 4)
 * neighbours into each of DEPTH / 4 lines that are 4 apart: with SKEW these begin just so many banks
 * apart, and no two lanes ever meet in a bank. Within four lines nothing is skewed, so PAD alone
 * decides how they can be read: 4 for float4 along a line, 8 for 8 numbers of each of 4 lines. */
template <int SIDE, int DEPTH, int PAD> struct ttk_tile {
    static const int LINE = SIDE + PAD;
    static const int SKEW = (128 / DEPTH + 32 * LINE - 4 * LINE) % 32;
    static const int CELLS = DEPTH * LINE + (DEPTH / 4 - 1) * SKEW;
};

/* Line k of a tile. */
template <int SIDE, int DEPTH, int PAD> static __device__ inline int ttk_line(int k)
{
    return k * ttk_tile<SIDE, DEPTH, PAD>::LINE + k / 4 * ttk_tile<SIDE, DEPTH, PAD>::SKEW;
}

/* What one thread fetches of it, tile after tile. */
template <int SIDE, int DEPTH, int PAD, bool K_FIRST> struct ttk_feed {
    static const int QUADS = SIDE * DEPTH / 4 / TTK_BLOCK;
    static const int ACROSS = K_FIRST ? DEPTH / 4 : SIDE / 4; /* quads beside each other */
    static const int GAP = TTK_BLOCK / ACROSS; /* from a thread's quad to its next one */
    const float *at;                           /* its first quad of the tile to come */
    size_t step, gap, ahead; /* strides: within a quad, to the next quad, to the next tile */
    int k, s;                /* the first quad's place in a tile */
    int k_left, s_left;      /* cells from the tile to come on */
    bool whole;
    float4 held[QUADS];
};

template <int SIDE, int DEPTH, int PAD, bool K_FIRST>
static __device__ inline void ttk_feed_begin(ttk_feed<SIDE, DEPTH, PAD, K_FIRST> &f,
                                             const ttk_panel &p)
{
    const int t = (int)threadIdx.x, along = 4 * (t % f.ACROSS), across = t / f.ACROSS;
    f.k = K_FIRST ? along : across;
    f.s = K_FIRST ? across : along;
    f.at = p.at + (size_t)f.k * p.along_k + (size_t)f.s * p.along_s;
    f.step = K_FIRST ? p.along_k : p.along_s;
    f.gap = f.GAP * (K_FIRST ? p.along_s : p.along_k);
    f.ahead = DEPTH * p.along_k;
    f.k_left = p.k_left, f.s_left = p.s_left;
    f.whole = p.whole;
}

/* Four cells, `step` apart, of which the first `room` are there. */
static __device__ inline float4 ttk_four(const float *at, size_t step, int room, bool whole)
{
    if (whole && room >= 4) return *reinterpret_cast<const float4 *>(at);
    float4 x = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (room > 0) x.x = at[0];
    if (room > 1) x.y = at[step];
    if (room > 2) x.z = at[2 * step];
    if (room > 3) x.w = at[3 * step];
    return x;
}

/* The next tile, from global memory to registers. */
template <int SIDE, int DEPTH, int PAD, bool K_FIRST>
static __device__ inline void ttk_feed_take(ttk_feed<SIDE, DEPTH, PAD, K_FIRST> &f)
{
    TTK_UNROLL
    for (int q = 0; q < f.QUADS; q++) {
        int k = f.k + (K_FIRST ? 0 : q * f.GAP), s = f.s + (K_FIRST ? q * f.GAP : 0);
        int along = K_FIRST ? f.k_left - k : f.s_left - s;
        bool inside = K_FIRST ? s < f.s_left : k < f.k_left;
        f.held[q] = ttk_four(f.at + (size_t)q * f.gap, f.step, inside ? along : 0, f.whole);
    }
    f.at += f.ahead;
    f.k_left -= DEPTH;
}

/* Four numbers into a tile: one behind the other, or, when they are neighbours along k, a line
 * apart. */
template <int LINE, bool K_FIRST>
static __device__ inline void ttk_put_four(float *to, const float4 &x)
{
    if (!K_FIRST) {
        *reinterpret_cast<float4 *>(to) = x;
    } else {
        to[0] = x.x;
        to[LINE] = x.y;
        to[2 * LINE] = x.z;
        to[3 * LINE] = x.w;
    }
}

/* The tile in registers, to shared memory; rounded to TF32 on the way where that is wanted. */
template <bool ROUND, int SIDE, int DEPTH, int PAD, bool K_FIRST>
static __device__ inline void ttk_feed_put(const ttk_feed<SIDE, DEPTH, PAD, K_FIRST> &f,
                                           float *tile)
{
    TTK_UNROLL
    for (int q = 0; q < f.QUADS; q++) {
        int k = f.k + (K_FIRST ? 0 : q * f.GAP), s = f.s + (K_FIRST ? q * f.GAP : 0);
        float4 x = f.held[q];
        if (ROUND)
            x = make_float4(ttk_round_tf32(x.x), ttk_round_tf32(x.y), ttk_round_tf32(x.z),
                            ttk_round_tf32(x.w));
        ttk_put_four<SIDE + PAD, K_FIRST>(tile + ttk_line<SIDE, DEPTH, PAD>(k) + s, x);
    }
}

/* ---- the panels and the result of one block ---------------------------------------------------- */

/* Block (x, y, z) computes tile [x, y] of out's batch z / pieces, from piece z % pieces of the inner
 * dimension. */
typedef struct ttk_place {
    ttk_panel a, b;
    float *out;   /* cell [0,0] of the batch, or of the piece's partial result */
    int row, col; /* the tile's first cell */
} ttk_place;

template <int SIDE>
static __device__ inline ttk_place ttk_place_of(float *out, const float *a,
                                                const float *b, const ttk_product &p)
{
    ttk_place at;
    unsigned batch = p.first + blockIdx.z / p.pieces, piece = blockIdx.z % p.pieces;
    int first = (int)piece * p.piece, left = p.a.cols - first;
    left = left < 0 ? 0 : left < p.piece ? left : p.piece;
    at.row = (int)blockIdx.x * SIDE, at.col = (int)blockIdx.y * SIDE;
    at.out = out + ttk_batch(batch, p.to) + (size_t)piece * p.cells;
    a += ttk_batch(batch, p.al) + (size_t)at.row * p.a.row + (size_t)first * p.a.col;
    b += ttk_batch(batch, p.bl) + (size_t)at.col * p.b.col + (size_t)first * p.b.row;
    at.a = ttk_panel{a, p.a.col, p.a.row, left, p.a.rows - at.row, p.a_whole};
    at.b = ttk_panel{b, p.b.row, p.b.col, left, p.b.cols - at.col, p.b_whole};
    return at;
}

/* ---- on the host: how a product is cut ---------------------------------------------------------- */

/* Whether four neighbours may be fetched at once everywhere in a stack of matrices: one of the last
 * two dimensions has stride 1, and whatever else one steps over is a multiple of 16 bytes. */
static inline bool ttk_whole(const float *base, const tt_layout &l)
{
    bool whole = ttk_aligned(base + l.offset);
    int ones = 0;
    for (int d = 0; d < l.shape.ndim; d++) {
        if (l.shape.dim[d] == 1) continue;
        if (l.stride[d] == 1 && d >= l.shape.ndim - 2) ones++;
        else whole = whole && l.stride[d] % 4 == 0;
    }
    return whole && ones == 1;
}

static inline ttk_sizes ttk_sizes_of(const tt_layout &to, const tt_layout &al)
{
    ttk_matrix o = ttk_matrix_of(to), a = ttk_matrix_of(al);
    ttk_sizes s = {(size_t)o.rows, (size_t)o.cols, (size_t)a.cols, ttk_batches(to)};
    return s;
}

static inline ttk_product ttk_cut(ttk_product p, const ttk_sizes &sizes, unsigned side,
                                  const float *a, const float *b)
{
    enum { DEEPEST = 16 }; /* pieces begin where a tile does */
    p.pieces = (unsigned)ttk_matmul_pieces(&sizes, side);
    p.piece = (int)(ttk_ceil(ttk_ceil(sizes.inner, p.pieces), DEEPEST) * DEEPEST);
    p.a_whole = ttk_whole(a, p.al), p.b_whole = ttk_whole(b, p.bl);
    return p;
}

/* One launch where the inner dimension is whole; else partial results, (pieces, cells) in scratch, and
 * their sum. */
static inline int ttk_in_pieces(ttk_launch_product *launch, float *out, const float *a,
                                const float *b, ttk_product p, unsigned side,
                                float *scratch)
{
    if (p.pieces == 1) return ttk_cover(launch, out, a, b, p, side);
    float *to = out + p.to.offset;
    p.to.offset = 0;
    int error = ttk_cover(launch, scratch, a, b, p, side);
    return error
               ? error
               : TTK(reduce_fast)(TT_OP_ADD, to, scratch, 1, p.pieces, p.cells, 0.0f, NULL);
}

#endif
