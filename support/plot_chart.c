/* A chart in the terminal: lines of braille dots (2 x 4 a character) or of letters. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/plot.h"

enum { MOST_COLUMNS = 400, MOST_ROWS = 200, LABEL_MAX = 12, MARK_KINDS = 4 };

static const char marks[MARK_KINDS] = {'*', 'o', '+', 'x'};
static const int colours[MARK_KINDS] = {33, 208, 35, 170}; /* readable on black and on white */

typedef struct canvas {
    int width, height;  /* dots */
    int across, down;   /* dots in a character: 2 x 4, or 1 x 1 */
    unsigned char *dot; /* height x width: 0, or 1 + the number of a series */
} canvas;

static void set(canvas *c, int x, int y, unsigned char value)
{
    if (x >= 0 && x < c->width && y >= 0 && y < c->height)
        c->dot[y * c->width + x] = value;
}

/* A straight line, one dot for each step along its longer side. Both ends are near the canvas. */
static void draw_line(canvas *c, double x0, double y0, double x1, double y1,
                      unsigned char value)
{
    int steps = (int)ceil(fmax(fabs(x1 - x0), fabs(y1 - y0)));
    for (int i = 0; i <= steps; i++) {
        double t = steps > 0 ? (double)i / steps : 0;
        set(c, (int)lround(x0 + t * (x1 - x0)), (int)lround(y0 + t * (y1 - y0)), value);
    }
}

/* Far outside is as good as just outside, and keeps lines short. */
static double near(double value, int size)
{
    return fmin(fmax(value, -2.0 * size), 3.0 * size);
}

static void draw_series(canvas *c, const tt_plot_series *s, tti_plot_frame f,
                        unsigned char value)
{
    double before_x = (double)NAN, before_y = (double)NAN;
    for (size_t i = 0; i < s->count; i++) {
        double at = s->x ? s->x[i] : (double)(i + 1);
        double x = (at - f.x_low) / (f.x_high - f.x_low) * (c->width - 1);
        double y = (f.y_high - s->y[i]) / (f.y_high - f.y_low) * (c->height - 1);
        bool there = isfinite(x) && isfinite(y);
        if (there) {
            x = near(x, c->width);
            y = near(y, c->height);
            if (isnan(before_x)) set(c, (int)lround(x), (int)lround(y), value);
            else draw_line(c, before_x, before_y, x, y, value);
        }
        before_x = there ? x : (double)NAN;
        before_y = there ? y : (double)NAN;
    }
}

/* The character at a cell: U+2800 plus one bit a dot; the series drawn last gives the colour. */
static void print_braille(FILE *out, const canvas *c, int column, int row, bool colour)
{
    static const unsigned bits[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    unsigned pattern = 0;
    int series = 0;
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 2; x++) {
            int value = c->dot[(4 * row + y) * c->width + 2 * column + x];
            if (value == 0) continue;
            pattern |= bits[y][x];
            if (value > series) series = value;
        }
    if (pattern == 0) {
        fputc(' ', out);
        return;
    }
    if (colour) fprintf(out, "\033[38;5;%dm", colours[(series - 1) % MARK_KINDS]);
    fprintf(out, "\xE2%c%c", (int)(0xA0 | pattern >> 6), (int)(0x80 | (pattern & 63)));
    if (colour) fputs("\033[0m", out);
}

static void print_letter(FILE *out, const canvas *c, int column, int row)
{
    int value = c->dot[row * c->width + column];
    fputc(value ? marks[(value - 1) % MARK_KINDS] : ' ', out);
}

/* Which value is written at the left of a row, if any. */
static bool row_label(char text[32], const canvas *c, tti_plot_frame f, int row, int rows)
{
    double first,
        step = tti_plot_ticks(f.y_low, f.y_high, rows > 12 ? 6 : rows / 2 + 1, &first);
    for (int i = 0; first + i * step <= f.y_high + step * 1e-6; i++) {
        double value = first + i * step;
        double y = (f.y_high - value) / (f.y_high - f.y_low) * (c->height - 1);
        if ((int)lround(y) / c->down != row) continue;
        tti_plot_tick_text(text, value, step);
        return true;
    }
    text[0] = '\0';
    return false;
}

static int label_width(const canvas *c, tti_plot_frame f, int rows)
{
    size_t width = 1;
    char text[32];
    for (int row = 0; row < rows; row++)
        if (row_label(text, c, f, row, rows) && strlen(text) > width)
            width = strlen(text);
    return width > LABEL_MAX ? LABEL_MAX : (int)width;
}

