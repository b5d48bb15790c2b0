/* The module tree, as far as it is given: building, refusing, finding, printing, calling. */
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module0_operators/module.h"
#include "tests/support/expect.h"

TestSuite(module, .timeout = 20);

static tt_ctx *quiet(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

static tt_module *plain(tt_ctx *c, const char *kind)
{
    return tt_module_new(c, sizeof(tt_module), kind, NULL);
}

/* The error that sticks must be of that kind and say these words; then it is cleared. */
static void expect_error(tt_ctx *c, tt_status status, const char *const *words)
{
    const char *message = tt_error(c);
    cr_assert(message, "expected an error (%s), got none", tt_status_text(status));
    cr_expect(tt_error_status(c) == status, "expected \"%s\", got \"%s\": %s",
              tt_status_text(status), tt_status_text(tt_error_status(c)), message);
    for (; *words; words++)
        cr_expect(strstr(message, *words), "expected \"%s\" in the message: %s", *words,
                  message);
    tt_error_clear(c);
}

#define EXPECT_ERROR(c, status, ...)                                                     \
    expect_error(c, status, (const char *const[]){__VA_ARGS__, NULL})

/* net - p1, body (p2) - deep (p3) */
static tt_module *net_new(tt_ctx *c)
{
    tt_module *net = plain(c, "Net");
    tt_module *body = tt_module_add(net, "body", plain(c, "Body"));
    tt_module *deep = tt_module_add(body, "deep", plain(c, "Deep"));
    tt_module_number(net, "p1", 5);
    tt_module_number(body, "p2", 0.25);
    tt_module_number(deep, "p3", -1.5);
    return net;
}

/* ---- building ---------------------------------------------------------------------- */

Test(module, a_new_module_is_empty_and_training)
{
    tt_ctx *c = quiet();
    tt_module *m = plain(c, "Linear");
    cr_expect(m->training && !m->parent && !m->children && !m->parameters);
    cr_expect_str_eq(m->kind, "Linear");
    cr_expect_str_eq(m->name, "");
    cr_expect(tt_module_count(m) == 0);
    tt_ctx_free(c);
}

Test(module, a_struct_of_ones_own_starts_zeroed)
{
    typedef struct {
        tt_module base;
        double extra[50];
    } own;
    tt_ctx *c = quiet();
    TT_SCOPE (c) memset(tt_alloc(c, 4096), 0xAB, 4096); /* so that old bytes lie about */
    own *m = tt_nn_module(c, own, "Own", NULL);
    for (int i = 0; i < 50; i++) cr_assert(m->extra[i] == 0, "extra[%d]", i);
    cr_expect(!tt_module_new(c, sizeof(tt_module) - 1, "Small", NULL));
    EXPECT_ERROR(c, TT_ERR_VALUE, "tt_module_new", "must begin with");
    tt_ctx_free(c);
}

Test(module, the_callers_name_is_copied)
{
    tt_ctx *c = quiet();
    char kind[] = "Kind", child[] = "child", parameter[] = "w";
    tt_module *m = plain(c, kind), *k = tt_module_add(m, child, plain(c, kind));
    tt_module_number(k, parameter, 1);
    memset(kind, 'x', 4), memset(child, 'x', 5), parameter[0] = 'x';
    cr_expect_str_eq(m->kind, "Kind");
    cr_expect_str_eq(k->name, "child");
    cr_expect_str_eq(k->parameters->name, "w");
    tt_ctx_free(c);
}

Test(module, a_number_can_be_changed_where_it_is_kept)
{
    tt_ctx *c = quiet();
    tt_module *m = plain(c, "M");
    double *x = tt_module_number(m, "x", 3);
    *x = 4;
    tt_parameter *p = tt_find_parameter(m, "x");
    cr_expect(p->value == x && *(double *)p->value == 4);
    cr_expect_str_eq(p->kind->name, "number");
    cr_expect(p->kind->descend(c, p->value, 0.1) == TT_ERR_VALUE);
    EXPECT_ERROR(c, TT_ERR_VALUE, "no gradient");
    cr_expect(*x == 4);
    tt_zero_grad(m); /* numbers have none: nothing happens */
    tt_ctx_free(c);
}

/* ---- names that are refused -------------------------------------------------------- */

Test(module, bad_names_are_refused)
{
    static const struct {
        const char *name, *why;
    } bad[] = {{"", "empty"},
               {NULL, "empty"},
               {"a.b", "dot"},
               {".", "dot"},
               {"p1", "a parameter of that name"},
               {"body", "a child of that name"}};
    tt_ctx *c = quiet();
    tt_module *net = net_new(c);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect(!tt_module_number(net, bad[i].name, 1));
        EXPECT_ERROR(c, TT_ERR_NAME, "tt_module_parameter", "Net", bad[i].why);
        cr_expect(!tt_module_add(net, bad[i].name, plain(c, "M")));
        EXPECT_ERROR(c, TT_ERR_NAME, "tt_module_add", "Net", bad[i].why);
    }
    cr_expect(tt_module_count(net) == 3, "a refused parameter must not be there");
    tt_ctx_free(c);
}

