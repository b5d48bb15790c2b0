/* A scene in the terminal: a grid of dots, two of them in a character cell where half blocks are
 * to be had, else one letter a cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/plot.h"

enum { MARGIN = 6, MOST_COLUMNS = 400, MOST_ROWS = 200 };

/* What a dot shows. Answers come in six strengths, three a class. */
enum {
    DOT_NONE,
    DOT_UNKNOWN,
    DOT_ANSWER,
    DOT_POINT_0 = DOT_ANSWER + 6,
    DOT_POINT_1,
    DOT_BOTH,
    DOTS
};

/* 256-colour codes: class 0 blue, class 1 orange (told apart by colour-blind eyes too); the points
 * dark, so that a wrong one stands out from the field of the other colour. */
static const int colours[DOTS] = {0, 250, 111, 153, 189, 223, 216, 209, 18, 88, 53};
static const char letters[DOTS + 1] = " ?...+++ox*";

typedef struct grid {
    int width, height;  /* dots */
    unsigned char *dot; /* height x width, top row first */
} grid;

static unsigned char answer_dot(double v)
{
    static const double ends[] = {0.1, 0.3, 0.5, 0.7, 0.9};
    if (isnan(v)) return DOT_UNKNOWN;
    int i = 0;
    while (i < 5 && v >= ends[i]) i++;
    return (unsigned char)(DOT_ANSWER + i);
}

static void draw_field(grid *g, const tt_plot_scene *s, tti_plot_frame f)
{
    for (int row = 0; row < g->height; row++)
        for (int column = 0; column < g->width; column++) {
            double x = f.x_low + (f.x_high - f.x_low) * (column + 0.5) / g->width;
            double y = f.y_high - (f.y_high - f.y_low) * (row + 0.5) / g->height;
            g->dot[row * g->width + column] =
                s->field ? answer_dot(s->field(s->user, x, y)) : (unsigned char)DOT_NONE;
        }
}

static void draw_points(grid *g, const tt_plot_scene *s, tti_plot_frame f)
{
    for (size_t i = 0; i < s->count; i++) {
        double right = (s->x[i][0] - f.x_low) / (f.x_high - f.x_low);
        double up = (s->x[i][1] - f.y_low) / (f.y_high - f.y_low);
        if (!(right >= 0 && right <= 1 && up >= 0 && up <= 1)) continue;
        int column = (int)fmin(right * g->width, g->width - 1);
        int row = (int)fmin((1 - up) * g->height, g->height - 1);
        unsigned char *dot = &g->dot[row * g->width + column];
        unsigned char mine = s->label && s->label[i] ? DOT_POINT_1 : DOT_POINT_0;
        bool other = *dot >= DOT_POINT_0 && *dot != mine;
        *dot = other ? DOT_BOTH : mine;
    }
}

/* One line of half blocks: the dots of two rows. The colours are only set where they change. */
static void print_blocks(FILE *out, const grid *g, int row)
{
    int fore = -1, back = -1;
    for (int i = 0; i < g->width; i++) {
        int top = g->dot[row * g->width + i], bottom = g->dot[(row + 1) * g->width + i];
        bool lower =
            top == DOT_NONE && bottom != DOT_NONE; /* then the lower half is drawn */
        int want_fore = lower ? bottom : top, want_back = lower ? DOT_NONE : bottom;
        if (want_back != back) {
            if (want_back == DOT_NONE) fputs("\033[49m", out);
            else fprintf(out, "\033[48;5;%dm", colours[want_back]);
        }
        if (want_fore != DOT_NONE && want_fore != fore)
            fprintf(out, "\033[38;5;%dm", colours[want_fore]);
        back = want_back;
        if (want_fore != DOT_NONE) fore = want_fore;
        fputs(want_fore == DOT_NONE ? " " : lower ? "▄" : "▀", out);
    }
    fputs("\033[0m", out);
}

static void print_letters(FILE *out, const grid *g, int row)
{
    for (int i = 0; i < g->width; i++) fputc(letters[g->dot[row * g->width + i]], out);
}

static void print_legend(FILE *out, const tt_plot_scene *s, bool colour)
{
    fprintf(out, "%*s", MARGIN + 1, "");
    if (!colour) {
        fputs("points: o class 0, x class 1", out);
        if (s->field) fputs("; answer: . below 0.5, + above", out);
        fputc('\n', out);
        return;
    }
    fprintf(out, "\033[38;5;%dm■\033[0m class 0  \033[38;5;%dm■\033[0m class 1",
            colours[DOT_ANSWER], colours[DOT_ANSWER + 5]);
    fprintf(out, "%s\n", s->field ? "  dark dots: the points" : "");
}

/* The grid with its numbers: y at the ends of the left edge, x below. */
static int print_grid(FILE *out, const grid *g, tti_plot_frame f, bool blocks)
{
    int rows = blocks ? g->height / 2 : g->height;
    char low[32], high[32];
    tti_plot_tick_text(low, f.y_low, (f.y_high - f.y_low) / 10);
    tti_plot_tick_text(high, f.y_high, (f.y_high - f.y_low) / 10);
    for (int row = 0; row < rows; row++) {
        const char *text = row == 0 ? high : row == rows - 1 ? low : "";
        fprintf(out, "%*.*s ", MARGIN, MARGIN, text);
        if (blocks) print_blocks(out, g, 2 * row);
        else print_letters(out, g, row);
        fputc('\n', out);
    }
    tti_plot_tick_text(low, f.x_low, (f.x_high - f.x_low) / 10);
    tti_plot_tick_text(high, f.x_high, (f.x_high - f.x_low) / 10);
    int gap = g->width - (int)strlen(low);
    fprintf(out, "%*s%s%*s\n", MARGIN + 1, "", low, gap > 0 ? gap : 0, high);
    return rows + 1;
}

static int within(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

int tt_plot_scene_text(FILE *out, const tt_plot_scene *scene, const tt_terminal *terminal,
                       int columns, int rows)
{
    bool blocks = terminal->colour && terminal->utf8;
    int others = 2 + (scene->title != NULL); /* lines besides the grid */
    if (rows <= 0) rows = within(terminal->rows - 10, 8, 20 + others);
    if (columns <= 0)
        columns = within(2 * (rows - others) + MARGIN + 1, 0, terminal->columns - 1);
    int cells = within(columns - MARGIN - 1, 4, MOST_COLUMNS);
    int lines = within(rows - others, 2, MOST_ROWS);
    grid g = {cells, blocks ? 2 * lines : lines, NULL};
    g.dot = malloc((size_t)g.width * (size_t)g.height);
    if (!g.dot) return 0;
    tti_plot_frame f = tti_plot_scene_frame(scene);
    draw_field(&g, scene, f);
    draw_points(&g, scene, f);
    int printed = 0;
    if (scene->title) {
        fprintf(out, "%*s%s\n", MARGIN + 1, "", scene->title);
        printed++;
    }
    printed += print_grid(out, &g, f, blocks);
    print_legend(out, scene, blocks);
    free(g.dot);
    return printed + 1;
}

/* ---- in place -------------------------------------------------------------------------------- */

tt_plot_live tt_plot_live_begin(FILE *out)
{
    return (tt_plot_live){out, tt_terminal_of(out), 0};
}

void tt_plot_live_frame(tt_plot_live *live)
{
    if (live->terminal.live && live->lines > 0)
        fprintf(live->out, "\033[%dA\r\033[J", live->lines);
    live->lines = 0;
}
