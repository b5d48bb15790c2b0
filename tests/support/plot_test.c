/* Pictures: their shape, what is drawn where, and what hostile numbers and texts do. */
#include "support/plot.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/report.h"

TestSuite(support_plot, .timeout = 20);

#define UNKNOWN ((double)NAN)

static const tt_terminal plain = {false, false, false, 80, 24};
static const tt_terminal rich = {true, true, true, 80, 24};

static double right_half(void *user, double x, double y)
{
    (void)user;
    (void)y;
    return x < 0.5 ? 0.05 : 0.95;
}

static double unknown(void *user, double x, double y)
{
    (void)user;
    return x + y > 1 ? (double)NAN : HUGE_VAL;
}

/* What is being printed, and how it ends. */
static char *text;
static size_t size;

static FILE *begin(void)
{
    free(text);
    text = NULL;
    FILE *out = open_memstream(&text, &size);
    cr_assert(out);
    return out;
}

static int lines_of(const char *s)
{
    int n = 0;
    for (; *s; s++) n += *s == '\n';
    return n;
}

static int count(const char *s, const char *what)
{
    int n = 0;
    for (; (s = strstr(s, what)); s += strlen(what)) n++;
    return n;
}

static const double corners[][2] = {{0, 0}, {1, 1}, {0, 1},
                                    {1, 0}, {7, 7}, {UNKNOWN, 0.5}};
static const int classes[] = {0, 1, 0, 1, 0, 1};

static void finish(void)
{
    free(text);
    text = NULL;
}

Test(support_plot, scene_in_letters, .fini = finish)
{
    tt_plot_scene s = {
        .title = "t", .x = corners, .label = classes, .count = 6, .field = right_half};
    FILE *out = begin();
    int lines = tt_plot_scene_text(out, &s, &plain, 15, 7);
    fclose(out);
    cr_expect(lines == 7 && lines_of(text) == 7, "%d lines, printed %d", lines,
              lines_of(text));
    cr_expect_str_eq(
        text, "       t\n"
              "   1.0 o...+++x\n"
              "       ....++++\n"
              "       ....++++\n"
              "   0.0 o...+++x\n"
              "       0.0  1.0\n"
              "       points: o class 0, x class 1; answer: . below 0.5, + above\n");
}

Test(support_plot, scene_in_half_blocks, .fini = finish)
{
    tt_plot_scene s = {.x = corners, .label = classes, .count = 6, .field = right_half};
    FILE *out = begin();
    int lines = tt_plot_scene_text(out, &s, &rich, 15, 6);
    fclose(out);
    cr_expect(lines == 6 && lines_of(text) == 6);
    cr_expect(count(text, "▀") == 4 * 8, "each cell is two dots");
    cr_expect(strstr(text, "\033[38;5;18m") && strstr(text, "\033[38;5;88m"),
              "points are dark");
    cr_expect(count(text, "\033[0m") >= 4, "colour ends with each line");
    for (char *end = strchr(text, '\n'); end; end = strchr(end + 1, '\n'))
        cr_expect(end - text < 4 || end[-1] != 'm' || strncmp(end - 4, "\033[0m", 4) == 0);
}

Test(support_plot, nothing_to_show_is_shown, .fini = finish)
{
    tt_plot_scene s = {0};
    tt_plot_chart c = {0};
    FILE *out = begin();
    cr_expect(tt_plot_scene_text(out, &s, &plain, 0, 0) > 0);
    cr_expect(tt_plot_scene_text(out, &s, &rich, 0, 0) > 0);
    cr_expect(tt_plot_chart_text(out, &c, &plain, 0, 0) > 0);
    cr_expect(tt_plot_chart_text(out, &c, &rich, 1, 1) > 0);
    tt_plot_scene_svg(out, &s, 0, 0);
    tt_plot_chart_svg(out, &c, 0, 0);
    fclose(out);
    cr_expect(!strstr(text, "nan") && !strstr(text, "inf"));
}

Test(support_plot, unknown_answers_are_question_marks, .fini = finish)
{
    tt_plot_scene s = {.field = unknown};
    FILE *out = begin();
    tt_plot_scene_text(out, &s, &plain, 27, 12);
    tt_plot_scene_svg(out, &s, 0, 0);
    fclose(out);
    cr_expect(count(text, "?") > 50 && strstr(text, "++"), "%s", text);
    cr_expect(strstr(text, "#cccccc") && !strstr(text, "nan") && !strstr(text, "inf"));
}

