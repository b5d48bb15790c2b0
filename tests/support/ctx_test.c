/* Contexts: who owns memory, when it goes, and what is said about those who come too late. */
#include "support/ctx.h"

#include <criterion/criterion.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/asan.h"
#include "support/ctx_struct.h"
#include "support/pool.h"
#include "support/quarantine.h"

TestSuite(support_ctx, .timeout = 60);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* A node as modules make them. */
typedef struct node {
    tt_header h;
    double value[8];
} node;

static node *node_new(tt_ctx *c, double value)
{
    node *x = tti_header_new(c, sizeof *x);
    if (x == NULL) return NULL;
    for (int i = 0; i < 8; i++) x->value[i] = value;
    return x;
}

static bool is_zero(const void *p, size_t bytes)
{
    const unsigned char *byte = p;
    for (size_t i = 0; i < bytes; i++)
        if (byte[i] != 0) return false;
    return true;
}

/* Does body crash in a process of its own? AddressSanitizer's report is thrown away. */
static bool dies(void (*body)(void *), void *argument)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL) _exit(0);
        body(argument);
        _exit(0);
    }
    int status = 0;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status != 0;
}

static void read_byte(void *p)
{
    volatile unsigned char byte = *(volatile unsigned char *)p;
    (void)byte;
}

/* ---- the arena ------------------------------------------------------------------------------- */

Test(support_ctx, alloc_is_zeroed_aligned_and_apart)
{
    tt_ctx *c = tt_ctx_new(NULL);
    for (int round = 0; round < 2; round++)
        TT_SCOPE (c) {
            unsigned char *previous = NULL;
            for (size_t bytes = 1; bytes < 700; bytes += 13) {
                unsigned char *p = tt_alloc(c, bytes);
                cr_assert_not_null(p);
                cr_assert_eq((uintptr_t)p % 16, 0);
                cr_assert(is_zero(p, bytes), "round %d: %zu bytes", round, bytes);
                memset(p, 0xAB, bytes);
                if (previous != NULL) cr_assert_eq(previous[bytes - 13 - 1], 0xAB);
                previous = p;
            }
        }
    tt_ctx_free(c);
}

Test(support_ctx, arena_grows_and_keeps_what_it_has)
{
    enum { N = 20000 };
    tt_ctx *c = tt_ctx_new(NULL);
    uint32_t **kept = calloc(N, sizeof *kept);
    for (uint32_t i = 0; i < N; i++) {
        kept[i] = tt_alloc(c, 100);
        for (int k = 0; k < 25; k++) kept[i][k] = i;
    }
    cr_expect_geq(tt_ctx_bytes(c), N * 100);
    cr_expect_lt(tt_ctx_bytes(c), N * 100 * 5, "waste");
    for (uint32_t i = 0; i < N; i++)
        for (int k = 0; k < 25; k++) cr_assert_eq(kept[i][k], i);
    free(kept);
    tt_ctx_free(c);
}

Test(support_ctx, large_requests_get_a_chunk_that_fits)
{
    tt_ctx *c = tt_ctx_new(NULL);
    size_t size = 50 << 20;
    unsigned char *p = tt_alloc(c, size);
    cr_assert_not_null(p);
    p[0] = p[size - 1] = 1;
    cr_expect_lt(tt_ctx_bytes(c), size + size / 3);
    unsigned char *small = tt_alloc(c, 8);
    cr_assert(small < p || small >= p + size);
    tt_ctx_free(c);
}

Test(support_ctx, waste_is_bounded_also_in_large_arenas)
{
    tt_ctx *c = tt_ctx_new(NULL);
    for (int i = 0; i < 70; i++) tt_alloc(c, 1000000);
    cr_expect_lt(tt_ctx_bytes(c), 90 << 20);
    tt_ctx_free(c);
}

Test(support_ctx, no_bytes_is_a_valid_request)
{
    tt_ctx *c = tt_ctx_new(NULL);
    cr_expect_not_null(tt_alloc(c, 0));
    cr_expect_not_null(tti_block_get(c, 0));
    cr_expect_null(tt_error(c));
    tt_ctx_free(c);
}

Test(support_ctx, text_is_that_of_printf)
{
    tt_ctx *c = tt_ctx_new(NULL);
    char *a = tt_text(c, "fc%d.%s", 2, "weight"), *b = tt_text(c, "%s", "");
    cr_expect_str_eq(a, "fc2.weight");
    cr_expect_str_eq(b, "");
    char *longer = tt_text(c, "%0100000d", 7);
    cr_expect_eq(strlen(longer), 100000);
    tt_ctx_free(c);
}

