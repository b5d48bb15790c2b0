/* Modules: a tree of named parameters (Task 0.4).
 *
 * A network is a tree. Each node has a name, parameters, children and a flag "training". The tree
 * gives every parameter one dotted name, in one order: a module's own parameters first, then its
 * children, each in the order they were added.
 *
 *   net                    named parameters:   p1
 *    |- p1                                     a.p2
 *    |- a (p2)                                 b.c.p3
 *    |- b - c (p3)
 *
 * What a parameter's value is, the tree does not know: a number (module 0), a scalar with a
 * derivative (module 1) or a tensor with a gradient (module 2). A `tt_parameter_kind` tells the few
 * things that must be asked of it.
 *
 * A model of one's own is a struct that begins with a tt_module:
 *
 *   Example:
 *     typedef struct { tt_module base; tt_module *fc1, *fc2; } mlp;
 *
 *     static tt_tensor *mlp_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
 *     {
 *         mlp *m = (mlp *)self;
 *         return tt_forward(c, m->fc2, tt_relu(c, tt_forward(c, m->fc1, x)));
 *     }
 *
 *     mlp *m = tt_nn_module(c, mlp, "mlp", mlp_forward);
 *     m->fc1 = tt_nn_linear(c, &m->base, "fc1", 4, 3);
 *     m->fc2 = tt_nn_linear(c, &m->base, "fc2", 3, 2);
 *     tt_module_print(stdout, &m->base);
 *
 * Owner: the context. Source: MiniTorch Task 0.4, minitorch/module.py; torch.nn.Module. Unlike
 * MiniTorch, an unknown name is an error and not a silent None.
 */
#ifndef TT_MODULE0_OPERATORS_MODULE_H
#define TT_MODULE0_OPERATORS_MODULE_H

#include <stdio.h>

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_tensor tt_tensor; /* module 2 says what it is */
typedef struct tt_scalar tt_scalar; /* module 1 */
typedef struct tt_module tt_module;
typedef struct tt_parameter tt_parameter;

/* What a module computes, by the kind of its numbers. A module has at most one of each. */
typedef tt_tensor *tt_forward_fn(tt_ctx *c, tt_module *self, tt_tensor *x);
typedef void tts_forward_fn(tt_ctx *c, tt_module *self, tt_scalar *const *x, tt_scalar **y);
typedef double tt_number_forward_fn(const tt_module *self, const double *x);

/* What the tree, the optimiser and the printer ask of a parameter's value. */
typedef struct tt_parameter_kind {
    const char *name;                   /* "number", "scalar", "tensor" */
    size_t (*count)(const void *value); /* how many numbers it holds */
    void (*zero_grad)(void *value);     /* forget the gradient */
    tt_status (*descend)(tt_ctx *c, void *value, double rate); /* value -= rate * gradient */
    void (*print)(FILE *out, const void *value);               /* "(784,64)" or "0.25" */
} tt_parameter_kind;

/* A named value in the tree. MiniTorch: Parameter. */
struct tt_parameter {
    const char *name; /* own name, without dots */
    const tt_parameter_kind *kind;
    void *value; /* double *, tt_scalar * or tt_tensor *, as kind says */
    tt_parameter *next;
};

struct tt_module {
    tt_header header;
    const char *kind; /* what it is: "Linear" */
    const char *name; /* what its parent calls it; "" for a root */
    tt_module *parent;
    tt_parameter *parameters, **last_parameter; /* in order */
    tt_parameter *buffers, **last_buffer;       /* in order */
    tt_module *children, **last_child, *next;   /* in order */
    bool training;
    tt_forward_fn *forward;
    tts_forward_fn *forward_scalars;
    tt_number_forward_fn *forward_number;
};

/* A new module of `bytes` >= sizeof(tt_module), zeroed, training, with no name and no parent.
 * `kind` is copied. Errors: TT_ERR_MEMORY -> NULL. */
tt_module *tt_module_new(tt_ctx *c, size_t bytes, const char *kind, tt_forward_fn *forward);

/* The same, typed: struct_type must begin with a tt_module. */
#define tt_nn_module(c, struct_type, kind, forward)                                      \
    ((struct_type *)tt_module_new((c), sizeof(struct_type), (kind), (forward)))

