/* The computation graph, and going through it backwards (Task 1.4).
 *
 * Every result remembers which function made it from which inputs; so results form a graph without
 * cycles. Scalars (this module) and tensors (module 2) both begin with a tt_node, and this file is
 * the one engine for both.
 *
 *      x    y                 a node      a value: leaf, or made by a function
 *       \  / \                inputs      what it was made from
 *        mul  \               leaf        no inputs: a parameter or a constant
 *         \   exp
 *          \  /               topological order (outputs first): add, exp, mul, y, x
 *          add
 *
 * Backpropagation takes the nodes in topological order, so that a node's derivative is complete,
 * the sum over all its users, before it is passed on. No recursion: a chain of a million nodes is
 * no deeper a stack than one of ten. No allocation: the order is a list through the nodes.
 * Source: MiniTorch Task 1.4, autodiff.py.
 */
#ifndef TT_MODULE1_AUTODIFF_GRAPH_H
#define TT_MODULE1_AUTODIFF_GRAPH_H

#include <stdio.h>

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_node tt_node;

/* What the engine asks of a node: one table for scalars, one for tensors. */
typedef struct tt_node_kind {
    const char *name; /* "scalar", "tensor" */

    /* The chain rule for one inner node whose derivative is complete: adds its share to the
     * derivative of every input that requires one, and forgets its own. Not for leaves, which keep
     * theirs. */
    tt_status (*propagate)(tt_node *node);

    /* The function that made an inner node: "mul". */
    const char *(*function)(const tt_node *node);

    /* One line on the value for drawings: "2.5" or "(2,3)". */
    void (*describe)(const tt_node *node, char *text, size_t room);
} tt_node_kind;

/* What scalars and tensors have in common: 64 bytes, one cache line. */
struct tt_node {
    tt_header header;         /* owner and place */
    const tt_node_kind *kind; /* scalar or tensor */
    const char *name;         /* the user's name for it, or NULL */
    tt_node **inputs;         /* n_inputs nodes; NULL for a leaf */
    tt_node *next;            /* the order, while one is being walked */
    uint32_t visit;           /* number of the last walk that met it */
    uint8_t n_inputs;         /* at most TT_MAX_INPUTS */
    uint8_t cursor;           /* next input to look at, during a walk; else stale */
    bool requires_grad; /* a derivative is wanted of it, or of something it was made from */
    bool spare;
};

enum { TT_MAX_INPUTS = 255 };

/* A leaf has no history: it was not made by a function. MiniTorch: is_leaf. */
static inline bool tt_node_is_leaf(const tt_node *node)
{
    return node->n_inputs == 0;
}

/* A constant: no derivative is wanted of it. MiniTorch: is_constant. */
static inline bool tt_node_is_constant(const tt_node *node)
{
    return !node->requires_grad;
}

/* What to call a node in a message: its name, else the function that made it, else "variable" or
 * "constant". */
const char *tt_node_label(const tt_node *node);

/* The number of a new walk through the graph of root: no node carries it in ->visit yet, so a node
 * that carries it has been met by this walk. Never 0, which new nodes carry. */
uint32_t tt_walk_begin(tt_node *root);

/* The nodes that `root` depends on and that require a derivative, root included, each once, none
 * before all of its users; constants are left out. Returns the first (root), and the others by
 * ->next up to NULL; NULL for a constant root. The list holds until the next walk.
 * Cost: every edge is looked at once; no memory. MiniTorch: topological_sort (Task 1.4). */
tt_node *tt_topological_sort(tt_node *root);

/* Backpropagation: applies the chain rule, node->kind->propagate, to every inner node in topological
 * order, so that each leaf that requires it has its derivative added. Leaves have nothing to pass
 * on. The caller has seeded root's own derivative. Returns TT_OK, or the first status of a propagate
 * that is not; then it goes no further, and the derivatives below root mean nothing.
 * Cost: one chain rule a node. MiniTorch: backpropagate (Task 1.4). */
tt_status tt_backpropagate(tt_node *root);

/* ---- pictures (graph_draw.c) ----------------------------------------------------------------- */

/* Writes the graph below root in Graphviz' DOT language: values as ellipses, functions as boxes,
 * edges numbered by argument; a shared node is drawn once. */
void tt_graph_dot(FILE *out, tt_node *root);

/* The same as an SVG, drawn by Graphviz' `dot`; out is a file on disk, such as tmpfile's.
 * Errors: TT_ERR_FILE (with a word on what to install), TT_ERR_VALUE (more nodes than a drawing can
 * show; NULL, quietly). */
tt_status tt_graph_svg(tt_ctx *c, tt_node *root, FILE *out);

/* How many nodes there are below root, root and constants included. */
size_t tt_graph_count(tt_node *root);

/* Writes the graph to a file: `.dot` (or `.gv`), or `.svg` drawn by Graphviz' `dot` where it is
 * installed; without it a word on what to install.
 * Errors: TT_ERR_FILE; TT_ERR_VALUE for another ending, or for more nodes in a .svg than a drawing
 * can show. NULL is quiet (TT_ERR_VALUE). */
tt_status tt_graph_write(tt_ctx *c, tt_node *root, const char *path);

#ifdef __cplusplus
}
#endif
#endif