Test(support_ctx, steady_steps_take_nothing_from_the_system)
{
    tt_ctx *c = tt_ctx_new(NULL);
    size_t bytes = 0;
    for (int step = 0; step < 100; step++) {
        TT_SCOPE (c) {
            for (int i = 0; i < 3000; i++) node_new(c, i);
            tt_alloc(c, 300000);
            for (int i = 0; i < 300; i++) tt_alloc(c, (size_t)(i * 37 % 1000));
            tt_alloc(c, 1000000);
            tt_ctx *child = tt_ctx_new(c);
            for (int i = 0; i < 100; i++) node_new(child, i);
            for (size_t size = 100; size < 1000000; size *= 3)
                tti_block_put(c, tti_block_get(c, size));
        }
        /* the quarantine is full after TT_QUARANTINE steps (twice that with ASan) */
        if (step == 2 * TT_QUARANTINE + 4) bytes = tt_ctx_bytes(c);
        if (step > 2 * TT_QUARANTINE + 4)
            cr_assert_eq(tt_ctx_bytes(c), bytes, "step %d", step);
    }
    tt_ctx_free(c);
}

/* ---- marks and scopes ------------------------------------------------------------------------ */

Test(support_ctx, rewind_gives_the_same_memory_again)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_alloc(c, 40);
    tt_mark mark = tt_ctx_mark(c);
    void *first = tt_alloc(c, 1000);
    for (int i = 0; i < 1000; i++) tt_alloc(c, 1000);
    tt_ctx_rewind(c, mark);
    mark = tt_ctx_mark(c);
    cr_expect_eq(tt_alloc(c, 1000), first);
    tt_ctx_rewind(c, mark);
    tt_ctx_free(c);
}

Test(support_ctx, outer_objects_survive_inner_scopes)
{
    tt_ctx *c = tt_ctx_new(NULL);
    char *outer = tt_text(c, "outer");
    TT_SCOPE (c) {
        char *middle = tt_text(c, "middle");
        for (int i = 0; i < 3; i++)
            TT_SCOPE (c) memset(tt_alloc(c, 200000), 0xFF, 200000);
        cr_expect_str_eq(middle, "middle");
    }
    TT_SCOPE (c) memset(tt_alloc(c, 200000), 0xFF, 200000);
    cr_expect_str_eq(outer, "outer");
    tt_ctx_free(c);
}

Test(support_ctx, levels_count_open_marks_and_headers_know_theirs)
{
    tt_ctx *c = tt_ctx_new(NULL);
    cr_expect_eq(node_new(c, 0)->h.level, 0);
    TT_SCOPE (c) {
        tt_mark mark = tt_ctx_mark(c);
        cr_expect_eq(node_new(c, 0)->h.level, 2);
        tt_ctx_rewind_to(c, mark);
        cr_expect_eq(c->level, 2, "rewind_to leaves the mark open");
        tt_ctx_mark(c);
        tt_ctx_rewind_to(c, mark);
        cr_expect_eq(c->level, 2, "and ends those inside");
        tt_ctx_rewind(c, mark);
        cr_expect_eq(c->level, 1);
    }
    cr_expect_eq(c->level, 0);
    tt_ctx_free(c);
}

Test(support_ctx, header_is_filled_in)
{
    tt_ctx *c = tt_ctx_new(NULL);
    node *x = node_new(tti_at(c, "train.c", 57), 1);
    cr_expect_eq(x->h.ctx, c);
    cr_expect_str_eq(x->h.file, "train.c");
    cr_expect_eq(x->h.line, 57);
    cr_expect_eq((uintptr_t)x % 16, 0);
    node *y = node_new(TT_AT(c), 1);
    cr_expect_eq(y->h.line, __LINE__ - 1);
    cr_expect_str_eq(y->h.file, __FILE__);
    tt_ctx_free(c);
}

static int level_by_return(tt_ctx *c)
{
    TT_SCOPE (c)
        TT_SCOPE (c) return (int)c->level;
    return -1;
}

Test(support_ctx, scope_ends_however_it_is_left)
{
    tt_ctx *c = tt_ctx_new(NULL);
    int runs = 0;
    TT_SCOPE (c) runs++;
    cr_expect_eq(runs, 1);
    TT_SCOPE (c) {
        runs++;
        if (runs == 2) break;
        runs = 100;
    }
    cr_expect_eq(runs, 2);
    cr_expect_eq(c->level, 0);
    cr_expect_eq(level_by_return(c), 2);
    cr_expect_eq(c->level, 0);
    TT_SCOPE (c) goto out;
out:
    cr_expect_eq(c->level, 0);
    TT_SCOPE (c) continue; /* of the scope itself */
    cr_expect_eq(c->level, 0);
    tt_ctx_free(c);
}

static int free_within(tt_ctx *c)
{
    TT_SCOPE (c) {
        node_new(c, 1);
        TT_SCOPE (c) return tt_exit(c);
    }
    return -1;
}

static int free_parent_within(tt_ctx *c)
{
    tt_ctx *child = tt_ctx_new(c);
    TT_SCOPE (c)
        TT_SCOPE (child) {
            node_new(child, 1);
            return tt_exit(c);
        }
    return -1;
}