Test(module, a_child_has_one_parent_and_rings_are_refused)
{
    tt_ctx *c = quiet();
    tt_module *net = net_new(c), *other = plain(c, "Other");
    tt_module *body = tt_find_module(net, "body"),
              *deep = tt_find_module(net, "body.deep");
    cr_expect(!tt_module_add(other, "again", body));
    EXPECT_ERROR(c, TT_ERR_NAME, "again", "Body", "\"body\" in a Net");
    cr_expect(!tt_module_add(deep, "up", net));
    EXPECT_ERROR(c, TT_ERR_NAME, "ring");
    cr_expect(!tt_module_add(net, "self", net));
    EXPECT_ERROR(c, TT_ERR_NAME, "ring");
    tt_ctx_free(c);
}

/* ---- who owns what ----------------------------------------------------------------- */

Test(module, a_child_of_a_shorter_scope_is_refused)
{
    tt_ctx *c = quiet();
    tt_module *net = plain(c, "Net");
    TT_SCOPE (c) {
        cr_expect(!tt_module_add(net, "body", plain(c, "Body")));
        EXPECT_ERROR(c, TT_ERR_OWNER, "tt_module_add");
        cr_expect(!tt_module_number(net, "w", 1));
        EXPECT_ERROR(c, TT_ERR_OWNER, "tt_module_parameter");
    }
    cr_expect(tt_module_count(net) == 0, "a walk must not meet what is gone");
    tt_ctx_free(c);
}

Test(module, a_child_of_another_context_is_refused)
{
    tt_ctx *c = quiet(), *other = quiet(), *below = tt_ctx_new(c);
    tt_module *net = plain(c, "Net");
    cr_expect(!tt_module_add(net, "body", plain(other, "Body")));
    EXPECT_ERROR(c, TT_ERR_OWNER, "tt_module_add");
    cr_expect(!tt_module_add(net, "body", plain(below, "Body")));
    EXPECT_ERROR(c, TT_ERR_OWNER, "tt_module_add");
    tt_ctx_free(other);
    tt_ctx_free(c);
}

Test(module, a_child_may_outlive_its_parent)
{
    tt_ctx *c = quiet();
    tt_module *backbone = plain(c, "Backbone");
    tt_module_number(backbone, "w", 1);
    for (int turn = 0; turn < 3; turn++) {
        TT_SCOPE (c) {
            tt_module *net = plain(c, "Net");
            cr_assert(tt_module_add(net, "backbone", backbone), "%s", tt_error(c));
            cr_assert(tt_module_add(net, "head", plain(c, "Head")), "%s", tt_error(c));
            cr_expect(tt_find_parameter(net, "backbone.w") == backbone->parameters);
        }
        cr_expect(!backbone->parent && !backbone->next,
                  "it must forget the parent that is gone");
        cr_expect_str_eq(backbone->name, "");
    }
    tt_ctx *below = tt_ctx_new(c);
    cr_assert(tt_module_add(plain(below, "Net"), "backbone", backbone), "%s",
              tt_error(below));
    tt_ctx_free(below);
    cr_expect(!backbone->parent);
    tt_ctx_free(c);
}

