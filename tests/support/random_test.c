/* Random numbers: the published vectors, the shape of the distributions, and independence of order. */
#include "support/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "support/ctx.h"

TestSuite(support_random, .timeout = 30);

/* Known answers: kat_vectors of Random123 (Salmon et al., SC 2011), philox4x32 with 10 rounds. */
Test(support_random, philox_gives_the_published_answers)
{
    static const struct {
        tt_philox counter;
        uint32_t key[2];
        tt_philox answer;
    } known[] = {
        {{{0, 0, 0, 0}}, {0, 0}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
        {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
         {0xffffffff, 0xffffffff},
         {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
        {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
         {0xa4093822, 0x299f31d0},
         {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        tt_philox got = tt_philox4x32(known[i].counter, known[i].key[0], known[i].key[1]);
        for (int word = 0; word < 4; word++)
            cr_expect_eq(got.x[word], known[i].answer.x[word], "vector %zu word %d: %08x",
                         i, word, got.x[word]);
    }
}

Test(support_random, bits_are_the_first_word_of_block_i)
{
    tt_rng r = tt_rng_of(0, 0);
    cr_expect_eq(tt_rng_bits(r, 0), 0x6627e8d5u);
    r = tt_rng_of(0x299f31d0a4093822u, 0x0370734413198a2eu);
    cr_expect_eq(tt_rng_bits(r, 0x85a308d3243f6a88u), 0xd16cfe09u);
    r.first = 0x85a308d3243f6a00u;
    cr_expect_eq(tt_rng_bits(r, 0x88), 0xd16cfe09u, "`first` moves the sequence");
}

Test(support_random, seeds_streams_and_elements_differ)
{
    int equal = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        uint32_t x = tt_rng_bits(tt_rng_of(7, TT_STREAM_INIT), i);
        equal += x == tt_rng_bits(tt_rng_of(8, TT_STREAM_INIT), i);
        equal += x == tt_rng_bits(tt_rng_of(7, TT_STREAM_DROPOUT), i);
        equal += x == tt_rng_bits(tt_rng_of(7 + (1ull << 32), TT_STREAM_INIT), i);
        equal += x == tt_rng_bits(tt_rng_of(7, TT_STREAM_INIT), i + 1);
        equal += x == tt_rng_bits(tt_rng_of(7, TT_STREAM_INIT), i + (1ull << 32));
    }
    cr_expect_leq(equal, 1, "5000 pairs, expected 1e-6 equal ones, got %d", equal);
}

Test(support_random, uniform_is_uniform_in_0_to_1)
{
    enum { N = 1 << 20, BINS = 64 };
    for (uint64_t seed = 0; seed < 4; seed++) {
        int count[BINS] = {0};
        double sum = 0, squares = 0;
        tt_rng r = tt_rng_of(seed, TT_STREAM_DATA);
        for (uint64_t i = 0; i < N; i++) {
            float u = tt_rng_uniform(r, i);
            cr_assert(u >= 0.0f && u < 1.0f);
            count[(int)(u * BINS)]++;
            sum += (double)u;
            squares += (double)u * (double)u;
        }
        double chi = 0, expected = (double)N / BINS;
        for (int b = 0; b < BINS; b++) chi += pow(count[b] - expected, 2) / expected;
        /* 63 degrees of freedom: mean 63, standard deviation 11.2; 5 of them on either side */
        cr_expect(chi > 20 && chi < 120, "seed %d: chi square %g", (int)seed, chi);
        cr_expect_lt(fabs(sum / N - 0.5), 5 * 0.2887 / 1024);
        cr_expect_lt(fabs(squares / N - 1.0 / 3), 5 * 0.2982 / 1024);
    }
}

Test(support_random, neighbours_do_not_correlate)
{
    enum { N = 1 << 18 };
    tt_rng r = tt_rng_of(3, TT_STREAM_DATA), other = tt_rng_of(4, TT_STREAM_DATA);
    double lag = 0, seeds = 0;
    for (uint64_t i = 0; i < N; i++) {
        double u = (double)tt_rng_uniform(r, i) - 0.5;
        lag += u * ((double)tt_rng_uniform(r, i + 1) - 0.5);
        seeds += u * ((double)tt_rng_uniform(other, i) - 0.5);
    }
    double deviation = sqrt((double)N) / 12; /* of a sum of products of two such numbers */
    cr_expect_lt(fabs(lag), 5 * deviation, "%g", lag);
    cr_expect_lt(fabs(seeds), 5 * deviation, "%g", seeds);
}

Test(support_random, below_hits_every_value_equally)
{
    enum { N = 70000 };
    int count[7] = {0};
    tt_rng r = tt_rng_of(11, TT_STREAM_SHUFFLE);
    for (uint64_t i = 0; i < N; i++) {
        uint32_t k = tt_rng_below(r, i, 7);
        cr_assert_lt(k, 7);
        count[k]++;
    }
    for (int k = 0; k < 7; k++)
        cr_expect(abs(count[k] - N / 7) < 5 * 93, "%d: %d", k, count[k]);
    cr_expect_eq(tt_rng_below(r, 5, 1), 0);
}

Test(support_random, normal_has_the_moments_of_a_normal)
{
    enum { N = 1 << 20 };
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    int within = 0;
    tt_rng r = tt_rng_of(5, TT_STREAM_INIT);
    for (uint64_t i = 0; i < N; i++) {
        double x = (double)tt_rng_normal(r, i);
        cr_assert(isfinite(x));
        m1 += x;
        m2 += x * x;
        m3 += x * x * x;
        m4 += x * x * x * x;
        within += fabs(x) < 1;
    }
    double root = 1024; /* sqrt(N); bounds are 5 standard deviations */
    cr_expect_lt(fabs(m1 / N), 5 / root);
    cr_expect_lt(fabs(m2 / N - 1), 5 * sqrt(2) / root);
    cr_expect_lt(fabs(m3 / N), 5 * sqrt(15) / root);
    cr_expect_lt(fabs(m4 / N - 3), 5 * sqrt(96) / root);
    cr_expect_lt(fabs(within / (double)N - 0.682689), 5 * 0.4655 / root);
}

Test(support_random, element_does_not_depend_on_the_order_of_asking)
{
    enum { N = 257 };
    tt_rng r = tt_rng_of(99, TT_STREAM_DROPOUT);
    float forwards[N], normals[N];
    for (uint64_t i = 0; i < N; i++) {
        forwards[i] = tt_rng_uniform(r, i);
        normals[i] = tt_rng_normal(r, i);
    }
    for (uint64_t i = N; i-- > 0;) {
        cr_assert_eq(tt_rng_uniform(r, i), forwards[i]);
        cr_assert_eq(tt_rng_normal(r, i), normals[i]);
    }
}

/* ---- permutations ---------------------------------------------------------------------------- */

Test(support_random, permutation_holds_every_number_once)
{
    enum { N = 1000 };
    uint32_t order[N + 1];
    static const size_t sizes[] = {0, 1, 2, 3, 31, 32, 33, 255, 256, 257, N};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        size_t n = sizes[k];
        bool seen[N] = {false};
        order[n] = 4711;
        tt_rng_permutation(tt_rng_of(k, TT_STREAM_SHUFFLE), order, n);
        cr_assert_eq(order[n], 4711, "n = %zu: wrote behind the end", n);
        for (size_t i = 0; i < n; i++) {
            cr_assert_lt(order[i], n);
            cr_assert_not(seen[order[i]], "n = %zu: %u twice", n, order[i]);
            seen[order[i]] = true;
        }
    }
    tt_rng_permutation(tt_rng_of(0, 0), NULL, 0);
}

/* Which of the 24 permutations of 4 numbers. */
static int rank_of(const uint32_t order[4])
{
    int rank = 0;
    for (int i = 0; i < 4; i++) {
        int smaller = 0;
        for (int j = i + 1; j < 4; j++) smaller += order[j] < order[i];
        rank = rank * (4 - i) + smaller;
    }
    return rank;
}

Test(support_random, permutations_are_all_equally_likely)
{
    enum { N = 24000 };
    int count[24] = {0};
    for (uint64_t seed = 0; seed < N; seed++) {
        uint32_t order[4];
        tt_rng_permutation(tt_rng_of(seed, TT_STREAM_SHUFFLE), order, 4);
        count[rank_of(order)]++;
    }
    for (int k = 0; k < 24; k++)
        cr_expect(abs(count[k] - 1000) < 5 * 31, "permutation %d: %d of %d", k, count[k],
                  N);
}

Test(support_random, permutation_is_repeatable_and_moves_with_the_stream)
{
    uint32_t a[50], b[50];
    tt_rng r = tt_rng_of(1, TT_STREAM_SHUFFLE);
    tt_rng_permutation(r, a, 50);
    tt_rng_permutation(r, b, 50);
    cr_expect_arr_eq(a, b, sizeof a);
    r.first = 50;
    tt_rng_permutation(r, b, 50);
    cr_expect_arr_neq(a, b, sizeof a, "the next epoch has another order");
}

/* ---- contexts -------------------------------------------------------------------------------- */

Test(support_random, context_hands_out_each_number_once)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_rng whole = tt_rng_of(0, TT_STREAM_INIT);
    tt_rng a = tt_ctx_rng(c, TT_STREAM_INIT, 10);
    tt_rng other = tt_ctx_rng(c, TT_STREAM_DATA, 3);
    tt_rng b = tt_ctx_rng(c, TT_STREAM_INIT, 5);
    cr_expect_eq(tt_rng_bits(a, 9), tt_rng_bits(whole, 9));
    cr_expect_eq(tt_rng_bits(b, 0), tt_rng_bits(whole, 10),
                 "streams do not disturb each other");
    cr_expect_eq(tt_rng_bits(other, 0), tt_rng_bits(tt_rng_of(0, TT_STREAM_DATA), 0));
    tt_ctx_free(c);
}

Test(support_random, seed_starts_all_streams_anew)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_ctx_rng(c, TT_STREAM_INIT, 10);
    tt_ctx_rng(c, TT_STREAM_SHUFFLE, 10);
    tt_seed(c, 42);
    for (unsigned stream = 0; stream < TT_STREAMS; stream++)
        cr_expect_eq(tt_rng_bits(tt_ctx_rng(c, (tt_stream)stream, 1), 0),
                     tt_rng_bits(tt_rng_of(42, stream), 0));
    tt_ctx_free(c);
}

Test(support_random, children_share_the_streams_until_they_are_seeded)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 42);
    tt_ctx *child = tt_ctx_new(c), *sister = tt_ctx_new(c);
    tt_rng whole = tt_rng_of(42, TT_STREAM_INIT);
    cr_expect_eq(tt_rng_bits(tt_ctx_rng(child, TT_STREAM_INIT, 1), 0),
                 tt_rng_bits(whole, 0));
    cr_expect_eq(tt_rng_bits(tt_ctx_rng(sister, TT_STREAM_INIT, 1), 0),
                 tt_rng_bits(whole, 1));
    cr_expect_eq(tt_rng_bits(tt_ctx_rng(c, TT_STREAM_INIT, 1), 0), tt_rng_bits(whole, 2));
    tt_seed(child, 5);
    cr_expect_eq(tt_rng_bits(tt_ctx_rng(child, TT_STREAM_INIT, 1), 0),
                 tt_rng_bits(tt_rng_of(5, TT_STREAM_INIT), 0));
    cr_expect_eq(tt_rng_bits(tt_ctx_rng(c, TT_STREAM_INIT, 1), 0), tt_rng_bits(whole, 3));
    tt_ctx_free(c);
}

Test(support_random, rewinding_does_not_repeat_numbers)
{
    tt_ctx *c = tt_ctx_new(NULL);
    uint32_t first = 0, second = 0;
    TT_SCOPE (c) first = tt_rng_bits(tt_ctx_rng(c, TT_STREAM_DROPOUT, 1), 0);
    TT_SCOPE (c) second = tt_rng_bits(tt_ctx_rng(c, TT_STREAM_DROPOUT, 1), 0);
    cr_expect_neq(first, second, "the masks of two steps differ");
    tt_ctx_free(c);
}