static int free_child_within(tt_ctx *c)
{
    tt_ctx *child = tt_ctx_new(c);
    TT_SCOPE (child) tt_ctx_free(child);
    tt_ctx *next = tt_ctx_new(c);
    node_new(next, 1);
    return tt_exit(c);
}

Test(support_ctx, context_may_be_freed_inside_its_scope)
{
    cr_expect_eq(free_within(tt_ctx_new(NULL)), 0);
    cr_expect_eq(free_parent_within(tt_ctx_new(NULL)), 0);
    cr_expect_eq(free_child_within(tt_ctx_new(NULL)), 0);
}

Test(support_ctx, no_grad_ends_with_its_scope)
{
    tt_ctx *c = tt_ctx_new(NULL);
    TT_SCOPE (c) {
        tt_no_grad(c);
        TT_SCOPE (c) cr_expect(c->no_grad);
        cr_expect(c->no_grad, "an inner scope does not turn gradients on");
        cr_expect(tt_ctx_new(c)->no_grad, "a child made there carries no history either");
    }
    cr_expect_not(c->no_grad);
    tt_ctx_free(c);
}

Test(support_ctx, outer_mark_ends_inner_ones)
{
    tt_ctx *c = quiet_ctx();
    tt_mark outer = tt_ctx_mark(c);
    tt_mark inner = tt_ctx_mark(c);
    tt_ctx_rewind(c, outer);
    cr_expect_null(tt_error(c));
    tt_ctx_rewind(c, inner);
    cr_expect_eq(tt_error_status(c), TT_ERR_OWNER, "a mark that has ended is refused");
    cr_expect_eq(c->level, 0);
    tt_ctx_free(c);
}

Test(support_ctx, nothing_happens_without_a_context)
{
    int runs = 0;
    TT_SCOPE (NULL) runs++;
    cr_expect_eq(runs, 1);
    tt_ctx_rewind(NULL, tt_ctx_mark(NULL));
    tt_ctx_free(NULL);
    tt_ctx_limit(NULL, 5);
    tt_no_grad(NULL);
    tt_seed(NULL, 1);
    cr_expect_null(tti_at(NULL, "a.c", 1));
    cr_expect_null(tt_alloc(NULL, 5));
    cr_expect_null(tt_text(NULL, "%d", 5));
    cr_expect_null(tti_header_new(NULL, 64));
    cr_expect_null(tti_block_get(NULL, 64));
    tti_block_put(NULL, NULL);
    cr_expect_eq(tt_ctx_bytes(NULL), 0);
    cr_expect_not(tti_usable(NULL, NULL, "f", "operand", "x"));
    cr_expect_not(tti_outlives(NULL, NULL, "f", "x"));
}

/* ---- releases -------------------------------------------------------------------------------- */

static char released[64];

static void note(void *object)
{
    size_t n = strlen(released);
    released[n] = *(char *)object;
    released[n + 1] = '\0';
}

static char letters[] = "abcdefghij";

Test(support_ctx, releases_run_newest_first_and_once)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tti_on_release(c, note, &letters[0]);
    TT_SCOPE (c) {
        tti_on_release(c, note, &letters[1]);
        TT_SCOPE (c) tti_on_release(c, note, &letters[2]);
        cr_expect_str_eq(released, "c");
        tti_on_release(c, note, &letters[3]);
    }
    cr_expect_str_eq(released, "cdb");
    tti_on_release(c, note, &letters[4]);
    tt_ctx_free(c);
    cr_expect_str_eq(released, "cdbea");
}

Test(support_ctx, forgotten_releases_do_not_run)
{
    tt_ctx *c = tt_ctx_new(NULL);
    for (int i = 0; i < 4; i++) tti_on_release(c, note, &letters[i]);
    tti_release_forget(c, &letters[1]);
    tti_release_forget(c, &letters[3]);
    tti_release_forget(c, &letters[9]); /* never registered */
    tt_ctx_free(c);
    cr_expect_str_eq(released, "ca");
}

Test(support_ctx, forgetting_the_release_at_a_mark_keeps_the_mark)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tti_on_release(c, note, &letters[0]);
    tti_on_release(c, note, &letters[1]);
    TT_SCOPE (c) {
        tti_release_forget(c, &letters[1]); /* what the mark points to */
        tti_on_release(c, note, &letters[2]);
        tti_on_release(c, note, &letters[3]);
    }
    cr_expect_str_eq(released, "dc", "and not what is older than the scope");
    tti_on_release(c, note, &letters[4]);
    tt_ctx_free(c);
    cr_expect_str_eq(released, "dcea");
}