/* In the context above, but in a scope that was opened after the context below was made. */
Test(module, a_child_of_a_later_scope_above_is_refused)
{
    tt_ctx *c = quiet(), *below = tt_ctx_new(c);
    tt_module *net = plain(below, "Net");
    TT_SCOPE (c) {
        cr_expect(!tt_module_add(net, "late", plain(c, "Late")));
        EXPECT_ERROR(below, TT_ERR_OWNER, "late");
    }
    tt_ctx_free(c);
}

Test(module, out_of_memory_is_an_error)
{
    tt_ctx *c = quiet();
    tt_module *net = plain(c, "Net");
    tt_ctx_limit(c, tt_ctx_bytes(c));
    char name[16];
    int n = 0;
    do snprintf(name, sizeof name, "p%d", n++);
    while (n < 1000000 && tt_module_number(net, name, n));
    EXPECT_ERROR(c, TT_ERR_MEMORY, "memory");
    tt_ctx_free(c);
}

/* ---- finding ----------------------------------------------------------------------- */

Test(module, names_are_found_from_any_module)
{
    tt_ctx *c = quiet();
    tt_module *net = net_new(c);
    tt_module *body = tt_find_module(net, "body"),
              *deep = tt_find_module(net, "body.deep");
    cr_assert(body && deep, "%s", tt_error(c));
    cr_expect(deep == tt_find_module(body, "deep") && net == tt_find_module(net, ""));
    cr_expect(tt_find_parameter(net, "p1") == net->parameters);
    cr_expect(tt_find_parameter(net, "body.deep.p3") == deep->parameters);
    cr_expect(tt_find_parameter(body, "deep.p3") == deep->parameters);
    tt_ctx_free(c);
}

Test(module, an_unknown_name_is_an_error_that_lists_the_names)
{
    static const char *const unknown[] = {"p4",   "body.p1",  "body",       "boyd.p2",
                                          "p1.x", "body..p2", ".p1",        "p1.",
                                          "",     "bod.p2",   "body.deep.", NULL};
    tt_ctx *c = quiet();
    tt_module *net = net_new(c);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        cr_expect(!tt_find_parameter(net, unknown[i]), "found \"%s\"", unknown[i]);
        EXPECT_ERROR(c, TT_ERR_NAME, "tt_find_parameter", "Net",
                     "p1, body.p2, body.deep.p3");
    }
    cr_expect(!tt_find_module(net, "body.deeep"));
    EXPECT_ERROR(c, TT_ERR_NAME, "tt_find_module", "\"body.deeep\"", "body, body.deep");
    cr_expect(!tt_find_parameter(plain(c, "Empty"), "w"));
    EXPECT_ERROR(c, TT_ERR_NAME, "none");
    tt_ctx_free(c);
}

Test(module, a_long_list_of_names_is_cut_and_counted)
{
    tt_ctx *c = quiet();
    tt_module *net = plain(c, "Wide"), *at = net;
    for (int i = 0; i < 200; i++) {
        char name[32];
        snprintf(name, sizeof name, "layer_number_%d", i);
        tt_module_number(net, name, i);
        at = tt_module_add(at, "a_child_with_a_long_name", plain(c, "Deep"));
    }
    cr_assert(!tt_error(c), "%s", tt_error(c));
    cr_expect(!tt_find_parameter(net, "bias"));
    EXPECT_ERROR(c, TT_ERR_NAME, "layer_number_0, layer_number_1", " more");
    tt_ctx_free(c);
}

/* ---- printing and calling ---------------------------------------------------------- */

Test(module, the_tree_is_printed_a_line_a_module)
{
    tt_ctx *c = quiet();
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    tt_module *net = net_new(c);
    tt_module_number(net, "p4", 1e-7);
    tt_module_print(out, net);
    tt_module_print(out, NULL);
    fclose(out);
    cr_expect_str_eq(text, "Net  p1 5, p4 1e-07\n"
                           "  body: Body  p2 0.25\n"
                           "    deep: Deep  p3 -1.5\n");
    free(text);
    tt_ctx_free(c);
}

static double twice(const tt_module *self, const double *x)
{
    return 2 * x[0] + (double)self->training;
}

Test(module, forward_is_called_with_the_module)
{
    tt_ctx *c = quiet();
    tt_module *m = plain(c, "Twice");
    m->forward_number = twice;
    tt_expect_close(tt_forward_number(m, (double[]){3}), 7, 0, 0);
    tt_ctx_free(c);
}

