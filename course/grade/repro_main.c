/* The end of a repro.c (repro.py): prints what one case of a scenario is given and answers, and
 * compares the one value that was wrong when it was graded. Exit status 0: it is right now. */
#include <math.h>

/* Filled in by repro.py: */
static const struct {
    const char *seed, *case_number; /* of the inputs; which case */
    unsigned record, index;         /* the value that was wrong */
    const char *expected; /* a number or text; NULL: it ended before it answered */
} repro = REPRO;

static int wrong = 1;

static double number_of(const ttr_header *h, const void *payload, size_t i)
{
    if (h->kind == TTR_F32) return (double)((const float *)payload)[i];
    if (h->kind == TTR_F64) return ((const double *)payload)[i];
    return (double)((const int64_t *)payload)[i];
}

static void compare(const ttr_header *h, const char *name, const void *payload, size_t n)
{
    if (repro.expected == NULL) {
        wrong = 0; /* it comes to an answer now: whether to the right one, the grader says */
        printf("answered: %s, before which it ended when it was graded\n", name);
        return;
    }
    if (h->kind == TTR_TEXT) {
        wrong = n == 0 || strcmp(payload, repro.expected) != 0;
    } else {
        double want = strtod(repro.expected, NULL);
        double got = repro.index < n ? number_of(h, payload, repro.index) : (double)NAN;
        wrong = isnan(want)   ? !isnan(got)
                : isinf(want) ? got != want
                              : !(fabs(got - want) <= h->atol + h->rtol * fabs(want));
    }
    printf("%s: %s[%u] should be %s\n", wrong ? "WRONG" : "right", name, repro.index,
           repro.expected);
}

/* In the place of the grader's: values to read instead of records to compare. */
void ttr_write(const ttr_header *h, const char *name, const void *payload)
{
    enum { SHOWN = 64 };
    static unsigned records;
    if (h->kind == TTR_EVENT || h->kind == TTR_END)
        return; /* of a crash the shell tells */
    size_t n = h->bytes / ttr_kind_bytes(h->kind);
    printf("%s %.*s", h->flags & TTR_INPUT ? "given " : "answer", h->name_length, name);
    for (int i = 0; i < h->dims && h->kind != TTR_TEXT; i++)
        printf(i ? ",%u" : " (%u", h->dim[i]);
    printf(h->dims > 0 && h->kind != TTR_TEXT ? ") =" : " =");
    if (h->kind == TTR_TEXT)
        printf(" %.*s", (int)n, n > 0 ? (const char *)payload : "(none)");
    for (size_t i = 0; i < n && i < SHOWN && h->kind != TTR_TEXT; i++)
        printf(" %.9g", number_of(h, payload, i));
    puts(n > SHOWN && h->kind != TTR_TEXT ? " .." : "");
    if (records++ == repro.record) compare(h, name, payload, n);
    fflush(stdout);
}

int main(void)
{
    scenario_main(
        3, (char *[]){"repro", (char *)repro.seed, (char *)repro.case_number, NULL});
    if (wrong) puts("not right yet");
    return wrong;
}