/* Hangs child below parent as `name` (copied). Returns child. A child that outlives its parent
 * (made in an outer scope or an ancestor context) is set free when the parent goes.
 * Errors: TT_ERR_NAME (empty, with a dot, or taken in parent by a child or a parameter; child has
 * a parent already, or is above parent), TT_ERR_OWNER (child dies before parent, or the call
 * stands in a scope that ends before parent does) -> NULL. */
tt_module *tt_module_add(tt_module *parent, const char *name, tt_module *child);

/* Adds a parameter; `value` must live as long as m. Returns the parameter.
 * Errors: TT_ERR_NAME (empty, with a dot, or taken in m by a child or a parameter), TT_ERR_OWNER
 * (the call stands in a scope that ends before m does), TT_ERR_MEMORY -> NULL.
 * MiniTorch: add_parameter. */
tt_parameter *tt_module_parameter(tt_module *m, const char *name,
                                  const tt_parameter_kind *kind, void *value);

/* Adds a buffer: a value that belongs to the module and is saved with it, but is not learned, such
 * as the running mean of a batch norm. Optimisers, tt_named_parameters, tt_module_count and
 * tt_zero_grad leave it alone. Names, owner and errors as above. torch: register_buffer. */
tt_parameter *tt_module_buffer(tt_module *m, const char *name,
                               const tt_parameter_kind *kind, void *value);

/* Adds a parameter that is one plain number, starting at x; returns where it is kept. */
double *tt_module_number(tt_module *m, const char *name, double x);

/* Sets `training` on m and on all its descendants; tt_eval(m) is tt_train(m, false).
 * MiniTorch: train, eval (Task 0.4). */
void tt_train(tt_module *m, bool training);
void tt_eval(tt_module *m);

/* A list of parameters with their dotted names, in order. */
typedef struct tt_named_parameter {
    const char *name; /* "b.c.p3" */
    tt_parameter *parameter;
} tt_named_parameter;

typedef struct tt_parameter_list {
    size_t n, room;
    tt_named_parameter *at; /* n items; memory of the context */
} tt_parameter_list;

/* Appends to a list. */
void tt_parameter_list_add(tt_ctx *c, tt_parameter_list *list, const char *name,
                           tt_parameter *p);

/* "a" and "p2" make "a.p2"; "" and "p1" make "p1". Memory of c. */
const char *tt_dotted(tt_ctx *c, const char *prefix, const char *name);

/* Appends the parameters of m and of all its descendants, own before children's, each with its
 * name behind `prefix` ("" at the root). Memory of c. MiniTorch: named_parameters (Task 0.4). */
void tt_collect_parameters(tt_ctx *c, tt_module *m, const char *prefix,
                           tt_parameter_list *list);

/* All parameters of m with their dotted names. Cost: one visit of the tree; memory of c. */
tt_parameter_list tt_named_parameters(tt_ctx *c, tt_module *m);

/* All buffers of m and of its descendants with their dotted names, in the same order. Memory of c.
 * torch: named_buffers. */
tt_parameter_list tt_named_buffers(tt_ctx *c, tt_module *m);

/* How many numbers the parameters of m hold together. */
size_t tt_module_count(const tt_module *m);

/* The parameter, or the module, of that dotted name below m ("" is m itself).
 * Errors: TT_ERR_NAME -> NULL; the message lists the names that there are. */
tt_parameter *tt_find_parameter(tt_module *m, const char *dotted);
tt_module *tt_find_module(tt_module *m, const char *dotted);

/* Computes the module's output: calls its forward. NULL in, NULL out; for numbers, nan out.
 * Errors: TT_ERR_VALUE for a module without that kind of forward, TT_ERR_OWNER for one that c may
 * not use. MiniTorch: __call__. */
tt_tensor *tt_forward(tt_ctx *c, tt_module *m, tt_tensor *x);
void tts_forward(tt_ctx *c, tt_module *m, tt_scalar *const *x, tt_scalar **y);
double tt_forward_number(const tt_module *m, const double *x);

/* Forgets the gradients of all parameters of m. torch: Module.zero_grad. */
void tt_zero_grad(tt_module *m);

/* Prints the tree: a line a module, its parameters with their shapes, children indented by two. */
void tt_module_print(FILE *out, const tt_module *m);

#ifdef __cplusplus
}
#endif
#endif
