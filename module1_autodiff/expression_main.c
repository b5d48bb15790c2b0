/* expression: the value and the derivatives of an expression, and its graph (Tasks 1.2 to 1.4).
 *
 *   bazel run //module1_autodiff:expression -- 'x*x*y + 10*x' --at x=1,y=2
 */
#include <math.h>
#include <stdio.h>

#include "module1_autodiff/expression.h"
#include "support/cli.h"
#include "support/file.h"
#include "support/json.h"
#include "support/terminal.h"

static const char *read_options(tt_options *o, expression_variables *v, int argc,
                                char **argv)
{
    const char *at = NULL;
    const tt_cli_option more[] = {{.name = "at",
                                   .placeholder = "x=1,y=2",
                                   .kind = TT_CLI_TEXT,
                                   .value = &at,
                                   .help = "the variables' values",
                                   .example = "x=1,y=2"},
                                  {0}};
    tt_cli_parse(
        &(tt_cli){
            .purpose =
                "Prints the value and the derivatives of an expression, and draws the "
                "graph that they were computed on. Operators: + - * / < > ==, "
                "functions: log exp sigmoid relu inv neg.",
            .examples = "expression 'x*x*y + 10*x' --at x=1,y=2\n"
                        "expression 'log(sigmoid(3*x - 1))' --at x=0.2 --graph g.svg\n"
                        "expression --at x=2 -- '-x*x'",
            .takes = TT_CLI_GRAPH,
            .more = more,
            .arguments = "EXPRESSION",
            .fewest = 1,
            .most = 1},
        o, argc, argv);
    expression_error error;
    if (at != NULL && !expression_at(v, at, &error)) {
        fprintf(stderr, "expression: in --at:\n");
        expression_complain(stderr, at, &error);
        tt_cli_refuse("--at %s cannot be read", at);
    }
    return o->arguments[0];
}

/* 0 for a variable that does not occur. */
static double derivative_of(const struct expression_variable *v)
{
    return v->scalar != NULL ? tts_derivative(v->scalar) : 0.0;
}

static void print_json(const char *text, const tt_scalar *result,
                       const expression_variables *v)
{
    tt_json *j = tt_json_event("end");
    tt_json_text(j, "expression", text);
    tt_json_number(j, "value", tts_value(result));
    for (int i = 0; i < v->count; i++) {
        tt_json *one = tt_json_new();
        tt_json_text(one, "name", v->at[i].name);
        tt_json_number(one, "value", v->at[i].value);
        tt_json_number(one, "derivative", derivative_of(&v->at[i]));
        tt_json_append(j, "variables", one);
    }
    tt_json_print(j, stdout);
}

static void print_text(const char *text, const tt_scalar *result,
                       const expression_variables *v, bool with_tree)
{
    printf("%s = %.10g\n", text, tts_value(result));
    for (int i = 0; i < v->count; i++) {
        const struct expression_variable *one = &v->at[i];
        if (one->scalar != NULL)
            printf("d/d%s = %.10g   at %s = %.10g\n", one->name,
                   tts_derivative(one->scalar), one->name, one->value);
        else printf("d/d%s = 0   (%s does not occur)\n", one->name, one->name);
    }
    if (!with_tree) return;
    putchar('\n');
    expression_tree(stdout, &result->node, tt_terminal_of(stdout).utf8);
}

int main(int argc, char **argv)
{
    tt_options o = {0};
    expression_variables v = {.count = 0};
    const char *text = read_options(&o, &v, argc, argv);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    expression_error error;
    tt_scalar *result = expression_parse(c, text, &v, &error);
    if (result == NULL) {
        expression_complain(stderr, text, &error);
        tt_ctx_free(c);
        return 1;
    }
    /* Without variables there is nothing to go backwards to, and the value is all there is. */
    if (result->node.requires_grad && tts_backward(result) != TT_OK) return tt_exit(c);
    if (o.json) print_json(text, result, &v);
    else print_text(text, result, &v, !o.quiet);
    if (o.graph != NULL && tt_graph_write(c, &result->node, o.graph) == TT_OK && !o.json)
        printf("wrote %s\n", tt_path_absolute(c, o.graph));
    return tt_exit(c);
}