Test(support_ctx, forgotten_releases_cost_no_memory)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tti_on_release(c, note, &letters[0]);
    size_t bytes = tt_ctx_bytes(c);
    for (int i = 0; i < 100000; i++) {
        tti_on_release(c, note, &letters[1]);
        if (i % 2 == 0) tti_release_forget(c, &letters[1]);
        else
            TT_SCOPE (c) tti_release_forget(c, &letters[1]);
    }
    cr_expect_eq(tt_ctx_bytes(c), bytes);
    tt_ctx_free(c);
    cr_expect_str_eq(released, "a");
}

/* ---- children -------------------------------------------------------------------------------- */

Test(support_ctx, children_go_with_their_parent)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_ctx *child = tt_ctx_new(c), *grandchild = tt_ctx_new(child);
    tti_on_release(grandchild, note, &letters[2]);
    tti_on_release(child, note, &letters[1]);
    tti_on_release(c, note, &letters[0]);
    tt_ctx_free(c);
    cr_expect_str_eq(released, "abc");
}

Test(support_ctx, children_go_when_the_parent_rewinds_past_them)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_ctx *older = tt_ctx_new(c);
    TT_SCOPE (c) {
        tti_on_release(older, note, &letters[0]);
        tti_on_release(tt_ctx_new(c), note, &letters[1]);
        tt_ctx *freed = tt_ctx_new(c);
        tti_on_release(freed, note, &letters[2]);
        tt_ctx_free(freed);
        cr_expect_str_eq(released, "c");
    }
    cr_expect_str_eq(released, "cb", "the freed one once, the older one not yet");
    cr_expect_not_null(tt_alloc(older, 10));
    tt_ctx_free(c);
    cr_expect_str_eq(released, "cba");
}

Test(support_ctx, children_inherit_and_share_the_pool)
{
    tt_ctx *c = quiet_ctx();
    c->backend = (const struct tt_backend *)letters;
    tt_ctx *child = tt_ctx_new(c);
    cr_expect_eq(child->handler, tt_error_quiet);
    cr_expect_eq(child->backend, c->backend);
    cr_expect_eq(child->root, c);
    size_t before = tt_ctx_bytes(c);
    tt_alloc(child, 1 << 20);
    cr_expect_geq(tt_ctx_bytes(c), before + (1 << 20));
    cr_expect_eq(tt_ctx_bytes(c), tt_ctx_bytes(child));
    tt_ctx_limit(c, tt_ctx_bytes(c));
    cr_expect_null(tt_alloc(child, 10 << 20));
    cr_expect_eq(tt_error_status(child), TT_ERR_MEMORY);
    cr_expect_eq(tt_error_status(c), TT_OK);
    tt_ctx_free(c);
}

Test(support_ctx, freed_children_give_their_memory_back)
{
    tt_ctx *c = tt_ctx_new(NULL);
    size_t bytes = 0;
    for (int i = 0; i < 50; i++) {
        tt_ctx *child = tt_ctx_new(c);
        tt_alloc(child, 3 << 20);
        for (int k = 0; k < 100; k++) node_new(child, k);
        tt_ctx_free(child);
        if (i == 2 * TT_QUARANTINE + 4) bytes = tt_ctx_bytes(c);
    }
    cr_expect_eq(tt_ctx_bytes(c), bytes);
    tt_ctx_free(c);
}

static void live_and_end(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    for (int i = 0; i < 20; i++)
        TT_SCOPE (c) {
            tt_ctx *child = tt_ctx_new(c);
            tt_alloc(child, 1 << 20);
            tti_block_get(tt_ctx_new(child), 1000);
        }
    tt_ctx_free(c);
}

Test(support_ctx, root_gives_everything_back_to_the_system)
{
    if (TTI_ASAN) cr_skip_test("the leak check sees it");
    for (int i = 0; i < 50; i++) live_and_end();
    struct mallinfo2 before = mallinfo2();
    for (int i = 0; i < 1000; i++) live_and_end();
    struct mallinfo2 after = mallinfo2();
    size_t most = before.uordblks + before.hblkhd + (1 << 16); /* what malloc keeps varies */
    cr_expect_lt(after.uordblks + after.hblkhd, most);
}

/* ---- whose an object is ---------------------------------------------------------------------- */

static bool usable(tt_ctx *c, const node *x)
{
    return tti_usable(c, &x->h, "tt_add", "left operand", "relu");
}

Test(support_ctx, objects_of_the_context_and_its_ancestors_are_usable)
{
    tt_ctx *c = quiet_ctx();
    tt_ctx *child = tt_ctx_new(c), *grandchild = tt_ctx_new(child);
    node *x = node_new(c, 1);
    cr_expect(usable(c, x));
    cr_expect(usable(child, x));
    cr_expect(usable(grandchild, x));
    cr_expect_null(tt_error(grandchild));
    tt_ctx_free(c);
}

