/* Task 2.2: broadcasting. The three rules stand in module2_tensors/README.md, "Task 2.2". */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/module2_tensors/support/tensor_expect.h"

TestSuite(task2_2, .timeout = 10);

#define SEE "\nsee module2_tensors/README.md, Task 2.2, and module2_tensors/shape.h"
#define RULES                                                                            \
    "why: from the right, sizes are equal, or one is 1 or missing and becomes the other"

/* ---- shape_broadcast ------------------------------------------------------------------------- */

static void gives(tt_shape a, tt_shape b, tt_shape want)
{
    char at[TT_SHAPE_TEXT], bt[TT_SHAPE_TEXT], gt[TT_SHAPE_TEXT], wt[TT_SHAPE_TEXT];
    tt_shape got = TT_SHAPE(99);
    bool fits = tt_shape_broadcast(a, b, &got);
    cr_expect(fits && tt_shape_equal(got, want),
              "tt_shape_broadcast of %s and %s: expected %s, got %s\n" RULES SEE,
              tt_shape_text(a, at), tt_shape_text(b, bt), tt_shape_text(want, wt),
              fits ? tt_shape_text(got, gt) : "false: no fit");
}

static void gives_both_ways(tt_shape a, tt_shape b, tt_shape want)
{
    gives(a, b, want);
    gives(b, a, want);
}

static void refuses(tt_shape a, tt_shape b)
{
    char at[TT_SHAPE_TEXT], bt[TT_SHAPE_TEXT], gt[TT_SHAPE_TEXT];
    tt_shape got = TT_SHAPE(99);
    bool fits = tt_shape_broadcast(a, b, &got);
    cr_expect(!fits, "tt_shape_broadcast of %s and %s: expected false, got %s\n" RULES SEE,
              tt_shape_text(a, at), tt_shape_text(b, bt), tt_shape_text(got, gt));
    cr_expect(fits || tt_shape_equal(got, TT_SHAPE(99)),
              "tt_shape_broadcast of %s and %s: expected *out as it was, got %s\n"
              "why: *out is untouched when shapes do not fit, so write it last" SEE,
              tt_shape_text(a, at), tt_shape_text(b, bt), tt_shape_text(got, gt));
}

Test(task2_2, equal_shapes_stay)
{
    gives(TT_SHAPE(2, 3), TT_SHAPE(2, 3), TT_SHAPE(2, 3));
    gives(TT_SHAPE0, TT_SHAPE0, TT_SHAPE0);
    gives(TT_SHAPE(1), TT_SHAPE(1), TT_SHAPE(1));
}

Test(task2_2, size_1_stretches_to_any_size)
{
    gives_both_ways(TT_SHAPE(1), TT_SHAPE(5, 5), TT_SHAPE(5, 5));
    gives_both_ways(TT_SHAPE(2, 1), TT_SHAPE(2, 7), TT_SHAPE(2, 7));
    gives_both_ways(TT_SHAPE(1, 7), TT_SHAPE(2, 1), TT_SHAPE(2, 7));
    gives_both_ways(TT_SHAPE(5, 1, 5, 1), TT_SHAPE(1, 5, 1, 5), TT_SHAPE(5, 5, 5, 5));
}

Test(task2_2, missing_dimensions_are_added_on_the_left)
{
    gives_both_ways(TT_SHAPE(1, 5, 5), TT_SHAPE(5, 5), TT_SHAPE(1, 5, 5));
    gives_both_ways(TT_SHAPE(2, 5), TT_SHAPE(5), TT_SHAPE(2, 5));
    gives_both_ways(TT_SHAPE(2, 3, 1), TT_SHAPE(7, 2, 1, 5), TT_SHAPE(7, 2, 3, 5));
    gives_both_ways(TT_SHAPE0, TT_SHAPE(2, 3), TT_SHAPE(2, 3));
    gives_both_ways(TT_SHAPE(1, 2, 1, 2, 1, 2, 1, 2), TT_SHAPE(1),
                    TT_SHAPE(1, 2, 1, 2, 1, 2, 1, 2));
}

Test(task2_2, different_sizes_that_are_not_1_do_not_fit)
{
    refuses(TT_SHAPE(5, 7, 5, 1), TT_SHAPE(1, 5, 1, 5));
    refuses(TT_SHAPE(5, 2), TT_SHAPE(5)); /* never added on the right */
    refuses(TT_SHAPE(2), TT_SHAPE(3));
    refuses(TT_SHAPE(2, 3), TT_SHAPE(4, 3));
    refuses(TT_SHAPE(4), TT_SHAPE(2));       /* a multiple is not enough */
    refuses(TT_SHAPE(2, 3), TT_SHAPE(3, 2)); /* as many cells, still no fit */
}

Test(task2_2, size_0_stretches_like_any_other)
{
    gives_both_ways(TT_SHAPE(1), TT_SHAPE(0), TT_SHAPE(0)); /* 0, not the larger of 1 and 0 */
    gives_both_ways(TT_SHAPE(3, 1), TT_SHAPE(1, 0), TT_SHAPE(3, 0));
    gives(TT_SHAPE(0), TT_SHAPE(0), TT_SHAPE(0));
    gives_both_ways(TT_SHAPE0, TT_SHAPE(0, 2), TT_SHAPE(0, 2));
    refuses(TT_SHAPE(0), TT_SHAPE(2));
    refuses(TT_SHAPE(2, 0), TT_SHAPE(2, 3));
}

