/* Storage: making, reading, writing tensors; residency of a storage on two sides; text. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/module2_tensors/support/tensor_expect.h"

TestSuite(tensor_storage, .timeout = 10);

static tt_case begin(void)
{
    return case_begin(tt_backend_simple(), 0);
}

/* ---- making ------------------------------------------------------------------------------------ */

Test(tensor_storage, constructors_set_every_cell)
{
    tt_case k = begin();
    EXPECT_CELLS(&k, tt_zeros(k.c, TT_SHAPE(2, 2)), TT_SHAPE(2, 2), "2.1", "zeros", 0, 0,
                 0, 0);
    EXPECT_CELLS(&k, tt_ones(k.c, TT_SHAPE(3)), TT_SHAPE(3), "2.1", "ones", 1, 1, 1);
    EXPECT_CELLS(&k, tt_full(k.c, TT_SHAPE0, 2.5f), TT_SHAPE0, "2.1", "full", 2.5);
    EXPECT_CELLS(&k, tt_num(k.c, -4), TT_SHAPE(1), "2.1", "num", -4);
    EXPECT_CELLS(&k, tt_arange(k.c, 4), TT_SHAPE(4), "2.1", "arange", 0, 1, 2, 3);
    float values[] = {1, 2, 3, 4, 5, 6};
    tt_tensor *t = tt_from(k.c, TT_SHAPE(2, 3), values);
    values[0] = 99;
    EXPECT_CELLS(&k, t, TT_SHAPE(2, 3), "2.1", "from: copied", 1, 2, 3, 4, 5, 6);
    cr_expect_eq((uintptr_t)tt_storage_read(t->data.storage) % 64, 0,
                 "host memory is aligned to 64");
    cr_expect_eq(tt_numel(tt_arange(k.c, 0)), 0);
    cr_expect_eq(tt_numel(tt_from(k.c, TT_SHAPE(0, 2), NULL)), 0);
    expect_no_error(&k, "making");
    case_end(&k);
}

Test(tensor_storage, random_numbers_repeat_by_seed)
{
    tt_case k = begin(), l = begin();
    tt_seed(k.c, 7), tt_seed(l.c, 7);
    double *x = case_cells(tt_rand(k.c, TT_SHAPE(1000))),
           *y = case_cells(tt_rand(l.c, TT_SHAPE(10, 100)));
    cr_expect_eq(memcmp(x, y, 1000 * sizeof *x), 0, "same seed, same numbers");
    double *z = case_cells(tt_rand(k.c, TT_SHAPE(1000))), mean = 0, square = 0;
    cr_expect_neq(memcmp(x, z, 1000 * sizeof *x), 0, "the next call gives other numbers");
    for (int i = 0; i < 1000; i++) {
        cr_assert(x[i] >= 0 && x[i] < 1, "rand gives %g", x[i]);
        mean += x[i] / 1000;
    }
    cr_expect(mean > 0.45 && mean < 0.55, "mean of 1000 uniform numbers is %g", mean);
    z = case_cells(tt_randn(k.c, TT_SHAPE(1000)));
    mean = 0;
    for (int i = 0; i < 1000; i++) mean += z[i] / 1000, square += z[i] * z[i] / 1000;
    cr_expect(mean > -0.15 && mean < 0.15 && square > 0.8 && square < 1.2,
              "randn: mean %g, mean square %g", mean, square);
    case_end(&k), case_end(&l);
}

Test(tensor_storage, read_and_get_follow_any_strides)
{
    tt_case k = begin();
    tt_tensor *t =
        case_tensor_laid(k.c, TT_SHAPE(2, 3), (int[]){1, 0}, (float[]){1, 2, 3, 4, 5, 6});
    float out[6];
    cr_assert_eq(tt_read(t, out), TT_OK);
    for (int i = 0; i < 6; i++) {
        cr_expect_eq(out[i], (float)(i + 1), "tt_read, cell %d", i);
        cr_expect_eq(tt_get(t, (int[]){i / 3, i % 3}), (float)(i + 1), "tt_get, cell %d",
                     i);
    }
    cr_assert_eq(tt_set(t, (int[]){1, 0}, 40), TT_OK);
    EXPECT_CELLS(&k, t, TT_SHAPE(2, 3), "2.1", "after tt_set", 1, 2, 3, 40, 5, 6);
    cr_expect_eq(tt_item(tt_full(k.c, TT_SHAPE(1, 1), 8)), 8);
    tt_tensor *like = tt_empty_like(k.c, t), *copy = tt_clone(k.c, t);
    cr_expect(tt_shape_equal(tt_shape_of(like), TT_SHAPE(2, 3)));
    EXPECT_CELLS(&k, copy, TT_SHAPE(2, 3), "2.1", "clone", 1, 2, 3, 40, 5, 6);
    cr_expect(tt_layout_contiguous(&copy->data.layout), "a copy is row-major");
    case_end(&k);
}

/* ---- two sides: a backend whose device is a second piece of host memory ------------------------- */

static bool device_is_full;

static void *device_get(size_t bytes)
{
    return device_is_full ? NULL : malloc(bytes + 1);
}