Test(support_ctx, missing_object_or_old_error_is_passed_over_quietly)
{
    tt_ctx *c = quiet_ctx();
    node *x = node_new(c, 1);
    cr_expect_not(tti_usable(c, NULL, "f", "operand", "x"));
    cr_expect_null(tt_error(c), "what made NULL has said why");
    tti_fail(c, TT_ERR_AXIS, "tt_sum", "first");
    cr_expect_not(usable(c, x), "no operation works while an error sticks");
    cr_expect_not(tti_outlives(c, &x->h, "f", "x"));
    cr_expect_str_eq(tt_error(c), "tt_sum: first");
    tt_ctx_free(c);
}

Test(support_ctx, object_of_a_child_is_refused_and_both_are_named)
{
    tt_ctx *c = tti_ctx_new_at(NULL, "main.c", 3);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_ctx *child = tti_ctx_new_at(c, "main.c", 8);
    node *x = node_new(tti_at(child, "train.c", 57), 1);
    tti_at(c, "train.c", 60);
    cr_expect_not(usable(c, x));
    cr_expect_eq(tt_error_status(c), TT_ERR_OWNER);
    cr_expect_str_eq(
        tt_error(c),
        "train.c:60: tt_add: left operand relu (made at train.c:57) belongs to the "
        "context made at main.c:8, which is a child, not an ancestor, of the context "
        "made at main.c:3; give the child as context");
    tt_ctx_free(c);
}

Test(support_ctx, object_of_a_stranger_is_refused)
{
    tt_ctx *c = quiet_ctx(), *stranger = tt_ctx_new(NULL);
    node *x = node_new(stranger, 1);
    cr_expect_not(usable(c, x));
    cr_expect_str_eq(tt_error(c),
                     "tt_add: left operand relu belongs to another context, which is "
                     "not an ancestor of the context given; use one context, or a "
                     "child of it");
    tt_ctx *one = tt_ctx_new(c), *sister = tt_ctx_new(c);
    cr_expect_not(usable(sister, node_new(one, 1)));
    cr_expect_eq(tt_error_status(sister), TT_ERR_OWNER);
    tt_ctx_free(stranger);
    tt_ctx_free(c);
}

Test(support_ctx, what_is_attached_must_live_as_long)
{
    tt_ctx *c = quiet_ctx();
    node *outer = node_new(tti_at(c, "net.c", 12), 1);
    cr_expect(tti_outlives(c, &outer->h, "tt_module_add", "relu"));
    TT_SCOPE (c) {
        node *inner = node_new(c, 1);
        cr_expect(tti_outlives(c, &inner->h, "tt_module_add", "relu"));
        cr_expect_not(
            tti_outlives(tti_at(c, "net.c", 20), &outer->h, "tt_module_add", "relu"));
        cr_expect_eq(tt_error_status(c), TT_ERR_OWNER);
        cr_expect_str_eq(tt_error(c),
                         "net.c:20: tt_module_add: relu would be gone before the "
                         "object (made at net.c:12) that keeps it: it is made inside "
                         "of a TT_SCOPE that was opened later; make it outside");
        tt_error_clear(c);
        TT_SCOPE (c) cr_expect_not(tti_outlives(c, &inner->h, "f", "relu"));
        tt_error_clear(c);
    }
    cr_expect(tti_outlives(c, &outer->h, "f", "relu"));
    tt_ctx_free(c);
}

Test(support_ctx, attaching_across_contexts)
{
    tt_ctx *c = quiet_ctx();
    tt_ctx *child = tt_ctx_new(c), *grandchild = tt_ctx_new(child);
    node *mine = node_new(c, 1), *childs = node_new(grandchild, 1);
    cr_expect(tti_outlives(c, &childs->h, "f", "x"), "an ancestor lives longer");
    TT_SCOPE (c)
        cr_expect_not(tti_outlives(c, &childs->h, "f", "x"), "but not its scope");
    cr_expect_eq(tt_error_status(c), TT_ERR_OWNER);
    tt_error_clear(c);
    cr_expect_not(tti_outlives(child, &mine->h, "f", "x"), "a child may go first");
    cr_expect_eq(tt_error_status(child), TT_ERR_OWNER);
    TT_SCOPE (c) {
        tt_ctx *late = tt_ctx_new(c);
        cr_expect(tti_outlives(c, &node_new(late, 1)->h, "f", "x"),
                  "made in the same scope");
    }
    TT_SCOPE (child)
        TT_SCOPE (c) {
            node *deep = node_new(tt_ctx_new(child), 1);
            cr_expect_not(tti_outlives(c, &deep->h, "f", "x"),
                          "levels of the child say nothing");
            tt_error_clear(c);
        }
    tt_ctx_free(c);
}

/* ---- what is used too late ------------------------------------------------------------------- */

static void needs_checked_build(void)
{
    if (!TTI_CHECK_STALE) cr_skip_test("not detected with -c opt");
}

static void some_step(tt_ctx *c)
{
    TT_SCOPE (c)
        for (int i = 0; i < 20; i++) node_new(c, i);
}

