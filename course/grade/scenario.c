/* The main function of every scenario:  worker SEED CASE  runs one case;  worker --list  names all.
 */
#include "course/grade/scenario.h"

#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "course/grade/record.h"
#include "support/random.h"

tt_ctx *scenario_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* ---- inputs ---------------------------------------------------------------------------------- */

/* A stream of its own for each case, apart from those that the library draws from. */
static tt_rng rng_of(const scenario *s)
{
    return tt_rng_of(s->seed, 1000u + s->case_number);
}

double draw(scenario *s, double low, double high)
{
    uint64_t high_bits = tt_rng_bits(rng_of(s), s->drawn++);
    uint64_t low_bits = tt_rng_bits(rng_of(s), s->drawn++);
    double u = (double)((high_bits << 21) ^ (low_bits >> 11)) * 0x1p-53;
    return low + (high - low) * u;
}

float drawf(scenario *s, float low, float high)
{
    return low + (high - low) * tt_rng_uniform(rng_of(s), s->drawn++);
}

int draw_int(scenario *s, int low, int high)
{
    return low + (int)tt_rng_below(rng_of(s), s->drawn++, (uint32_t)(high - low + 1));
}

void draw_all(scenario *s, double *x, size_t n, double low, double high)
{
    for (size_t i = 0; i < n; i++) x[i] = draw(s, low, high);
}

void drawf_all(scenario *s, float *x, size_t n, float low, float high)
{
    for (size_t i = 0; i < n; i++) x[i] = drawf(s, low, high);
}

void draw_order(scenario *s, uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)draw_int(s, 0, (int)i - 1);
        uint32_t kept = order[j];
        order[j] = order[i - 1];
        order[i - 1] = kept;
    }
}

/* ---- records --------------------------------------------------------------------------------- */

void tolerance(scenario *s, double rtol, double atol)
{
    s->rtol = rtol;
    s->atol = atol;
}

static void put(scenario *s, ttr_kind kind, uint8_t flags, const char *name,
                const void *payload, int dims, const int *dim)
{
    ttr_header h = {.magic = TTR_MAGIC,
                    .case_number = s->case_number,
                    .sequence = s->sequence++,
                    .kind = (uint8_t)kind,
                    .flags = flags,
                    .dims = (uint8_t)dims,
                    .rtol = s->rtol,
                    .atol = s->atol};
    size_t count = 1, length = strlen(name);
    for (int i = 0; i < dims; i++) {
        h.dim[i] = (uint32_t)dim[i];
        count *= (size_t)dim[i];
    }
    h.name_length = (uint8_t)(length < TTR_NAME ? length : TTR_NAME);
    h.bytes = (uint32_t)(count * ttr_kind_bytes((int)kind));
    ttr_write(&h, name, payload);
}

static void put_list(scenario *s, ttr_kind kind, uint8_t flags, const char *name,
                     const void *payload, size_t n)
{
    put(s, kind, flags, name, payload, 1, (int[]){(int)n});
}

static void put_one(scenario *s, ttr_kind kind, uint8_t flags, const char *name,
                    const void *payload)
{
    put(s, kind, flags, name, payload, 0, NULL);
}

void put_f64(scenario *s, const char *name, double x)
{
    put_one(s, TTR_F64, 0, name, &x);
}

void put_f64s(scenario *s, const char *name, const double *x, size_t n)
{
    put_list(s, TTR_F64, 0, name, x, n);
}

void put_f32(scenario *s, const char *name, float x)
{
    put_one(s, TTR_F32, 0, name, &x);
}

void put_f32s(scenario *s, const char *name, const float *x, size_t n)
{
    put_list(s, TTR_F32, 0, name, x, n);
}

void put_f32_shaped(scenario *s, const char *name, const float *x, int dims, const int *dim)
{
    put(s, TTR_F32, 0, name, x, dims, dim);
}

void put_i64(scenario *s, const char *name, int64_t x)
{
    put_one(s, TTR_I64, 0, name, &x);
}

void put_i64s(scenario *s, const char *name, const int64_t *x, size_t n)
{
    put_list(s, TTR_I64, 0, name, x, n);
}

