/* Progress: what a bar says, and that it is silent where it should be. */
#include "support/progress.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(support_progress, .timeout = 10);

static char *text_of(int columns, bool utf8, uint64_t total, uint64_t done,
                     double elapsed, const char *note)
{
    static char text[1024];
    tt_progress p = {.label = "epoch 3/10", .unit = "images", .total = total};
    p.terminal = (tt_terminal){true, true, utf8, columns, 24};
    tt_progress_text(&p, done, elapsed, note, text, sizeof text);
    return text;
}

Test(support_progress, says_how_far_how_fast_and_how_long)
{
    char *text = text_of(120, false, 60000, 30000, 2.5, "loss 0.4312");
    cr_expect_str_eq(text, "epoch 3/10 ###############............... "
                           " 50%  12.0k images/s  3s left  loss 0.4312");
    text = text_of(120, true, 100, 52, 1, NULL);
    cr_expect(strstr(text, "━╸─") && strstr(text, " 52%"), "%s", text);
}

Test(support_progress, both_ends_are_right)
{
    cr_expect(
        strstr(text_of(120, false, 100, 0, 0, NULL), "  0%  0.00 images/s  ? left"));
    char *text = text_of(120, false, 100, 100, 1, NULL);
    cr_expect(strstr(text, "##############################") && strstr(text, "100%") &&
                  strstr(text, "0s left"),
              "%s", text);
    cr_expect(strstr(text_of(120, false, 100, 300, 1, NULL), "100%"),
              "never above 100%%");
}

Test(support_progress, long_waits_have_minutes_and_hours)
{
    cr_expect(strstr(text_of(120, false, 1000, 10, 1.3, NULL), "2m09s left"));
    cr_expect(strstr(text_of(120, false, 1000, 1, 11.1, NULL), "3h04m left"));
    cr_expect(strstr(text_of(120, false, UINT64_MAX, 1, 1, NULL), "long left"));
}

Test(support_progress, never_wider_than_the_terminal)
{
    char long_note[600];
    memset(long_note, 'n', sizeof long_note - 1);
    long_note[sizeof long_note - 1] = '\0';
    for (int columns = 20; columns <= 200; columns++) {
        char *text = text_of(columns, columns % 2, 1000, 333, 0.1, long_note);
        int width = tt_terminal_width(text);
        cr_expect(width < columns, "%d of %d columns: %s", width, columns, text);
    }
}

Test(support_progress, a_count_without_a_total)
{
    cr_expect_str_eq(text_of(120, false, 0, 1234567, 10, NULL),
                     "epoch 3/10 1.23M images  123k/s");
}

Test(support_progress, silent_off_a_terminal_and_when_off)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (int off = 0; off < 2; off++) {
        tt_progress p = tt_progress_begin(out, "x", 10, "steps", off);
        for (uint64_t i = 0; i <= 10; i++) tt_progress_at(&p, i, NULL);
        tt_progress_end(&p);
    }
    fclose(out);
    cr_expect(size == 0, "printed: %s", text);
    free(text);
}

Test(support_progress, drawn_at_most_ten_times_a_second_and_erased)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    tt_progress p = tt_progress_begin(NULL, "x", 1000000, "steps", false);
    p.out = out; /* as on a terminal */
    p.terminal = (tt_terminal){true, true, false, 80, 24};
    double begun = tt_seconds();
    uint64_t i = 0;
    while (tt_seconds() - begun < 0.35) tt_progress_at(&p, i++, NULL);
    tt_progress_end(&p);
    fclose(out);
    int drawn = 0;
    for (char *at = text; (at = strchr(at, '\r')); at++) drawn++;
    cr_expect(drawn >= 3 && drawn <= 6, "%d lines in 0.35 s", drawn);
    cr_expect(size > 4 && strcmp(text + size - 4, "\r\033[K") == 0,
              "the line must be empty at last");
    free(text);
}

Test(support_progress, the_terminal_is_what_the_environment_says)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    setenv("LANG", "de_DE.utf8", 1);
    setenv("COLUMNS", "132", 1);
    setenv("LINES", "12x", 1);
    tt_terminal t = tt_terminal_of(out);
    cr_expect(!t.live && !t.colour, "memory is no terminal");
    cr_expect(t.utf8 && t.columns == 132 && t.rows == 24);
    setenv("LC_ALL", "C", 1);
    setenv("COLUMNS", "3", 1);
    t = tt_terminal_of(out);
    cr_expect(!t.utf8 && t.columns == 20, "LC_ALL is before LANG");
    cr_expect(tt_terminal_width("aé─") == 3);
    fclose(out);
    free(text);
}
