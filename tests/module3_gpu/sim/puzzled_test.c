/* The puzzles' runner calls right what is right, and says of the rest what is wrong with it. */
#include <criterion/criterion.h>
#include <string.h>

#include "module3_gpu/puzzles/puzzle.h"
#include "module3_gpu/sim/sim.h"

puzzle_launch ttk_sim_puzzled_right, ttk_sim_puzzled_shifted, ttk_sim_puzzled_unguarded,
    ttk_sim_puzzled_unshared, ttk_sim_puzzled_plain;

static int nothing(float *out, const float *a, const float *b)
{
    (void)out, (void)a, (void)b;
    return 0;
}

Test(puzzles, a_right_kernel_is_right)
{
    cr_expect(puzzle_solved(puzzle_named("copy"), ttk_sim_puzzled_right));
}

Test(puzzles, wrong_numbers_are_wrong)
{
    cr_expect_not(puzzle_solved(puzzle_named("copy"), ttk_sim_puzzled_shifted));
    cr_expect_eq(tt_sim_finding_count(), 0);
}

Test(puzzles, nothing_written_is_wrong)
{
    const char *names[] = {"copy", "guard",   "grid",   "shared",
                           "sum",  "stencil", "matmul", "histogram"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cr_assert(puzzle_named(names[i]), "%s", names[i]);
        cr_expect_not(puzzle_solved(puzzle_named(names[i]), nothing), "%s", names[i]);
    }
    cr_expect_null(puzzle_named("none"));
}

static void finds(const char *name, puzzle_launch *launch, const char *text)
{
    cr_expect_not(puzzle_solved(puzzle_named(name), launch), "%s", name);
    const tt_sim_finding *f = tt_sim_finding_at(0);
    cr_expect(f && strstr(f->text, text), "%s: expected is %s, found was %s", name, text,
              f ? f->text : "nothing");
}

Test(puzzles, a_missing_guard_and_a_race_are_told)
{
    finds("guard", ttk_sim_puzzled_unguarded, "just past the end of a (40 bytes)");
    finds("histogram", ttk_sim_puzzled_plain, "many threads update one number");
}

/* Right numbers, 8 reads too many. */
Test(puzzles, needless_reads_are_wrong_where_the_puzzle_is_about_them)
{
    cr_expect_not(puzzle_solved(puzzle_named("shared"), ttk_sim_puzzled_unshared));
    cr_expect_eq(tt_sim_finding_count(), 0);
    cr_expect_eq(tt_sim_total().global_loads, 32);
}
