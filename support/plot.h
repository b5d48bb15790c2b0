/* Pictures of what a network does: in the terminal, and as SVG.
 *
 * Two kinds of picture. A *scene* is a piece of the plane: points of two classes over a field, the
 * network's answer (0 .. 1) at every place, whose 0.5 line is the decision boundary. A *chart* has
 * lines: a loss over epochs, a function and its derivative.
 *
 * In the terminal, a cell shows two dots of a picture (the half block, upper and lower colour),
 * where colour and UTF-8 are at hand; otherwise letters. tt_terminal (support/terminal.h) says
 * which; a test fills one in by hand and prints into open_memstream.
 *
 *   Example:
 *     static double answer(void *user, double x, double y)  // what a network would say
 *     {
 *         const double *sure = user;
 *         return 1 / (1 + exp(*sure * (x + y - 0.5)));
 *     }
 *
 *     tt_dataset set;
 *     tt_dataset_make(c, &set, "diag", 50, 1);
 *     double sure = 0, losses[20];
 *     tt_plot_scene scene = {.title = set.name, .x = set.x, .label = set.y, .count = set.n,
 *                            .field = answer, .user = &sure};
 *     tt_plot_live live = tt_plot_live_begin(stdout);
 *     for (size_t epoch = 0; epoch < 20; epoch++) {         // in place, on a terminal
 *         losses[epoch] = exp(-++sure / 5);
 *         tt_plot_series loss = {.name = "loss", .y = losses, .count = epoch + 1};
 *         tt_plot_live_frame(&live);
 *         live.lines += tt_plot_scene_text(stdout, &scene, &live.terminal, 60, 20);
 *         live.lines += tt_plot_chart_text(stdout, &(tt_plot_chart){.series = &loss, .count = 1},
 *                                          &live.terminal, 60, 8);
 *     }
 */
#ifndef TT_SUPPORT_PLOT_H
#define TT_SUPPORT_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "support/terminal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The answer at (x, y): below 0.5 is class 0, above is class 1. Not finite: drawn as unknown. */
typedef double tt_plot_field(void *user, double x, double y);

typedef struct tt_plot_scene {
    const char *title; /* or NULL */
    const double (*x)[2]; /* points (x1, x2), as a tt_dataset has them; x1 goes right, x2 up */
    const int *label;     /* their classes: 0, or 1 for anything else */
    size_t count;         /* how many points */
    tt_plot_field *field; /* NULL: points only */
    void *user;           /* handed to field */
    double x_low, x_high; /* the piece of the plane; low = high: 0 to 1 */
    double y_low, y_high;
} tt_plot_scene;

typedef struct tt_plot_series {
    const char *name; /* in the legend; NULL: none */
    const double *x;  /* NULL: 1, 2, 3, ... */
    const double *y;  /* what is not finite is left out, the line is broken there */
    size_t count;
} tt_plot_series;

typedef struct tt_plot_chart {
    const char *title, *x_label, *y_label; /* each may be NULL */
    const tt_plot_series *series;
    int count;
    double y_low, y_high; /* low = high: from the data */
} tt_plot_chart;

/* ---- in the terminal (plot_scene.c, plot_chart.c) ------------------------------------------ */

/* Draws into `columns` x `rows` character cells (title and axis included; 0: as fits the
 * terminal). Each line begins at column 0 and ends with a newline. Returns how many lines. */
int tt_plot_scene_text(FILE *out, const tt_plot_scene *scene, const tt_terminal *terminal,
                       int columns, int rows);
int tt_plot_chart_text(FILE *out, const tt_plot_chart *chart, const tt_terminal *terminal,
                       int columns, int rows);

/* Redrawing in place. */
typedef struct tt_plot_live {
    FILE *out;
    tt_terminal terminal;
    int lines; /* lines of the present frame: the caller adds what it prints */
} tt_plot_live;

tt_plot_live tt_plot_live_begin(FILE *out);

/* Goes back over the lines of the frame before, so that what follows is drawn over it. Where that
 * cannot be (no terminal), does nothing: such a program prints only its last frame. */
void tt_plot_live_frame(tt_plot_live *live);

/* ---- SVG (plot_scene_svg.c, plot_chart_svg.c) ---------------------------------------------------------------------- */

/* One self-contained <svg> element of width x height pixels (0: 640 x 400, scenes 420 x 420). Texts
 * are escaped. The file is an .svg as it is, and may stand inside an HTML page. */
void tt_plot_scene_svg(FILE *out, const tt_plot_scene *scene, int width, int height);
void tt_plot_chart_svg(FILE *out, const tt_plot_chart *chart, int width, int height);

/* Prints text with & < > " ' as entities, control characters left out, and bytes that are no UTF-8
 * replaced: safe inside SVG, HTML and their attributes. */
void tt_plot_escape(FILE *out, const char *text);

/* ---- internal -------------------------------------------------------------------------------- */

/* Round numbers for an axis: a step of 1, 2 or 5 times a power of ten, such that at most `most`
 * marks lie in low .. high; *first is the lowest of them. low < high. Returns the step. */
double tti_plot_ticks(double low, double high, int most, double *first);

/* A tick's text with as many digits as `step` needs: "0.25", "1e+06". */
void tti_plot_tick_text(char text[32], double value, double step);

/* Where a chart's axes begin and end: the data, the empty case and equal values taken care of. */
typedef struct tti_plot_frame {
    double x_low, x_high, y_low, y_high;
    bool counted; /* x counts 1, 2, 3, ..: no marks between */
} tti_plot_frame;
tti_plot_frame tti_plot_chart_frame(const tt_plot_chart *chart);
tti_plot_frame tti_plot_scene_frame(const tt_plot_scene *scene);

#ifdef __cplusplus
}
#endif
#endif
