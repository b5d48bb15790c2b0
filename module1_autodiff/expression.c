/* A recursive-descent parser that computes as it reads: see expression.h. */
#include "module1_autodiff/expression.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "support/cli.h"

/* A text being read. The first mistake is kept; from then on everything answers NULL. */
typedef struct reader {
    tt_ctx *c;
    const char *text, *at;
    expression_variables *variables;
    expression_error *error;
    bool failed;
    int nesting;
} reader;

static tt_scalar *read_expression(reader *r);

/* ---- mistakes -------------------------------------------------------------------------------- */

TT_PRINTF(3, 4)
static tt_scalar *fail(reader *r, const char *where, const char *format, ...)
{
    if (r->failed) return NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(r->error->message, sizeof r->error->message, format, args);
    va_end(args);
    r->error->position = (size_t)(where - r->text);
    r->failed = true;
    return NULL;
}

/* The value that an operator or function at `where` made; without one, the context says why. */
static tt_scalar *made(reader *r, const char *where, tt_scalar *result)
{
    if (result == NULL && !r->failed && tt_error(r->c) != NULL)
        return fail(r, where, "%s", tt_error(r->c));
    return result;
}

void expression_complain(FILE *out, const char *text, const expression_error *error)
{
    fprintf(out, "%s\n%*s^\n%s\n", text, (int)error->position, "", error->message);
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool begins_name(char ch)
{
    return isalpha((unsigned char)ch) || ch == '_';
}

static bool in_name(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_';
}

static void skip_blanks(reader *r)
{
    while (isspace((unsigned char)*r->at)) r->at++;
}

/* Takes `word` if it comes next. */
static bool take(reader *r, const char *word)
{
    skip_blanks(r);
    size_t n = strlen(word);
    if (strncmp(r->at, word, n) != 0) return false;
    r->at += n;
    return true;
}

static size_t name_length(const char *text)
{
    size_t n = 0;
    while (in_name(text[n])) n++;
    return n;
}

/* How many characters a number takes: digits, a point, an exponent; not "inf", "nan" or "0x10". */
static size_t number_length(const char *text)
{
    size_t n = 0;
    while (isdigit((unsigned char)text[n]) || text[n] == '.') n++;
    if (n == 0 || (text[n] != 'e' && text[n] != 'E')) return n;
    size_t exponent = n + 1;
    if (text[exponent] == '+' || text[exponent] == '-') exponent++;
    if (!isdigit((unsigned char)text[exponent])) return n;
    while (isdigit((unsigned char)text[exponent])) exponent++;
    return exponent;
}

/* ---- atoms ----------------------------------------------------------------------------------- */

static tt_scalar *read_number(reader *r)
{
    const char *start = r->at;
    size_t n = number_length(start);
    char word[64];
    double value = 0;
    if (n < sizeof word) {
        memcpy(word, start, n);
        word[n] = '\0';
    }
    if (n >= sizeof word || !tt_cli_number(word, &value))
        return fail(r, start, "%.*s is not a number that a double can hold",
                    (int)(n < 40 ? n : 40), start);
    r->at += n;
    return tts_num(r->c, value);
}

typedef tt_scalar *function1(tt_ctx *c, tt_scalar *a);

static const struct {
    const char *name;
    function1 *function;
} functions[] = {{"log", tts_log},   {"exp", tts_exp}, {"sigmoid", tts_sigmoid},
                 {"relu", tts_relu}, {"inv", tts_inv}, {"neg", tts_neg}};

enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static function1 *function_called(const char *name, size_t n)
{
    for (int i = 0; i < FUNCTIONS; i++)
        if (strlen(functions[i].name) == n && memcmp(functions[i].name, name, n) == 0)
            return functions[i].function;
    return NULL;
}

static struct expression_variable *variable_called(expression_variables *v,
                                                   const char *name, size_t n)
{
    for (int i = 0; i < v->count; i++)
        if (strlen(v->at[i].name) == n && memcmp(v->at[i].name, name, n) == 0)
            return &v->at[i];
    return NULL;
}

static tt_scalar *read_call(reader *r, function1 *function, const char *start, size_t n)
{
    if (!take(r, "("))
        return fail(r, r->at, "%.*s is a function: write %.*s(...)", (int)n, start,
                    (int)n, start);
    tt_scalar *argument = read_expression(r);
    if (argument == NULL) return NULL;
    if (!take(r, ")"))
        return fail(r, r->at, "expected ) here, after the argument of %.*s", (int)n, start);
    return made(r, start, function(r->c, argument));
}

static tt_scalar *read_name(reader *r)
{
    const char *start = r->at;
    size_t n = name_length(start);
    r->at += n;
    function1 *function = function_called(start, n);
    if (function != NULL) return read_call(r, function, start, n);
    skip_blanks(r);
    if (*r->at == '(')
        return fail(
            r, start,
            "there is no function %.*s; there are log, exp, sigmoid, relu, inv, neg",
            (int)n, start);
    struct expression_variable *v = variable_called(r->variables, start, n);
    if (v == NULL)
        return fail(r, start, "the variable %.*s has no value; give it one: --at %.*s=1",
                    (int)n, start, (int)n, start);
    if (v->scalar == NULL) v->scalar = tts_variable(r->c, v->value, v->name);
    return v->scalar;
}

static tt_scalar *read_atom(reader *r)
{
    skip_blanks(r);
    const char *start = r->at;
    if (isdigit((unsigned char)*start) || *start == '.') return read_number(r);
    if (begins_name(*start)) return read_name(r);
    if (*start == '\0')
        return fail(r, start, "the expression ends where a value is expected");
    if (!take(r, "(")) return fail(r, start, "expected a number, a name or ( here");
    tt_scalar *inner = read_expression(r);
    if (inner != NULL && !take(r, ")")) return fail(r, r->at, "expected ) here");
    return inner;
}

/* ---- operators ------------------------------------------------------------------------------- */

static tt_scalar *read_unary(reader *r)
{
    skip_blanks(r);
    const char *where = r->at;
    if (++r->nesting > EXPRESSION_NESTING)
        return fail(r, where, "nested more than %d deep", EXPRESSION_NESTING);
    tt_scalar *result = NULL;
    if (take(r, "-")) {
        tt_scalar *operand = read_unary(r);
        if (operand != NULL) result = made(r, where, tts_neg(r->c, operand));
    } else {
        result = read_atom(r);
    }
    r->nesting--;
    return result;
}

static tt_scalar *read_product(reader *r)
{
    tt_scalar *left = read_unary(r);
    while (left != NULL) {
        skip_blanks(r);
        const char *where = r->at;
        bool times = take(r, "*"), over = !times && take(r, "/");
        if (!times && !over) break;
        tt_scalar *right = read_unary(r);
        if (right == NULL) return NULL;
        left = made(r, where,
                    times ? tts_mul(r->c, left, right) : tts_div(r->c, left, right));
    }
    return left;
}

static tt_scalar *read_sum(reader *r)
{
    tt_scalar *left = read_product(r);
    while (left != NULL) {
        skip_blanks(r);
        const char *where = r->at;
        bool plus = take(r, "+"), minus = !plus && take(r, "-");
        if (!plus && !minus) break;
        tt_scalar *right = read_product(r);
        if (right == NULL) return NULL;
        left =
            made(r, where, plus ? tts_add(r->c, left, right) : tts_sub(r->c, left, right));
    }
    return left;
}

static tt_scalar *read_expression(reader *r)
{
    tt_scalar *left = read_sum(r);
    if (left == NULL) return NULL;
    skip_blanks(r);
    const char *where = r->at;
    bool less = take(r, "<"), greater = !less && take(r, ">");
    bool equal = !less && !greater && take(r, "==");
    if (!less && !greater && !equal) return left;
    tt_scalar *right = read_sum(r);
    if (right == NULL) return NULL;
    if (less) return made(r, where, tts_lt(r->c, left, right));
    if (greater) return made(r, where, tts_gt(r->c, left, right));
    return made(r, where, tts_eq(r->c, left, right));
}

tt_scalar *expression_parse(tt_ctx *c, const char *text, expression_variables *v,
                            expression_error *error)
{
    reader r = {.c = c, .text = text, .at = text, .variables = v, .error = error};
    tt_scalar *result = read_expression(&r);
    if (result == NULL) return made(&r, r.at, NULL);
    skip_blanks(&r);
    if (*r.at != '\0')
        return fail(&r, r.at, "expected an operator here (+ - * / < > ==)");
    return result;
}

/* ---- --at ------------------------------------------------------------------------------------ */

/* One "name=number" that ends at a comma or at the end of the text. */
static bool read_assignment(reader *r)
{
    skip_blanks(r);
    const char *start = r->at;
    size_t n = name_length(start);
    if (!begins_name(*start) || n >= EXPRESSION_NAME)
        return fail(
            r, start,
            "expected name=number, for example x=1 (names have at most %d letters)",
            EXPRESSION_NAME - 1);
    if (function_called(start, n) != NULL)
        return fail(r, start, "%.*s is a function and cannot be a variable", (int)n, start);
    if (variable_called(r->variables, start, n) != NULL)
        return fail(r, start, "%.*s has a value already", (int)n, start);
    if (r->variables->count == EXPRESSION_VARIABLES)
        return fail(r, start, "at most %d variables", EXPRESSION_VARIABLES);
    r->at += n;
    if (!take(r, "=")) return fail(r, r->at, "expected = here");
    skip_blanks(r);
    char number[64];
    size_t length = strcspn(r->at, ", \t");
    struct expression_variable *v = &r->variables->at[r->variables->count];
    *v = (struct expression_variable){.scalar = NULL};
    if (length >= sizeof number) return fail(r, r->at, "too long for a number");
    memcpy(number, r->at, length);
    number[length] = '\0';
    if (!tt_cli_number(number, &v->value))
        return fail(r, r->at, "\"%s\" is not a number", number);
    r->at += length;
    memcpy(v->name, start, n);
    r->variables->count++;
    return true;
}

bool expression_at(expression_variables *v, const char *text, expression_error *error)
{
    reader r = {.text = text, .at = text, .variables = v, .error = error};
    do {
        if (!read_assignment(&r)) return false;
    } while (take(&r, ","));
    skip_blanks(&r);
    if (*r.at != '\0') fail(&r, r.at, "expected a comma here, or the end");
    return !r.failed;
}