static tt_status to_device(void *device, const float *host, size_t bytes)
{
    memcpy(device, host, bytes);
    return TT_OK;
}

static tt_status to_host(float *host, const void *device, size_t bytes)
{
    memcpy(host, device, bytes);
    return TT_OK;
}

static const tt_backend *device_backend(void)
{
    static tt_backend b;
    b = *tt_backend_simple(); /* computes on the host side, so that sides change often */
    b.name = "device";
    b.device_get = device_get, b.device_put = free;
    b.to_device = to_device, b.to_host = to_host;
    return &b;
}

Test(tensor_storage, first_access_on_the_other_side_copies_once_and_is_counted)
{
    tt_case k = case_begin(device_backend(), 0);
    tt_tensor *t = tt_from(k.c, TT_SHAPE(3), (float[]){1, 2, 3});
    tt_transfers before = tt_transfer_count(k.c);
    for (int i = 0; i < 3; i++) {
        const float *d = tt_storage_device_read(t->data.storage);
        cr_assert(d && d[0] == 1 && d[2] == 3);
    }
    tt_transfers after = tt_transfer_count(k.c);
    cr_expect_eq(after.to_device - before.to_device, 1, "copied once");
    cr_expect_eq(after.bytes_to_device - before.bytes_to_device, 12);
    cr_expect_eq(after.to_host, before.to_host);
    float *d = tt_storage_device_change(t->data.storage);
    d[1] = 20;
    EXPECT_CELLS(&k, t, TT_SHAPE(3), "2.1", "changed on the device, read on the host", 1,
                 20, 3);
    cr_expect_eq(tt_transfer_count(k.c).to_host - after.to_host, 1);
    case_end(&k);
}

Test(tensor_storage, setting_all_on_one_side_fetches_nothing)
{
    tt_case k = case_begin(device_backend(), 0);
    tt_tensor *t = tt_from(k.c, TT_SHAPE(2), (float[]){1, 2});
    tt_transfers before = tt_transfer_count(k.c);
    float *d = tt_storage_device_set(t->data.storage);
    cr_assert_not_null(d);
    d[0] = 5, d[1] = 6;
    cr_expect_eq(tt_transfer_count(k.c).to_device, before.to_device,
                 "old numbers are not fetched");
    EXPECT_CELLS(&k, t, TT_SHAPE(2), "2.1", "set on the device", 5, 6);
    case_end(&k);
}

Test(tensor_storage, a_full_device_is_an_error_that_can_be_survived)
{
    tt_case k = case_begin(device_backend(), 0);
    device_is_full = true;
    cr_expect_null(tt_zeros(k.c, TT_SHAPE(4)));
    EXPECT_ERROR(&k, TT_ERR_MEMORY, "device", "4");
    device_is_full = false;
    cr_expect_not_null(tt_zeros(k.c, TT_SHAPE(4)));
    case_end(&k);
}

/* ---- text --------------------------------------------------------------------------------------- */

static void text_is(tt_case *k, tt_tensor *t, const char *want)
{
    char *text = tt_text_of(k->c, t);
    cr_assert_not_null(text, "%s", tt_error(k->c));
    cr_expect_str_eq(text, want, "\"%s\", expected \"%s\"", text, want);
}

Test(tensor_storage, text_is_nested_brackets)
{
    tt_case k = begin();
    text_is(&k, tt_from(k.c, TT_SHAPE(2, 2), (float[]){1, 2, 3, 4}), "[[1 2] [3 4]]");
    text_is(&k,
            tt_transpose(k.c, tt_from(k.c, TT_SHAPE(2, 2), (float[]){1, 2, 3, 4}), 0, 1),
            "[[1 3] [2 4]]");
    text_is(&k, tt_full(k.c, TT_SHAPE0, 0.12345f), "0.1235");
    text_is(&k, tt_zeros(k.c, TT_SHAPE(0)), "[]");
    text_is(&k, tt_zeros(k.c, TT_SHAPE(2, 0)), "[[] []]");
    text_is(&k, tt_from(k.c, TT_SHAPE(1, 2), (float[]){1e30f, -1.5f}), "[[1e+30 -1.5]]");
    text_is(&k, tt_arange(k.c, 8), "[0 1 2 3 4 5 6 7]");
    case_end(&k);
}

Test(tensor_storage, text_shortens_long_dimensions)
{
    tt_case k = begin();
    char *text = tt_text_of(k.c, tt_arange(k.c, 1000));
    cr_expect(strlen(text) < 60, "%s", text);
    cr_expect_not_null(strstr(text, "[0 1 2 3 ... 996 997 998 999]"), "%s", text);
    text = tt_text_of(k.c, tt_zeros(k.c, TT_SHAPE(100, 100, 100)));
    cr_expect(strlen(text) < 4000, "%zu bytes for (100,100,100)", strlen(text));
    case_end(&k);
}

Test(tensor_storage, print_says_name_and_shape, .init = cr_redirect_stdout)
{
    tt_case k = begin();
    tt_print(tt_name(tt_from(k.c, TT_SHAPE(1, 2), (float[]){1, 2}), "w"));
    fflush(stdout);
    cr_expect_stdout_eq_str("w (1,2) [[1 2]]\n");
    case_end(&k);
}