static void put_int_list(scenario *s, uint8_t flags, const char *name, const int *x,
                         size_t n)
{
    static int64_t wide[1 << 16];
    TT_ASSERT(n <= sizeof wide / sizeof *wide);
    for (size_t i = 0; i < n; i++) wide[i] = x[i];
    put_list(s, TTR_I64, flags, name, wide, n);
}

void put_ints(scenario *s, const char *name, const int *x, size_t n)
{
    put_int_list(s, 0, name, x, n);
}

void put_text(scenario *s, const char *name, const char *text)
{
    put_list(s, TTR_TEXT, 0, name, text, text != NULL ? strlen(text) + 1 : 0);
}

void put_status(scenario *s, const char *name, tt_status status)
{
    put_one(s, TTR_STATUS, 0, name, &(int64_t){status});
}

void put_error(scenario *s, const char *name, tt_ctx *c, const void *result)
{
    int64_t told[2] = {tt_error_status(c), result == NULL};
    put_list(s, TTR_I64, 0, name, told, 2);
    tt_error_clear(c);
}

void put_order(scenario *s, const char *name, const int64_t *order, size_t n,
               const int64_t (*edge)[2], size_t edges)
{
    put(s, TTR_I64, TTR_INPUT, "edges (user, input)", edge, 2, (int[]){(int)edges, 2});
    put_list(s, TTR_ORDER, 0, name, order, n);
}

void in_f64(scenario *s, const char *name, double x)
{
    put_one(s, TTR_F64, TTR_INPUT, name, &x);
}

void in_f64s(scenario *s, const char *name, const double *x, size_t n)
{
    put_list(s, TTR_F64, TTR_INPUT, name, x, n);
}

void in_f32s(scenario *s, const char *name, const float *x, size_t n)
{
    put_list(s, TTR_F32, TTR_INPUT, name, x, n);
}

void in_f32_shaped(scenario *s, const char *name, const float *x, int dims, const int *dim)
{
    put(s, TTR_F32, TTR_INPUT, name, x, dims, dim);
}

void in_i64(scenario *s, const char *name, int64_t x)
{
    put_one(s, TTR_I64, TTR_INPUT, name, &x);
}

void in_ints(scenario *s, const char *name, const int *x, size_t n)
{
    put_int_list(s, TTR_INPUT, name, x, n);
}

void in_text(scenario *s, const char *name, const char *text)
{
    put_list(s, TTR_TEXT, TTR_INPUT, name, text, strlen(text) + 1);
}

/* ---- crashes --------------------------------------------------------------------------------- */

enum { FRAMES = 24 };

/* Writes where it crashed, for the sentence: addresses, which the judge turns into a function. */
static void on_crash(int number)
{
    void *frame[FRAMES];
    int n = backtrace(frame, FRAMES);
    ttr_header h = {.magic = TTR_MAGIC,
                    .kind = TTR_EVENT,
                    .dims = 1,
                    .dim = {(uint32_t)((size_t)n * sizeof *frame)},
                    .name_length = 5,
                    .bytes = (uint32_t)((size_t)n * sizeof *frame)};
    ttr_write(&h, "crash", frame);
    raise(number); /* the handler was for one time: now the signal does its work */
}

static void watch_for_crashes(void)
{
    static char stack[64 * 1024]; /* a stack that overflowed has no room left */
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_handler = on_crash};
    action.sa_flags = (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
    const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    backtrace((void *[1]){NULL}, 1); /* loads what a handler must not */
}

/* ---- main ------------------------------------------------------------------------------------ */

static int list(void)
{
    for (const scenario_case *c = scenario_cases; c->name != NULL; c++)
        printf("%s\t%d\t%s\n", c->name, c->weight, c->title);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) return list();
    if (argc != 3) return 2;
    scenario s = {.seed = strtoull(argv[1], NULL, 10),
                  .case_number = (uint16_t)strtoul(argv[2], NULL, 10),
                  .rtol = 1e-9,
                  .atol = 1e-12};
    watch_for_crashes();
    scenario_cases[s.case_number].run(&s);
    put_list(&s, TTR_END, 0, "end", "", 0);
    return 0;
}