Test(support_plot, other_pieces_of_the_plane, .fini = finish)
{
    static const double x[][2] = {{-10, 100}};
    tt_plot_scene s = {
        .x = x, .count = 1, .x_low = -10, .x_high = 10, .y_low = 100, .y_high = 300};
    FILE *out = begin();
    tt_plot_scene_text(out, &s, &plain, 27, 9);
    fclose(out);
    cr_expect(strstr(text, "   100 o") && strstr(text, "   300 ") && strstr(text, "-10"),
              "%s", text);
}

Test(support_plot, chart_in_letters, .fini = finish)
{
    static const double y[] = {4, 2, 0};
    const tt_plot_series s = {"loss", NULL, y, 3};
    tt_plot_chart c = {.title = "t", .x_label = "epoch", .series = &s, .count = 1};
    FILE *out = begin();
    int lines = tt_plot_chart_text(out, &c, &plain, 14, 9);
    fclose(out);
    cr_expect(lines == 9 && lines_of(text) == 9, "%d lines, printed %d", lines,
              lines_of(text));
    cr_expect_str_eq(text,
                     "   t\n"
                     "4 +**         \n"
                     "  |  **       \n"
                     "2 +    ***    \n"
                     "  |       **  \n"
                     "0 +         **\n"
                     "  +-----------\n"
                     "   1  epoch  3\n"
                     "   * loss\n",
                     "got:\n%s", text);
}

Test(support_plot, chart_in_braille, .fini = finish)
{
    static const double y[] = {0, 1};
    const tt_plot_series s[] = {{"a", NULL, y, 2}, {"b", y, y, 2}};
    tt_plot_chart c = {.series = s, .count = 2};
    FILE *out = begin();
    int lines = tt_plot_chart_text(out, &c, &rich, 40, 10);
    fclose(out);
    cr_expect(lines == lines_of(text));
    cr_expect(count(text, "\xE2\xA0") + count(text, "\xE2\xA1") +
                  count(text, "\xE2\xA2") + count(text, "\xE2\xA3") >
              10);
    cr_expect(strstr(text, "┤") && strstr(text, "└"));
}

Test(support_plot, hostile_numbers_do_no_harm, .fini = finish)
{
    static const double hostile[][4] = {{UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN},
                                        {HUGE_VAL, -HUGE_VAL, 1, 2},
                                        {DBL_MAX, -DBL_MAX, 0, 1},
                                        {5e-324, 0, 0, 5e-324},
                                        {1e300, 1e300, 1e300, 1e300},
                                        {0, 0, 0, 0},
                                        {1, 1 + DBL_EPSILON, 1, 1},
                                        {1e-300, 2e-300, 0, 1e-300},
                                        {-1e15, -1e15 + 1, 0, 1}};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        for (int forced = 0; forced < 2; forced++) {
            const tt_plot_series s = {"s", hostile[i], hostile[(i + 1) % 9], 4};
            tt_plot_chart c = {.series = &s, .count = 1, .y_low = 0, .y_high = forced};
            FILE *out = begin();
            int lines = tt_plot_chart_text(out, &c, &plain, 60, 12);
            lines += tt_plot_chart_text(out, &c, &rich, 60, 12);
            cr_expect(lines == 24);
            tt_plot_chart_svg(out, &c, 0, 0);
            fclose(out);
            cr_expect(lines_of(text) < 200 && !strstr(text, "nan"), "row %zu:\n%s", i,
                      text);
        }
}

