/* Two ways to the same derivative: backward, and asking the function twice (Task 1.1). */
#include <float.h>
#include <math.h>

#include "module1_autodiff/derivative.h"
#include "module1_autodiff/scalar.h"
#include "support/ctx_struct.h"

typedef struct question {
    tt_ctx *c;
    tts_fn *f;
    void *user;
    double largest; /* of |f| where it was asked: its rounding errors are of that order */
} question;

/* f on plain numbers. Nothing stays behind: neither history nor memory. */
static double ask(const double *x, size_t n, void *user)
{
    question *q = user;
    double value = (double)NAN;
    TT_SCOPE (q->c) {
        tt_no_grad(q->c);
        tt_scalar **in = tt_alloc(q->c, n * sizeof(tt_scalar *));
        for (size_t i = 0; in != NULL && i < n; i++) in[i] = tts_num(q->c, x[i]);
        if (in != NULL) value = tts_value(q->f(q->c, in, q->user));
    }
    q->largest = fmax(q->largest, fabs(value));
    return value;
}

/* What the usual mistakes look like. */
static const char *diagnosis(double ratio)
{
    if (!isfinite(ratio)) return "";
    if (fabs(ratio - 2.0) < 1e-3) return ": as if it were counted twice";
    if (fabs(ratio) < 1e-3) return ": as if an edge of the graph were missing";
    if (fabs(ratio + 1.0) < 1e-3) return ": the sign is wrong";
    return "";
}

static bool compare(question *q, const double *x, size_t n, size_t arg, double actual)
{
    double expected = tt_central_difference(ask, q, x, n, arg, TT_EPSILON);
    if (q->c->status != TT_OK) return false;
    double tolerance =
        1e-3 * fabs(expected) + 1e-8 + 64.0 * DBL_EPSILON * q->largest / TT_EPSILON;
    if (fabs(actual - expected) <= tolerance) return true;
    double ratio = actual / expected;
    tti_fail(q->c, TT_ERR_VALUE, "tts_check_derivative",
             "argument %zu at %.17g: backward says %.10g, the central difference %.10g "
             "(allowed difference %.2g), ratio %.4g%s",
             arg, x[arg], actual, expected, tolerance, ratio, diagnosis(ratio));
    return false;
}

/* Runs backward once; d[i] becomes the derivative in argument i. */
static bool backward(question *q, const double *x, size_t n, double *d)
{
    tt_ctx *c = q->c;
    tt_scalar **in = tt_alloc(c, n * sizeof(tt_scalar *));
    for (size_t i = 0; in != NULL && i < n; i++) in[i] = tts_variable(c, x[i], NULL);
    tt_scalar *result = in != NULL ? q->f(c, in, q->user) : NULL;
    if (result == NULL) return false;
    /* A result that depends on no variable is right too: its derivatives are 0. */
    if (result->node.requires_grad && tts_backward(result) != TT_OK) return false;
    for (size_t i = 0; i < n; i++) d[i] = tts_derivative(in[i]);
    return true;
}

bool tts_check_derivative(tt_ctx *c, tts_fn *f, void *user, const double *x, int n)
{
    if (c == NULL || c->status != TT_OK) return false;
    if (n < 1) {
        tti_fail(c, TT_ERR_VALUE, "tts_check_derivative",
                 "%d arguments; at least 1 is needed", n);
        return false;
    }
    question q = {.c = c, .f = f, .user = user};
    bool right = true;
    TT_SCOPE (c) {
        double *d = tt_alloc(c, (size_t)n * sizeof *d);
        right = d != NULL && backward(&q, x, (size_t)n, d);
        for (size_t i = 0; right && i < (size_t)n; i++)
            right = compare(&q, x, (size_t)n, i, d[i]);
    }
    return right;
}