Test(support_ctx, stale_node_is_named, .init = needs_checked_build)
{
    tt_ctx *c = quiet_ctx();
    node *x = NULL;
    TT_SCOPE (c) x = node_new(tti_at(c, "train.c", 57), 1);
    tti_at(c, "train.c", 60);
    cr_expect_not(usable(c, x));
    cr_expect_eq(tt_error_status(c), TT_ERR_OWNER);
    cr_expect_str_eq(
        tt_error(c),
        "train.c:60: tt_add: left operand relu (made at train.c:57) is gone: its "
        "TT_SCOPE or step ended; make outside of the scope what must outlive it");
    tt_ctx_free(c);
}

Test(support_ctx, stale_node_is_named_for_eight_rewinds, .init = needs_checked_build)
{
    tt_ctx *c = quiet_ctx();
    node *x = NULL;
    TT_SCOPE (c) x = node_new(c, 1);
    for (int step = 1; step <= TT_QUARANTINE; step++) {
        TT_SCOPE (c) {
            for (int i = 0; i < 50; i++)
                cr_assert_neq(node_new(c, i), x, "step %d", step);
            cr_assert_not(usable(c, x), "step %d", step);
            tt_error_clear(c);
        }
        for (int i = 0; i < 5; i++)
            TT_SCOPE (c)
                ; /* rewinds of nothing do not count */
    }
    bool again = false;
    for (int step = 0; step <= TT_QUARANTINE && !again; step++)
        TT_SCOPE (c) again = node_new(c, 1) == x;
    cr_expect(again, "after that it is used again");
    tt_ctx_free(c);
}

Test(support_ctx, every_node_of_a_scope_is_dead_and_no_older_one,
     .init = needs_checked_build)
{
    enum { N = 300 };
    tt_ctx *c = quiet_ctx();
    node *older[N], *inner[N];
    for (int i = 0; i < N; i++) older[i] = node_new(c, i);
    TT_SCOPE (c) {
        for (int i = 0; i < N; i++)
            inner[i] =
                tti_header_new(c, sizeof(node) + (size_t)(i * 7)); /* many size classes */
        for (int i = 0; i < N; i++) cr_assert_eq(inner[i]->h.ctx, c);
    }
    for (int i = 0; i < N; i++) {
        cr_assert_null(inner[i]->h.ctx);
        cr_assert_eq(older[i]->h.ctx, c);
        cr_assert_eq(older[i]->value[7], i);
    }
    tt_ctx_free(c);
}

Test(support_ctx, quarantine_that_ran_empty_fills_again, .init = needs_checked_build)
{
    enum { OTHER = 500 }; /* of another size class than a node */
    tt_ctx *c = quiet_ctx();
    node *older = node_new(c, 1), *first = NULL;
    TT_SCOPE (c) first = node_new(c, 2);
    for (int i = 0; i < 2 * TT_QUARANTINE; i++)
        TT_SCOPE (c) tti_header_new(c, OTHER);
    node *again = NULL;
    TT_SCOPE (c) {
        again = node_new(c, 3);
        cr_assert_eq(again, first, "the only one in quarantine is used again");
        TT_SCOPE (c) node_new(c, 4);
    }
    cr_expect_null(again->h.ctx);
    cr_expect_eq(older->h.ctx, c);
    tt_ctx_free(c);
}

