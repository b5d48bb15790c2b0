/* The graph as a picture: each node once, whatever its name. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module1_autodiff/scalar.h"

static tt_ctx *c;

static void start(void)
{
    c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
}

static void stop(void)
{
    tt_ctx_free(c);
}

TestSuite(graph_draw, .init = start, .fini = stop, .timeout = 60);

static char *dot_of(tt_scalar *s)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    tt_graph_dot(out, &s->node);
    fclose(out);
    return text;
}

static int count(const char *text, const char *part)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part)) n++;
    return n;
}

static void expect_count(const char *text, const char *part, int expected)
{
    cr_expect(count(text, part) == expected, "\"%s\": expected %d times, got %d, in\n%s",
              part, expected, count(text, part), text);
}

Test(graph_draw, shared_nodes_are_drawn_once)
{
    tt_scalar *x = tts_variable(c, 3, "x"), *square = tts_mul(c, x, x);
    char *text = dot_of(tts_add(c, square, tts_log(c, square)));
    expect_count(text, "shape=ellipse", 4); /* x, square, log, add */
    expect_count(text, "shape=box", 3);
    expect_count(text, "label=\"mul\"", 1);
    expect_count(text, " -> ", 3 + 5); /* a result for each function; 2 + 1 + 2 operands */
    free(text);
}

Test(graph_draw, constants_and_argument_numbers_are_shown)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    char *text = dot_of(tts_add(c, x, tts_num(c, 7)));
    expect_count(text, "label=\"7\"", 1);
    expect_count(text, "[label=\"1\"]", 1);
    expect_count(text, "[label=\"2\"]", 1);
    free(text);
}

Test(graph_draw, the_same_graph_gives_the_same_text)
{
    tt_scalar *x = tts_variable(c, 3, "x"), *y = tts_mul(c, x, tts_exp(c, x));
    char *first = dot_of(y);
    tts_backward(y);
    tts_zero_grad(x);
    char *second = dot_of(y);
    cr_expect(strcmp(first, second) == 0, "expected\n%sgot\n%s", first, second);
    cr_expect(tts_backward(y) == TT_OK, "backward still works after drawing");
    free(first);
    free(second);
}

Test(graph_draw, names_cannot_break_the_text)
{
    tt_scalar *x = tts_variable(c, 3, "a\"]; evil [label=\"\\\n");
    char *text = dot_of(tts_neg(c, x));
    expect_count(text, "a\\\"]; evil [label=\\\"\\\\\\n", 1);
    free(text);
}

Test(graph_draw, long_chains_are_drawn_without_recursion)
{
    tt_scalar *x = tts_variable(c, 1, "x"), *y = x;
    for (int i = 0; i < 200000; i++) y = tts_neg(c, y);
    cr_expect(tt_graph_count(&y->node) == 200001, "got %zu", tt_graph_count(&y->node));
    cr_expect(tt_graph_count(NULL) == 0);
}

Test(graph_draw, files)
{
    char folder[] = "/tmp/tt_graph_XXXXXX", path[64];
    cr_assert(mkdtemp(folder) != NULL);
    tt_scalar *y = tts_neg(c, tts_variable(c, 3, "x"));

    snprintf(path, sizeof path, "%s/g.dot", folder);
    cr_expect(tt_graph_write(c, &y->node, path) == TT_OK, "%s", tt_error(c));
    cr_expect(access(path, R_OK) == 0, "%s was not written", path);
    unlink(path);

    snprintf(path, sizeof path, "%s/g.png", folder);
    cr_expect(tt_graph_write(c, &y->node, path) == TT_ERR_VALUE,
              "an ending that is not known");
    cr_expect(tt_error(c) && strstr(tt_error(c), ".svg"), "got: %s", tt_error(c));
    tt_error_clear(c);

    snprintf(path, sizeof path, "%s/missing/g.dot", folder);
    cr_expect(tt_graph_write(c, &y->node, path) == TT_ERR_FILE,
              "a folder that is not there");
    tt_error_clear(c);

    cr_expect(tt_graph_write(c, NULL, path) != TT_OK && !tt_error(c), "NULL is quiet");
    rmdir(folder);
}

/* With Graphviz a picture; without it a sentence that says what to install, and no file. */
Test(graph_draw, svg_with_and_without_graphviz)
{
    char folder[] = "/tmp/tt_graph_XXXXXX", path[64], line[256] = "";
    cr_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/g.svg", folder);
    tt_scalar *y = tts_neg(c, tts_variable(c, 3, "x"));
    if (tt_graph_write(c, &y->node, path) == TT_OK) {
        FILE *in = fopen(path, "r");
        cr_assert(in != NULL && fgets(line, sizeof line, in) != NULL);
        fclose(in);
        cr_expect(strncmp(line, "<?xml", 5) == 0, "expected an SVG, got: %s", line);
        unlink(path);
    }
    tt_error_clear(c);
    setenv("PATH", "/nowhere", 1);
    cr_expect(tt_graph_write(c, &y->node, path) == TT_ERR_FILE, "without Graphviz");
    cr_expect(tt_error(c) && strstr(tt_error(c), "install"), "got: %s", tt_error(c));
    cr_expect(access(path, F_OK) != 0, "half a file was left");
    rmdir(folder);
}
