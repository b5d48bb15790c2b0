/* The graph as a picture. Unlike the order of Task 1.4 this walk meets the constants too, and it
 * must work before that task is done. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module1_autodiff/graph.h"
#include "support/ctx_struct.h"
#include "support/file.h"

extern char **environ;

/* Above this, Graphviz takes minutes and the picture shows nothing. */
enum { MOST_IN_SVG = 4000 };

/* ---- finding and numbering the nodes --------------------------------------------------------- */

/* All nodes below root, inputs before users, listed by ->next. Each node's ->visit becomes the
 * walk's number plus the node's own, so that a node knows its number without memory. */
typedef struct walk {
    tt_node *first;
    uint32_t base;  /* a node's number is ->visit - base: 1, 2, 3, ... */
    uint32_t count; /* how many */
} walk;

static uint32_t number_of(const walk *w, const tt_node *node)
{
    return node->visit - w->base;
}

static bool is_met(const walk *w, const tt_node *node)
{
    uint32_t n = number_of(w, node);
    return n >= 1 && n <= w->count;
}

/* Depth first as in tt_topological_sort; finished nodes go to the end of the list. */
static walk walk_all(tt_node *root)
{
    walk w = {.base = tt_walk_begin(root) - 1};
    tt_node **end = &w.first, *node = root;
    unsigned i = 0;
    root->visit = w.base + ++w.count;
    root->next = NULL;
    while (node != NULL) {
        if (i < node->n_inputs) {
            tt_node *input = node->inputs[i++];
            if (is_met(&w, input)) continue;
            node->cursor = (uint8_t)i;
            input->visit = w.base + ++w.count;
            input->next = node;
            node = input;
            i = 0;
        } else {
            tt_node *user = node->next;
            node->next = NULL;
            *end = node;
            end = &node->next;
            node = user;
            if (node != NULL) i = node->cursor;
        }
    }
    root->header.ctx->root->visit = w.base + w.count; /* these numbers are used up */
    return w;
}

/* ---- DOT ------------------------------------------------------------------------------------- */

/* Names are the user's: quotes, backslashes and line ends must not end the label. */
static void quote(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' || *text == '\r') fputs("\\n", out);
        else if (*text == '"' || *text == '\\') fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text >= ' ') fputc(*text, out);
    }
}

static void dot_value(FILE *out, const walk *w, const tt_node *node)
{
    char value[96];
    node->kind->describe(node, value, sizeof value);
    fprintf(out, "  v%u [shape=ellipse", (unsigned)number_of(w, node));
    if (tt_node_is_leaf(node))
        fprintf(out, ", style=filled, fillcolor=\"%s\"",
                node->requires_grad ? "#cfe8ff" : "#eeeeee");
    fputs(", label=\"", out);
    if (node->name != NULL) {
        quote(out, node->name);
        fputs("\\n", out);
    }
    quote(out, value);
    fputs("\"];\n", out);
}

static void dot_function(FILE *out, const walk *w, const tt_node *node)
{
    unsigned n = (unsigned)number_of(w, node);
    fprintf(out, "  f%u [shape=box, label=\"", n);
    quote(out, node->kind->function(node));
    fprintf(out, "\"];\n  f%u -> v%u;\n", n, n);
    for (unsigned i = 0; i < node->n_inputs; i++)
        fprintf(out, "  v%u -> f%u [label=\"%u\"];\n",
                (unsigned)number_of(w, node->inputs[i]), n, i + 1);
}

static void dot_walk(FILE *out, const walk *w)
{
    fputs("digraph tinytorch {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n", out);
    for (const tt_node *node = w->first; node != NULL; node = node->next) {
        dot_value(out, w, node);
        if (!tt_node_is_leaf(node)) dot_function(out, w, node);
    }
    fputs("}\n", out);
}

void tt_graph_dot(FILE *out, tt_node *root)
{
    if (root == NULL) return;
    walk w = walk_all(root);
    dot_walk(out, &w);
}

size_t tt_graph_count(tt_node *root)
{
    return root != NULL ? walk_all(root).count : 0;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Runs `dot -Tsvg` with these files as its input and output. Returns 0, or an errno value, or -1
 * when it ran and failed. */
static int graphviz(int in, int out)
{
    char *const argv[] = {(char *)"dot", (char *)"-Tsvg", NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    pid_t child = 0;
    if (error == 0) error = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return error;
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* Draws w as SVG into out. The DOT text goes through a file without a name: a pipe would have to be
 * written and read at once. */
static tt_status draw_svg(tt_ctx *c, const walk *w, FILE *out)
{
    if (w->count > MOST_IN_SVG)
        return tti_fail_status(
            c, TT_ERR_VALUE, "tt_graph_write",
            "the graph has %u nodes and a drawing of more than %d shows "
            "nothing; write a .dot, or draw a smaller graph",
            (unsigned)w->count, MOST_IN_SVG);
    FILE *text = tmpfile();
    if (text == NULL)
        return tti_fail_status(c, TT_ERR_FILE, "tt_graph_write", "a temporary file: %s",
                               strerror(errno));
    dot_walk(text, w);
    rewind(text); /* flushes, and takes the child to the beginning */
    fflush(out);
    int error = graphviz(fileno(text), fileno(out));
    fclose(text);
    if (error == 0) return TT_OK;
    if (error == ENOENT)
        return tti_fail_status(
            c, TT_ERR_FILE, "tt_graph_write",
            "Graphviz is not installed (its program dot draws the SVG): "
            "install it (Debian: apt install graphviz) or write a .dot");
    return tti_fail_status(c, TT_ERR_FILE, "tt_graph_write", "Graphviz' dot failed%s%s",
                           error > 0 ? ": " : "", error > 0 ? strerror(error) : "");
}

tt_status tt_graph_svg(tt_ctx *c, tt_node *root, FILE *out)
{
    if (c == NULL || root == NULL || out == NULL) return TT_ERR_VALUE;
    if (c->status != TT_OK) return c->status;
    walk w = walk_all(root);
    return draw_svg(c, &w, out);
}

static bool ends_in(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

tt_status tt_graph_write(tt_ctx *c, tt_node *root, const char *path)
{
    if (c == NULL || root == NULL || path == NULL) return TT_ERR_VALUE;
    if (c->status != TT_OK) return c->status;
    bool svg = ends_in(path, ".svg");
    if (!svg && !ends_in(path, ".dot") && !ends_in(path, ".gv"))
        return tti_fail_status(
            c, TT_ERR_VALUE, "tt_graph_write",
            "%s: the name must end in .dot (text for Graphviz) or .svg", path);
    tt_file_writer *w = tt_file_write_begin(c, path);
    if (w == NULL) return c->status;
    walk all = walk_all(root);
    if (svg && draw_svg(c, &all, w->out) != TT_OK) {
        tt_file_write_cancel(w);
        return c->status;
    }
    if (!svg) dot_walk(w->out, &all);
    return tt_file_write_commit(w);
}