Test(task2_2, result_may_be_one_of_the_operands)
{
    tt_shape a = TT_SHAPE(3, 1);
    char text[TT_SHAPE_TEXT];
    bool fits = tt_shape_broadcast(a, TT_SHAPE(2, 1, 4), &a);
    cr_expect(fits && tt_shape_equal(a, TT_SHAPE(2, 3, 4)),
              "a = (3,1) and (2,1,4), written into a: expected (2,3,4), got %s\n" RULES SEE,
              fits ? tt_shape_text(a, text) : "false: no fit");
}

Test(task2_2, shapes_made_smaller_broadcast_back)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        tt_case k = case_begin(tt_backend_simple(), seed);
        tt_shape big = case_shape(&k);
        gives_both_ways(case_smaller_shape(&k, big), big, big);
        case_end(&k);
    }
}

/* ---- broadcast_index ------------------------------------------------------------------------- */

/* "[1,0,4]" */
static const char *index_text(const int *index, int ndim, char text[TT_SHAPE_TEXT])
{
    size_t used = (size_t)snprintf(text, TT_SHAPE_TEXT, "[");
    for (int d = 0; d < ndim; d++)
        used += (size_t)snprintf(text + used, TT_SHAPE_TEXT - used, d ? ",%d" : "%d",
                                 index[d]);
    snprintf(text + used, TT_SHAPE_TEXT - used, "]");
    return text;
}

/* Whether the cell `big_index` of `big` reads the cell `want` of `shape`. */
static bool reads(const int *big_index, tt_shape big, tt_shape shape, const int *want)
{
    char bt[TT_SHAPE_TEXT], st[TT_SHAPE_TEXT], at[TT_SHAPE_TEXT], gt[TT_SHAPE_TEXT],
        wt[TT_SHAPE_TEXT];
    int index[TT_MAX_DIMS + 1];
    for (int d = 0; d <= TT_MAX_DIMS; d++) index[d] = -7;
    tt_broadcast_index(big_index, big, shape, index);
    bool right = true;
    for (int d = 0; d < shape.ndim; d++) right = right && index[d] == want[d];
    cr_expect(
        right,
        "cell %s of %s reads from %s: expected cell %s, got %s\n"
        "why: dimensions are matched from the right; one of size 1 reads index 0" SEE,
        index_text(big_index, big.ndim, at), tt_shape_text(big, bt),
        tt_shape_text(shape, st), index_text(want, shape.ndim, wt),
        index_text(index, shape.ndim, gt));
    bool within = index[shape.ndim] == -7;
    cr_expect(within,
              "cell %s of %s reads from %s: expected %d numbers in index, got more\n"
              "why: index is one of the smaller shape: it has shape.ndim numbers" SEE,
              index_text(big_index, big.ndim, at), tt_shape_text(big, bt),
              tt_shape_text(shape, st), shape.ndim);
    return right && within;
}

Test(task2_2, dimensions_of_size_1_read_index_0)
{
    reads((int[]){1, 4}, TT_SHAPE(3, 5), TT_SHAPE(1, 5), (int[]){0, 4});
    reads((int[]){2, 4}, TT_SHAPE(3, 5), TT_SHAPE(3, 1), (int[]){2, 0});
    reads((int[]){2, 4}, TT_SHAPE(3, 5), TT_SHAPE(1, 1), (int[]){0, 0});
}

Test(task2_2, extra_dimensions_on_the_left_are_dropped)
{
    reads((int[]){2, 4}, TT_SHAPE(3, 5), TT_SHAPE(5), (int[]){4});
    reads((int[]){6, 1, 2, 4}, TT_SHAPE(7, 2, 3, 5), TT_SHAPE(2, 3, 1), (int[]){1, 2, 0});
    reads((int[]){2, 4}, TT_SHAPE(3, 5), TT_SHAPE(1), (int[]){0});
    reads((int[]){2, 4}, TT_SHAPE(3, 5), TT_SHAPE0, NULL);
}

Test(task2_2, equal_shapes_read_the_same_index)
{
    reads((int[]){1, 0, 2}, TT_SHAPE(2, 1, 3), TT_SHAPE(2, 1, 3), (int[]){1, 0, 2});
    reads(NULL, TT_SHAPE0, TT_SHAPE0, NULL);
}

static void index_agrees_with_rules(tt_case *k, const void *user)
{
    (void)user;
    tt_shape big = case_shape(k), small = case_smaller_shape(k, big);
    int at[TT_MAX_DIMS] = {0}, want[TT_MAX_DIMS] = {0};
    do {
        for (int d = 0; d < small.ndim; d++)
            want[d] = small.dim[d] == 1 ? 0 : at[d + big.ndim - small.ndim];
        if (!reads(at, big, small, want)) return; /* one cell a shape is enough */
    } while (case_next_index(big, at));
}

Test(task2_2, every_cell_of_random_shapes_reads_the_right_one)
{
    case_each(index_agrees_with_rules, NULL);
}
