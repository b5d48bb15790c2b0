/* JSON lines: what is printed, and that any reader can read it. */
#include "support/json.h"

#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(support_json, .timeout = 10);

/* What tt_json_print prints; frees j. */
static char *printed(tt_json *j)
{
    static char text[4096];
    FILE *out = fmemopen(text, sizeof text, "w");
    cr_assert(out && tt_json_print(j, out));
    fclose(out);
    return text;
}

Test(support_json, one_object_a_line_keys_in_order)
{
    tt_json *j = tt_json_event("epoch");
    tt_json_whole(j, "epoch", 3);
    tt_json_number(j, "loss", 0.25);
    tt_json_bool(j, "last", true);
    tt_json_text(j, "peer", NULL);
    tt_json_null(j, "ratio");
    cr_expect_str_eq(printed(j),
                     "{\"event\":\"epoch\",\"epoch\":3,\"loss\":0.25,\"last\":true,"
                     "\"peer\":null,\"ratio\":null}\n");
}

Test(support_json, what_is_not_finite_is_null)
{
    tt_json *j = tt_json_new();
    tt_json_number(j, "a", (double)NAN);
    tt_json_number(j, "b", HUGE_VAL);
    tt_json_number(j, "c", -HUGE_VAL);
    const double values[] = {1, (double)NAN, -0.5};
    tt_json_numbers(j, "d", values, 3);
    tt_json_numbers(j, "e", values, 0);
    cr_expect_str_eq(printed(j),
                     "{\"a\":null,\"b\":null,\"c\":null,\"d\":[1,null,-0.5],\"e\":[]}\n");
}

Test(support_json, numbers_read_back_as_the_same_double)
{
    static const double values[] = {0.1,      1.0 / 3,
                                    DBL_MAX,  DBL_MIN,
                                    5e-324,   -0.0,
                                    1e15 + 1, 123456789012345680.0,
                                    -2.5e-7,  0.30000000000000004};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        tt_json *j = tt_json_new();
        tt_json_number(j, "x", values[i]);
        char *text = printed(j);
        double back = strtod(strchr(text, ':') + 1, NULL);
        cr_expect(memcmp(&back, &values[i], sizeof back) == 0, "%.17g became %s",
                  values[i], text);
    }
}

Test(support_json, whole_numbers_keep_all_64_bits)
{
    tt_json *j = tt_json_new();
    tt_json_whole(j, "low", INT64_MIN);
    tt_json_whole(j, "high", INT64_MAX);
    tt_json_count(j, "seed", UINT64_MAX);
    cr_expect_str_eq(printed(j),
                     "{\"low\":-9223372036854775808,\"high\":9223372036854775807,"
                     "\"seed\":18446744073709551615}\n");
}

Test(support_json, any_bytes_become_valid_text)
{
    static const char *const texts[][2] = {
        {"a\"b\\c\n\t\x01", "\"a\\\"b\\\\c\\n\\t\\u0001\""},
        {"café \xF0\x9F\x98\x80", "\"café \xF0\x9F\x98\x80\""},
        {"\xFF\xC3", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},                 /* stray, cut off */
        {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},                 /* overlong "/" */
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""}, /* a surrogate */
        {"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "{\"t\":%s}\n", texts[i][1]);
        tt_json *j = tt_json_new();
        tt_json_text(j, "t", texts[i][0]);
        cr_expect_str_eq(printed(j), expected);
    }
}

Test(support_json, lists_of_objects)
{
    tt_json *j = tt_json_new();
    for (int i = 0; i < 2; i++) {
        tt_json *item = tt_json_new();
        tt_json_whole(item, "i", i);
        tt_json_append(j, "items", item);
    }
    cr_expect_str_eq(printed(j), "{\"items\":[{\"i\":0},{\"i\":1}]}\n");
}

Test(support_json, a_null_object_is_let_pass)
{
    tt_json_whole(NULL, "x", 1);
    tt_json_number(NULL, "x", 1);
    tt_json_text(NULL, "x", "y");
    tt_json_append(NULL, "x", tt_json_new());
    cr_expect(!tt_json_print(NULL, stdout));
    tt_json_free(NULL);
    tt_json_free(tt_json_event("unused"));
}

Test(support_json, a_full_device_is_seen)
{
    FILE *full = fopen("/dev/full", "w");
    cr_assert(full);
    cr_expect(!tt_json_print(tt_json_event("x"), full));
    fclose(full);
}
