/* A graph as lines of text: the result first, what it was made from indented below it. */
#include <stdlib.h>
#include <string.h>

#include "module1_autodiff/expression.h"

/* Deeper than this a tree is wider than a page. */
enum { DEEPEST = 40 };

typedef struct tree {
    FILE *out;
    bool utf8;
    char lead[4 * 3 * DEEPEST + 1]; /* the lines of those above, as they pass by */
    const tt_node **seen; /* inner nodes drawn already; their number is their place */
    size_t count, room;
} tree;

/* The number under which a node was drawn, from 1; 0 when it has not been. */
static size_t number_of(const tree *t, const tt_node *node)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->seen[i] == node) return i + 1;
    return 0;
}

static bool remember(tree *t, const tt_node *node)
{
    if (t->count == t->room) {
        size_t room = t->room > 0 ? 2 * t->room : 16;
        const tt_node **more = realloc(t->seen, room * sizeof *more);
        if (more == NULL) return false;
        t->seen = more;
        t->room = room;
    }
    t->seen[t->count++] = node;
    return true;
}

static void draw_node(tree *t, const tt_node *node)
{
    char value[96];
    node->kind->describe(node, value, sizeof value);
    if (tt_node_is_leaf(node)) {
        if (node->name != NULL) fprintf(t->out, "%s = ", node->name);
        fprintf(t->out, "%s\n", value);
        return;
    }
    fprintf(t->out, "%s = %s", node->kind->function(node), value);
    size_t number = number_of(t, node);
    if (number > 0) fprintf(t->out, "  (see #%zu)\n", number);
    else fprintf(t->out, "  #%zu\n", t->count + 1);
}

static void draw_inputs(tree *t, const tt_node *node, int depth)
{
    if (tt_node_is_leaf(node) || number_of(t, node) > 0 || !remember(t, node)) return;
    size_t length = strlen(t->lead);
    if (depth == DEEPEST) {
        fprintf(t->out, "%s...\n", t->lead);
        return;
    }
    for (int i = 0; i < node->n_inputs; i++) {
        bool last = i + 1 == node->n_inputs;
        const char *corner = t->utf8 ? (last ? "└─ " : "├─ ") : (last ? "`- " : "|- ");
        fprintf(t->out, "%s%s", t->lead, corner);
        draw_node(t, node->inputs[i]);
        strcpy(t->lead + length, last ? "   " : t->utf8 ? "│  " : "|  ");
        draw_inputs(t, node->inputs[i], depth + 1);
        t->lead[length] = '\0';
    }
}

void expression_tree(FILE *out, const tt_node *root, bool utf8)
{
    tree t = {.out = out, .utf8 = utf8};
    draw_node(&t, root);
    draw_inputs(&t, root, 0);
    free(t.seen);
}