Test(module, a_module_without_forward_is_an_error)
{
    tt_ctx *c = quiet();
    tt_module *body = tt_find_module(net_new(c), "body");
    double x = 1;
    cr_expect(isnan(tt_forward_number(body, &x)));
    EXPECT_ERROR(c, TT_ERR_VALUE, "tt_forward_number", "Body \"body\"",
                 "no forward for numbers");
    int tensor = 0; /* never looked at: the module is refused before */
    cr_expect(!tt_forward(c, body, (tt_tensor *)&tensor));
    EXPECT_ERROR(c, TT_ERR_VALUE, "tt_forward", "no forward for tensors");
    tt_scalar *in[1] = {NULL}, *out[1] = {NULL};
    tts_forward(c, body, in, out);
    EXPECT_ERROR(c, TT_ERR_VALUE, "tts_forward", "no forward for scalars");
    tt_ctx_free(c);
}

Test(module, nothing_in_nothing_out)
{
    tt_ctx *c = quiet();
    double x = 1;
    cr_expect(!tt_module_new(NULL, sizeof(tt_module), "M", NULL));
    cr_expect(!tt_module_add(NULL, "a", plain(c, "M")) &&
              !tt_module_add(plain(c, "M"), "a", NULL));
    cr_expect(!tt_module_number(NULL, "x", 1) && !tt_find_parameter(NULL, "x"));
    cr_expect(!tt_find_module(NULL, "x") && !tt_forward(c, NULL, NULL));
    cr_expect(isnan(tt_forward_number(NULL, &x)) && tt_module_count(NULL) == 0);
    tt_train(NULL, true);
    tt_eval(NULL);
    tt_zero_grad(NULL);
    cr_expect(!tt_error(c), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(module, after_an_error_nothing_is_added)
{
    tt_ctx *c = quiet();
    tt_module *net = net_new(c);
    tt_find_parameter(net, "nope");
    cr_expect(!plain(c, "M") && !tt_module_number(net, "late", 1));
    cr_expect(!tt_find_parameter(net, "p1"),
              "operations are quiet until the error is cleared");
    EXPECT_ERROR(c, TT_ERR_NAME, "nope");
    cr_expect(tt_find_parameter(net, "p1") && tt_module_count(net) == 3);
    tt_ctx_free(c);
}

Test(module, without_a_handler_a_mistake_aborts, .signal = SIGABRT)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_find_parameter(net_new(c), "nope");
}

/* ---- buffers ----------------------------------------------------------------------- */

static const tt_parameter_kind *number_kind(tt_module *net)
{
    return net->parameters->kind;
}

Test(module, buffers_have_names_but_are_no_parameters)
{
    tt_ctx *c = quiet();
    tt_module *net = net_new(c), *body = tt_find_module(net, "body");
    double mean = 1.5, steps = 3;
    cr_assert(tt_module_buffer(body, "mean", number_kind(net), &mean));
    cr_assert(tt_module_buffer(net, "steps", number_kind(net), &steps));
    tt_parameter_list list = tt_named_buffers(c, net);
    cr_assert_eq(list.n, 2);
    cr_expect_str_eq(list.at[0].name, "steps", "own before children's");
    cr_expect_str_eq(list.at[1].name, "body.mean");
    cr_expect_eq(list.at[1].parameter->value, &mean);
    cr_expect_eq(tt_module_count(net), 3, "buffers are not counted");
    cr_expect_null(tt_module_buffer(body, "p2", number_kind(net), &mean));
    EXPECT_ERROR(c, TT_ERR_NAME, "tt_module_buffer", "p2", "parameter of that name");
    cr_expect_null(tt_module_parameter(body, "mean", number_kind(net), &mean));
    EXPECT_ERROR(c, TT_ERR_NAME, "tt_module_parameter", "mean", "buffer of that name");
    cr_expect_null(tt_module_add(body, "mean", plain(c, "Other")));
    EXPECT_ERROR(c, TT_ERR_NAME, "tt_module_add", "buffer of that name");
    cr_expect(!tt_module_buffer(NULL, "x", number_kind(net), &mean) && !tt_error(c));
    tt_ctx_free(c);
}