Test(support_plot, ticks_are_round_and_few)
{
    static const double ranges[][2] = {{0, 1},         {-5, 5},   {0.1, 0.1001},
                                       {0, 3.2e9},     {-7, 193}, {1e-20, 3e-20},
                                       {-1e200, 1e200}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (int most = 2; most < 12; most++) {
            double first, low = ranges[i][0], high = ranges[i][1];
            double step = tti_plot_ticks(low, high, most, &first);
            int n = (int)floor((high - first) / step + 1e-6) + 1;
            cr_expect(n >= 1 && n <= most, "%g to %g: %d ticks of %g, at most %d", low,
                      high, n, step, most);
            cr_expect(first >= low - 1e-6 * step);
            double lead = step / pow(10, floor(log10(step) + 1e-9));
            cr_expect(fabs(lead - 1) < 1e-6 || fabs(lead - 2) < 1e-6 ||
                      fabs(lead - 5) < 1e-6);
        }
    char tick[32];
    tti_plot_tick_text(tick, -1e-18, 0.25);
    cr_expect_str_eq(tick, "0.0");
    tti_plot_tick_text(tick, 2e6, 1e6);
    cr_expect_str_eq(tick, "2e+06");
}

Test(support_plot, texts_are_escaped, .fini = finish)
{
    const char *evil = "</title><script>alert('1')</script>&\"\x01\xFF";
    const tt_plot_series s = {evil, NULL, (const double[]){1, 2}, 2};
    const char *const cells[] = {evil, "1.5"};
    tt_plot_chart c = {evil, evil, evil, &s, 1, 0, 0};
    tt_plot_scene scene = {.title = evil};
    FILE *out = begin();
    tt_report_begin(out, evil);
    tt_report_heading(out, evil);
    tt_report_paragraph(out, "%s", evil);
    tt_report_code(out, evil);
    tt_report_table_begin(out, cells, 2);
    tt_report_table_row(out, cells, 2);
    tt_report_table_end(out);
    tt_report_scene(out, &scene, evil);
    tt_report_chart(out, &c, NULL);
    tt_report_end(out);
    fclose(out);
    cr_expect(!strstr(text, "<script") &&
              strstr(text, "&lt;script&gt;alert(&#39;1&#39;)"));
    cr_expect(!strchr(text, 1) && !strchr(text, 0xFF),
              "neither control bytes nor broken UTF-8");
    cr_expect(strstr(text, "<td class=\"n\">1.5</td>"), "numbers are set right");
    cr_expect(!strstr(text, "http://") ||
                  count(text, "http://") == count(text, "xmlns=\"http://"),
              "asks no other machine for anything");
    cr_expect(count(text, "<svg") == count(text, "</svg>") && count(text, "<p>") == 1);
}

Test(support_plot, a_long_series_makes_a_short_picture, .fini = finish)
{
    enum { N = 1000000 };
    double *y = malloc(N * sizeof *y);
    for (int i = 0; i < N; i++) y[i] = i == N - 1 ? 5 : sin(i);
    const tt_plot_series s = {NULL, NULL, y, N};
    tt_plot_chart c = {.series = &s, .count = 1};
    FILE *out = begin();
    tt_plot_chart_svg(out, &c, 0, 0);
    fclose(out);
    cr_expect(size < 100000, "%zu bytes", size);
    cr_expect(strstr(text, "L552.0 "), "the last point is always drawn");
    free(y);
}

Test(support_plot, epochs_are_marked_at_whole_numbers, .fini = finish)
{
    const double x[] = {1, 2}, y[] = {1, 2};
    tt_plot_series s = {NULL, NULL, y, 2};
    tt_plot_chart c = {.series = &s, .count = 1, .y_low = 10, .y_high = 20};
    FILE *out = begin();
    tt_plot_chart_svg(out, &c, 0, 0);
    fclose(out);
    cr_expect(!strstr(text, ">1.2<") && strstr(text, ">1<") && strstr(text, ">2<"));
    s.x = x;
    out = begin();
    tt_plot_chart_svg(out, &c, 0, 0);
    fclose(out);
    cr_expect(strstr(text, ">1.2<"), "between measured places there are marks");
}

Test(support_plot, frames_go_over_each_other_only_on_a_terminal, .fini = finish)
{
    FILE *out = begin();
    tt_plot_live live = tt_plot_live_begin(out);
    live.lines = 7;
    tt_plot_live_frame(&live);
    cr_expect(live.lines == 0);
    live.terminal.live = true;
    tt_plot_live_frame(&live); /* the first frame: nothing to go over */
    live.lines = 7;
    tt_plot_live_frame(&live);
    fclose(out);
    cr_expect_str_eq(text, "\033[7A\r\033[J");
}
