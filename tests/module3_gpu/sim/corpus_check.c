/* What both tests of the corpus do with it: see corpus_check.h. */
#include "tests/module3_gpu/sim/corpus_check.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module3_gpu/sim/sim.h"

enum { MOST_LINES = 4 };

const char *const corpus_orders[CORPUS_ORDERS] = {"forward", "reverse", "random"};

/* What wrong.cu says of one kernel. */
typedef struct expected {
    char kind[32];
    int lines[MOST_LINES], count;
} expected;

static void mark(expected *e, const char *text, int line)
{
    const char *at = strstr(text, "// WRONG ");
    if (!at) return;
    cr_assert(e->count < MOST_LINES && sscanf(at, "// WRONG %31s", e->kind) == 1,
              "line %d", line);
    e->lines[e->count++] = line;
}

/* A launch that is refused is wrong where it stands. */
static void mark_launch(expected *e, const char *text, const char *kernel, int line)
{
    char launch[64];
    snprintf(launch, sizeof launch, "RUN(%s,", kernel);
    if (strncmp(kernel, "launch_", 7) != 0 || strncmp(text, launch, strlen(launch)) != 0)
        return;
    snprintf(e->kind, sizeof e->kind, "launch");
    e->lines[e->count++] = line;
}

/* The marks from the kernel's head to the next RUN or launcher. */
static expected read_marks(const char *kernel)
{
    FILE *f = fopen("tests/module3_gpu/sim/wrong.cu", "r");
    cr_assert(f, "wrong.cu is not beside the test");
    expected e = {.count = 0};
    char text[256], head[64], helper[] = "static __device__ float deep(";
    snprintf(head, sizeof head, "void %s(", kernel);
    bool inside = false;
    for (int line = 1; fgets(text, sizeof text, f); line++) {
        if (strstr(text, head)) inside = true;
        if (strcmp(kernel, "stack") == 0 && strstr(text, helper)) inside = true;
        if (strncmp(text, "RUN(", 4) == 0 || strncmp(text, "static bool run_", 16) == 0)
            inside = false;
        if (inside) mark(&e, text, line);
        mark_launch(&e, text, kernel, line);
    }
    fclose(f);
    cr_assert(e.kind[0], "wrong.cu has no mark for %s", kernel);
    return e;
}

void corpus_set(int order, double seconds)
{
    tt_sim_options o = tt_sim_settings();
    o.diagnose = true;
    o.quiet = true;
    o.order = (tt_sim_order)order;
    o.seed = 7;
    o.seconds = seconds;
    tt_sim_configure(&o);
    tt_sim_forget();
}

static bool one_of(int line, const expected *e)
{
    for (int i = 0; i < e->count; i++)
        if (e->lines[i] == line) return true;
    return false;
}

void corpus_check_wrong(const sim_case *w, int order)
{
    const expected e = read_marks(w->name);
    corpus_set(order, strncmp(w->name, "forever", 7) == 0 ? 0.05 : 10);
    w->run();
    const tt_sim_finding *f = tt_sim_finding_at(0);
    cr_expect(f, "%s, %s: nothing was found; expected is: %s", w->name,
              corpus_orders[order], e.kind);
    if (!f) return;
    cr_expect(tt_sim_finding_count() == 1,
              "%s, %s: %zu findings instead of one, the second is: %s", w->name,
              corpus_orders[order], tt_sim_finding_count(), tt_sim_finding_at(1)->text);
    cr_expect(strncmp(f->text, e.kind, strlen(e.kind)) == 0 && strstr(f->text, w->name),
              "%s, %s: expected is: %s, found was: %s", w->name, corpus_orders[order],
              e.kind, f->text);
    const bool second = f->other.line > 0 && f->other.line != f->at.line;
    /* Where of a function the stack ends, the compiler decides. */
    const bool any = strcmp(e.kind, "stack-overflow") == 0;
    const bool places =
        e.count == 0 || (one_of(f->at.line, &e) && (e.count == 1 || any || second) &&
                         (!second || one_of(f->other.line, &e)));
    cr_expect(places, "%s, %s: expected is line %d, found was: %s", w->name,
              corpus_orders[order], e.lines[0], f->text);
    cr_expect(e.count == 0 || strcmp(f->at.file, "wrong.cu") == 0, "%s: file %s", w->name,
              f->at.file);
}
