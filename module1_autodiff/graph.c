#include "module1_autodiff/graph.h"

#include "support/ctx_struct.h"

const char *tt_node_label(const tt_node *node)
{
    if (node->name != NULL) return node->name;
    if (!tt_node_is_leaf(node)) return node->kind->function(node);
    return node->requires_grad ? "variable" : "constant";
}

uint32_t tt_walk_begin(tt_node *root)
{
    tt_ctx *tree = root->header.ctx->root;
    if (++tree->visit == 0) tree->visit = 1; /* 0 is what a new node carries */
    return tree->visit;
}

/* Depth first, and a node is finished when all its inputs are. So inputs finish before their users,
 * and pushing every finished node on the front of a list leaves users before inputs.
 *
 * A recursive walk would keep "where was I?" on the call stack and overflow it on a long chain. Here
 * a node that is being walked keeps its way back to its user in ->next, which is free until the node
 * is finished, and its place among its inputs in ->cursor. Both hold what the last walk left
 * there: write before you read.
 * Ref: Schorr and Waite 1967; Cormen et al., "Introduction to algorithms", topological sort. */
tt_node *tt_topological_sort(tt_node *root)
{
    // BEGIN SOLUTION 1.4
    if (tt_node_is_constant(root)) return NULL;
    uint32_t now = tt_walk_begin(root);
    tt_node *finished = NULL, *node = root;
    unsigned i = 0; /* the input of node to look at next */
    root->visit = now;
    root->next = NULL;
    while (node != NULL) {
        if (i < node->n_inputs) {
            tt_node *input = node->inputs[i++];
            if (input->visit == now || tt_node_is_constant(input)) continue;
            node->cursor = (uint8_t)i;
            input->visit = now;
            input->next = node; /* the way back */
            node = input;
            i = 0;
        } else {
            tt_node *user = node->next;
            node->next = finished;
            finished = node;
            node = user;
            if (node != NULL) i = node->cursor;
        }
    }
    return finished;
    // END SOLUTION
}

tt_status tt_backpropagate(tt_node *root)
{
    // BEGIN SOLUTION 1.4
    for (tt_node *node = tt_topological_sort(root); node != NULL; node = node->next) {
        if (tt_node_is_leaf(node)) continue; /* its derivative stays where it is */
        tt_status status = node->kind->propagate(node);
        if (status != TT_OK) return status;
    }
    return TT_OK;
    // END SOLUTION
}