Test(support_ctx, node_of_a_freed_child_is_named, .init = needs_checked_build)
{
    tt_ctx *c = quiet_ctx();
    tt_ctx *child = tt_ctx_new(c);
    node *x = node_new(tti_at(child, "a.c", 5), 1);
    tt_ctx_free(child);
    cr_expect_not(usable(c, x));
    cr_expect_not_null(strstr(tt_error(c), "(made at a.c:5) is gone"), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(support_ctx, attaching_to_a_stale_object_is_an_error, .init = needs_checked_build)
{
    tt_ctx *c = quiet_ctx();
    node *x = NULL;
    TT_SCOPE (c) x = node_new(c, 1);
    cr_expect_not(tti_outlives(c, &x->h, "f", "what"));
    cr_expect_not_null(strstr(tt_error(c), "is gone"), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(support_ctx, name_that_went_with_the_object_is_not_read, .init = needs_checked_build)
{
    tt_ctx *c = quiet_ctx();
    node *x = NULL;
    const char *name = NULL;
    TT_SCOPE (c) {
        x = node_new(c, 1);
        name = tt_text(c, "hidden%d", 3);
    }
    TT_SCOPE (c) memset(tt_alloc(c, 64), 'x', 64);
    cr_expect_not(tti_usable(c, &x->h, "tt_add", "left operand", name));
    cr_expect_not_null(strstr(tt_error(c), "left operand is gone"), "%s", tt_error(c));
    tt_error_clear(c);
    tt_ctx *child = tt_ctx_new(c);
    x = node_new(child, 1);
    name = tt_text(child, "hidden%d", 4);
    tt_ctx_free(child);
    cr_expect_not(tti_usable(c, &x->h, "tt_add", "left operand", name));
    cr_expect_not_null(strstr(tt_error(c), "left operand is gone"), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(support_ctx, asan_reports_what_is_used_still_later)
{
    if (!TTI_ASAN || !TTI_CHECK_STALE) cr_skip_test("needs --config=asan");
    tt_ctx *c = quiet_ctx();
    node *x = NULL;
    unsigned char *bytes = NULL;
    TT_SCOPE (c) {
        x = node_new(c, 1);
        bytes = tt_alloc(c, 100);
        cr_expect(dies(read_byte, bytes + 100), "one byte behind the end");
        cr_expect(dies(read_byte, (char *)x + sizeof *x), "one byte behind a node");
        cr_expect_not(dies(read_byte, bytes + 99));
    }
    cr_expect(dies(read_byte, bytes), "rewound bytes");
    for (int step = 1; step <= TT_QUARANTINE; step++) {
        cr_expect_not(dies(read_byte, x), "step %d: the error names it", step);
        some_step(c);
    }
    cr_expect(dies(read_byte, x), "then AddressSanitizer reports it");
    tt_ctx_free(c);
}

/* ---- limits ---------------------------------------------------------------------------------- */

Test(support_ctx, limit_is_survivable_and_the_message_has_the_numbers)
{
    tt_ctx *c = quiet_ctx();
    tt_ctx_limit(c, 8 << 20);
    char *kept = tt_text(c, "kept");
    int steps = 0;
    TT_SCOPE (c) {
        while (tt_alloc(c, 100000) != NULL) steps++;
        char expected[128];
        snprintf(
            expected, sizeof expected,
            "tt_alloc: out of memory: 100000 bytes asked, %zu held, 8388608 allowed by "
            "tt_ctx_limit",
            tt_ctx_bytes(c));
        cr_expect_str_eq(tt_error(c), expected);
        cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY);
        cr_expect_leq(tt_ctx_bytes(c), 8 << 20);
    }
    cr_expect_geq(steps, 60, "most of 83 fit, got %d", steps);
    tt_error_clear(c);
    cr_expect_str_eq(kept, "kept");
    cr_expect_not_null(tt_alloc(c, 100000), "after the rewind there is room again");
    TT_SCOPE (c) cr_expect_not_null(tt_alloc(c, 6 << 20), "also for one large request");
    cr_expect_not_null(tti_block_get(c, 6 << 20), "and for a block");
    cr_expect_null(tt_error(c), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(support_ctx, small_objects_fill_the_limit)
{
    tt_ctx *c = quiet_ctx();
    tt_ctx_limit(c, 1 << 20);
    size_t bytes = 0;
    while (tt_alloc(c, 16) != NULL) bytes += 16 + TTI_ASAN * 16;
    cr_expect_geq(bytes, (1 << 20) / 10 * 9);
    tt_ctx_free(c);
}

Test(support_ctx, every_way_to_memory_reports_its_end)
{
    tt_ctx *c = quiet_ctx();
    size_t held = tt_ctx_bytes(c);
    static const size_t sizes[] = {1 << 20, SIZE_MAX, SIZE_MAX - 15, SIZE_MAX / 2,
                                   PTRDIFF_MAX};
    tt_ctx_limit(c, 1 << 19);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        cr_expect_null(tt_alloc(c, sizes[i]));
        cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "tt_alloc of %zu", sizes[i]);
        tt_error_clear(c);
        cr_expect_null(tti_header_new(c, sizes[i]));
        cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "tti_header_new of %zu", sizes[i]);
        tt_error_clear(c);
        cr_expect_null(tti_block_get(c, sizes[i]));
        cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "tti_block_get of %zu", sizes[i]);
        tt_error_clear(c);
    }
    cr_expect_eq(tt_ctx_bytes(c), held, "what is refused takes nothing");
    cr_expect_null(tt_text(c, "%02000000d", 1));
    cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "tt_text");
    tt_error_clear(c);
    tt_ctx_limit(c, 1);
    cr_expect_null(tt_ctx_new(c));
    cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "tt_ctx_new");
    tt_error_clear(c);
    cr_expect_not(tti_on_release(c, note, &letters[0]));
    cr_expect_str_eq(released, "a", "the object is released at once");
    cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "tti_on_release");
    tt_error_clear(c);
    tt_ctx_limit(c, 0);
    cr_expect_not_null(tt_alloc(c, 1 << 20), "without the limit everything works");
    cr_expect_null(tt_error(c));
    tt_ctx_free(c);
    cr_expect_str_eq(released, "a");
}

