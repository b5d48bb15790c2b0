/* Shapes, strides, indices: how a box of numbers lies in a row of memory (Tasks 2.1, 2.2).
 *
 * A tensor of shape (2,3) has six cells; memory has one row of six. Strides say how far apart in
 * memory two neighbours of a dimension are, so that
 *
 *   position = offset + sum over d of index[d] * stride[d]
 *
 *   shape (2,3)  strides (3,1)         permuted: shape (3,2)  strides (1,3), same memory
 *     a b c                              a d
 *     d e f      memory: a b c d e f     b e
 *                                        c f
 *
 * Shapes and layouts are small plain structs, passed by value, that go to the GPU unchanged. All
 * strides and offsets count elements, not bytes. Pure functions: no context, nothing allocated.
 * Source: MiniTorch Tasks 2.1 and 2.2, minitorch/tensor_data.py.
 */
#ifndef TT_MODULE2_TENSORS_SHAPE_H
#define TT_MODULE2_TENSORS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Pooling by views needs six dimensions; eight keep a layout small enough for kernel arguments. */
enum { TT_MAX_DIMS = 8, TT_SHAPE_TEXT = 112 };

typedef struct tt_shape {
    int ndim;             /* 0 .. TT_MAX_DIMS; 0 is a single number */
    int dim[TT_MAX_DIMS]; /* sizes, first ndim used; a size of 0 makes an empty tensor */
} tt_shape;

/* TT_SHAPE(2, 3): a shape of 1 to 8 dimensions. TT_SHAPE0: the shape () of a single number.
 * A ninth dimension does not compile. Arguments are evaluated once. */
#ifdef __cplusplus
extern "C++" {
template <class... Size> constexpr tt_shape tti_shape(Size... size)
{
    return tt_shape{static_cast<int>(sizeof...(size)), {static_cast<int>(size)...}};
}
}
#define TT_SHAPE(...) tti_shape(__VA_ARGS__)
#define TT_SHAPE0 tti_shape()
#else
#define TT_SHAPE(...)                                                                    \
    ((tt_shape){(int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), {__VA_ARGS__}})
#define TT_SHAPE0 ((tt_shape){0, {0}})
#endif

/* A shape and where its cells are in memory, in elements. */
typedef struct tt_layout {
    tt_shape shape;
    size_t stride[TT_MAX_DIMS];
    size_t offset; /* position of the cell with index 0, 0, ... */
} tt_layout;

/* ---- shapes ---------------------------------------------------------------------------------- */

/* The number of cells: the product of the sizes; 1 for (), 0 when a size is 0. */
size_t tt_shape_size(tt_shape shape);

/* Same number of dimensions and same sizes. */
bool tt_shape_equal(tt_shape a, tt_shape b);

/* 0 <= ndim <= TT_MAX_DIMS, no negative size, and less than 2^31 cells. */
bool tt_shape_valid(tt_shape shape);

/* Writes "(2,3)", "(5,)" or "()" and returns text. At most TT_SHAPE_TEXT bytes. */
char *tt_shape_text(tt_shape shape, char text[TT_SHAPE_TEXT]);

/* ---- layouts --------------------------------------------------------------------------------- */

/* Row-major, offset 0: the last dimension is adjacent. (4,2,2) has strides (4,2,1). */
tt_layout tt_layout_of(tt_shape shape);

/* Whether the cells lie in row-major order without gaps. Dimensions of size 1 may have any stride;
 * an empty layout is contiguous. (MiniTorch compares strides only and gets these wrong.) */
bool tt_layout_contiguous(const tt_layout *layout);

/* Where a cell is: sum of index[d] * stride[d], without offset.
 * index_to_position([1,2], strides (3,1)) = 5. MiniTorch: index_to_position (Task 2.1). */
size_t tt_index_to_position(const int *index, const size_t *stride, int ndim);

/* The index of the ordinal-th cell, counting with the last dimension fastest:
 * shape (2,3): 0 -> [0,0], 1 -> [0,1], 3 -> [1,0]. Does not depend on strides.
 * Requires ordinal < tt_shape_size(shape). MiniTorch: to_index (Task 2.1). */
void tt_to_index(size_t ordinal, tt_shape shape, int *index);

/* Dimension d of the result is dimension order[d] of `in`; the memory is the same.
 * False when `order` is not a permutation of 0 .. ndim-1. MiniTorch: permute (Task 2.1). */
bool tt_layout_permute(const tt_layout *in, const int *order, tt_layout *out);

/* ---- broadcasting ---------------------------------------------------------------------------- */

/* The shape that two operands stretch to (Task 2.2):
 *   1. a dimension of size 1 stretches to any size;
 *   2. missing dimensions count as size 1;
 *   3. they are added on the left only.
 * (2,3,1) and (7,2,1,5) give (7,2,3,5); (5,2) and (5,) do not fit. False when they do not fit;
 * *out is then untouched. A size of 0 stretches like any other: (1,) and (0,) give (0,).
 * MiniTorch: shape_broadcast. */
bool tt_shape_broadcast(tt_shape a, tt_shape b, tt_shape *out);

/* Which cell of `shape` a cell of the broadcast shape `big` reads: extra dimensions on the left are
 * dropped, dimensions of size 1 read index 0 (Task 2.2). [1,4] in (3,5) reads [0,4] in (1,5), and
 * [4] in (5,). Writes the shape.ndim numbers of index, and no more.
 * MiniTorch: broadcast_index. */
void tt_broadcast_index(const int *big_index, tt_shape big, tt_shape shape, int *index);

/* `in` seen as having shape `big`: stretched dimensions get stride 0. Requires that in's shape
 * broadcasts to big. What backends walk by; nothing is copied. */
tt_layout tt_layout_stretch(const tt_layout *in, tt_shape big);

#ifdef __cplusplus
}
#endif
#endif