static void print_rows(FILE *out, const canvas *c, tti_plot_frame f, int margin, bool colour)
{
    int rows = c->height / c->down, columns = c->width / c->across;
    bool braille = c->down == 4;
    for (int row = 0; row < rows; row++) {
        char text[32];
        bool tick = row_label(text, c, f, row, rows);
        const char *edge = braille ? (tick ? "┤" : "│") : (tick ? "+" : "|");
        fprintf(out, "%*.*s %s", margin, LABEL_MAX, text, edge);
        for (int column = 0; column < columns; column++) {
            if (braille) print_braille(out, c, column, row, colour);
            else print_letter(out, c, column, row);
        }
        fputc('\n', out);
    }
}

/* The line below, its two ends, and what it is about in the middle. */
static void print_x_axis(FILE *out, const canvas *c, const tt_plot_chart *chart,
                         tti_plot_frame f, int margin)
{
    int columns = c->width / c->across;
    char low[32], high[32];
    fprintf(out, "%*s %s", margin, "", c->down == 4 ? "└" : "+");
    for (int i = 0; i < columns; i++) fputs(c->down == 4 ? "─" : "-", out);
    double step = (f.x_high - f.x_low) / 20;
    bool whole = f.x_low == floor(f.x_low) && f.x_high == floor(f.x_high);
    tti_plot_tick_text(low, f.x_low, whole ? 1 : step);
    tti_plot_tick_text(high, f.x_high, whole ? 1 : step);
    const char *label = chart->x_label ? chart->x_label : "";
    int space = columns - (int)strlen(low) - (int)strlen(high) - tt_terminal_width(label);
    if (space < 2) label = "";
    if (space < 2) space = columns - (int)strlen(low) - (int)strlen(high);
    int left = space > 1 ? space / 2 : 1, right = space > 1 ? space - left : 1;
    fprintf(out, "\n%*s%s%*s%s%*s%s\n", margin + 2, "", low, left, "", label, right, "",
            high);
}

static bool print_legend(FILE *out, const tt_plot_chart *chart, int margin, bool braille,
                         bool colour)
{
    bool any = false;
    for (int i = 0; i < chart->count; i++) {
        if (!chart->series[i].name) continue;
        fprintf(out, "%*s", any ? 3 : margin + 2, "");
        if (colour) fprintf(out, "\033[38;5;%dm", colours[i % MARK_KINDS]);
        if (braille) fputs("──", out);
        else fputc(marks[i % MARK_KINDS], out);
        fprintf(out, "%s %s", colour ? "\033[0m" : "", chart->series[i].name);
        any = true;
    }
    if (any) fputc('\n', out);
    return any;
}

static int within(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static bool has_names(const tt_plot_chart *chart)
{
    for (int i = 0; i < chart->count; i++)
        if (chart->series[i].name) return true;
    return false;
}

int tt_plot_chart_text(FILE *out, const tt_plot_chart *chart, const tt_terminal *terminal,
                       int columns, int rows)
{
    bool braille = terminal->live && terminal->utf8;
    bool titled = chart->title || chart->y_label;
    int others = 2 + titled + has_names(chart);
    if (columns <= 0) columns = within(terminal->columns - 1, 20, 79);
    if (rows <= 0) rows = within(terminal->rows - 4, 6, 16);
    int lines = within(rows - others, 2, MOST_ROWS);
    canvas c = {0, lines * (braille ? 4 : 1), braille ? 2 : 1, braille ? 4 : 1, NULL};
    tti_plot_frame f = tti_plot_chart_frame(chart);
    int margin = label_width(&c, f, lines);
    c.width = c.across * within(columns - margin - 2, 8, MOST_COLUMNS);
    c.dot = calloc((size_t)c.width * (size_t)c.height, 1);
    if (!c.dot) return 0;
    for (int i = 0; i < chart->count && i < 255; i++)
        draw_series(&c, &chart->series[i], f, (unsigned char)(i + 1));
    if (titled)
        fprintf(out, "%*s%s%s%s\n", margin + 2, "", chart->title ? chart->title : "",
                chart->title && chart->y_label ? ": " : "",
                chart->y_label ? chart->y_label : "");
    print_rows(out, &c, f, margin, terminal->colour);
    print_x_axis(out, &c, chart, f, margin);
    print_legend(out, chart, margin, braille, terminal->colour);
    free(c.dot);
    return lines + others;
}