Test(support_ctx, what_the_system_refuses_is_an_error_too)
{
    if (TTI_ASAN) cr_skip_test("AddressSanitizer's own malloc ends the process");
    tt_ctx *c = quiet_ctx();
    cr_expect_null(tti_block_get(c, PTRDIFF_MAX / 2));
    cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY);
    cr_expect_not_null(strstr(tt_error(c), "the system has no more"), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(support_ctx, near_the_limit_the_quarantine_gives_way, .init = needs_checked_build)
{
    tt_ctx *c = quiet_ctx();
    tt_ctx *reserve = tt_ctx_new(c);
    for (int i = 0; i < 100; i++) node_new(reserve, i);
    tt_ctx_limit(c, 1 << 20);
    for (int step = 0; step < 40; step++)
        TT_SCOPE (c) {
            for (int i = 0; i < 3000; i++) /* 400 kB a step: nine of them do not fit */
                cr_assert_not_null(node_new(c, i), "step %d node %d: %s", step, i,
                                   tt_error(c));
        }
    static node *kept[10000]; /* all there are */
    int n = 0;
    while ((kept[n] = node_new(c, n)) != NULL) n++;
    cr_assert_geq(n, 3000);
    tt_error_clear(c);
    tt_ctx_free(reserve);
    for (int step = 0; step < 3 * TT_QUARANTINE; step++)
        TT_SCOPE (c) node_new(c, step);
    for (int i = 0; i < n; i++)
        cr_assert_eq(kept[i]->value[7], i, "who took over early stays");
    tt_ctx_free(c);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

Test(support_ctx, size_classes_fit_and_waste_at_most_a_quarter)
{
    unsigned last = 0;
    for (size_t bytes = 1; bytes < (1 << 20); bytes += 1 + bytes / 97) {
        unsigned size_class = tti_size_class(bytes);
        size_t size = tti_class_bytes(size_class);
        cr_assert_geq(size, bytes);
        cr_assert(size <= bytes + 63 || size - bytes <= bytes / 4, "%zu -> %zu", bytes,
                  size);
        cr_assert_eq(tti_size_class(size), size_class, "%zu", bytes);
        cr_assert_eq(tti_size_class(size + 1), size_class + 1, "%zu", bytes);
        cr_assert_geq(size_class, last);
        last = size_class;
    }
    cr_expect_lt(tti_size_class(PTRDIFF_MAX / 2), (unsigned)TTI_SIZE_CLASSES);
}

Test(support_ctx, blocks_are_aligned_and_apart)
{
    enum { N = 100 };
    tt_ctx *c = tt_ctx_new(NULL);
    unsigned char *block[N];
    for (int i = 0; i < N; i++) {
        size_t bytes = (size_t)(i * i * 7 + 1);
        block[i] = tti_block_get(c, bytes);
        cr_assert_eq((uintptr_t)block[i] % 64, 0);
        memset(block[i], i, bytes);
    }
    for (int i = 0; i < N; i++)
        for (int k = 0; k < i * i * 7 + 1; k++) cr_assert_eq(block[i][k], i);
    for (int i = 0; i < N; i += 2) tti_block_put(c, block[i]);
    tt_ctx_free(c); /* with the other half */
}

Test(support_ctx, blocks_are_used_again)
{
    if (TTI_ASAN) cr_skip_test("with AddressSanitizer every block is new");
    tt_ctx *c = tt_ctx_new(NULL);
    void *block = tti_block_get(c, 100000);
    size_t bytes = tt_ctx_bytes(c);
    tti_block_put(c, block);
    cr_expect_eq(tti_block_get(c, 99000), block);
    void *other = tti_block_get(c, 99000);
    cr_expect_neq(other, block);
    tti_block_put(c, other);
    tt_ctx *child = tt_ctx_new(c);
    cr_expect_eq(tti_block_get(child, 100000), other, "children share the pool");
    cr_expect_gt(tt_ctx_bytes(c), bytes);
    tt_ctx_free(c);
}

static void put_twice(void *block)
{
    tt_ctx *c = tt_ctx_new(NULL);
    block = tti_block_get(c, 100);
    tti_block_put(c, block);
    tti_block_put(c, block);
}

static void put_elsewhere(void *block)
{
    tt_ctx *c = tt_ctx_new(NULL);
    block = tti_block_get(c, 100);
    tti_block_put(tt_ctx_new(NULL), block);
}

Test(support_ctx, block_put_twice_or_elsewhere_is_found)
{
    cr_expect(dies(put_twice, NULL));
    cr_expect(dies(put_elsewhere, NULL));
}

Test(support_ctx, asan_sees_the_ends_of_a_block)
{
    if (!TTI_ASAN) cr_skip_test("needs --config=asan");
    tt_ctx *c = tt_ctx_new(NULL);
    char *block = tti_block_get(c, 1000);
    cr_expect_not(dies(read_byte, block));
    cr_expect_not(dies(read_byte, block + 999));
    cr_expect(dies(read_byte, block + 1000));
    tti_block_put(c, block);
    cr_expect(dies(read_byte, block));
    tt_ctx_free(c);
}
