/* A scene as SVG: the field as runs of rectangles, the boundary as the line where the answer is
 * 0.5 (marching squares), the points on top. */
#include <math.h>
#include <stdlib.h>

#include "support/plot.h"
#include "support/plot_svg.h"
#include "support/text.h"

enum { CELLS = 64, NODES = CELLS + 1, LEVELS = 12 };

/* Answers at the corners of the cells; row 0 is at the bottom. */
static double *sample(const tt_plot_scene *s, tti_plot_frame f)
{
    double *v = malloc(sizeof *v * NODES * NODES);
    if (!v) return NULL;
    for (int row = 0; row < NODES; row++)
        for (int column = 0; column < NODES; column++)
            v[row * NODES + column] =
                s->field(s->user, f.x_low + (f.x_high - f.x_low) * column / CELLS,
                         f.y_low + (f.y_high - f.y_low) * row / CELLS);
    return v;
}

/* The strength of a cell, 0 to LEVELS-1; -1: unknown. */
static int level_of(const double *v, int row, int column)
{
    const double *a = v + row * NODES + column;
    double mean = (a[0] + a[1] + a[NODES] + a[NODES + 1]) / 4;
    if (isnan(mean)) return -1;
    double level = floor(mean * LEVELS);
    return level < 0 ? 0 : level >= LEVELS ? LEVELS - 1 : (int)level;
}

/* From full blue over white to full orange. */
static void print_colour(FILE *out, int level)
{
    static const int ends[2][3] = {{0x6f, 0xa8, 0xdc}, {0xf6, 0x9c, 0x54}};
    if (level < 0) {
        fputs("#cccccc", out);
        return;
    }
    const int *end = ends[level >= LEVELS / 2];
    double away = fabs(level + 0.5 - LEVELS / 2.0) / (LEVELS / 2.0); /* 0 .. 1 from white */
    fputc('#', out);
    for (int i = 0; i < 3; i++) fprintf(out, "%02x", (int)(255 - away * (255 - end[i])));
}

static void print_field(FILE *out, const double *v, tti_svg_box q)
{
    double w = q.width / CELLS, h = q.height / CELLS;
    fputs("<g shape-rendering=\"crispEdges\">\n", out);
    for (int row = 0; row < CELLS; row++)
        for (int column = 0, end; column < CELLS; column = end) {
            int level = level_of(v, row, column);
            for (end = column + 1; end < CELLS && level_of(v, row, end) == level;) end++;
            fprintf(out,
                    "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"",
                    q.left + column * w, q.top + q.height - (row + 1) * h,
                    (end - column) * w, h);
            print_colour(out, level);
            fputs("\"/>\n", out);
        }
    fputs("</g>\n", out);
}

/* Where the answer is 0.5 on the edge from corner a to corner b of a cell. */
static bool crossing(const double *v, const int a[2], const int b[2], double at[2])
{
    double va = v[a[1] * NODES + a[0]] - 0.5, vb = v[b[1] * NODES + b[0]] - 0.5;
    if (!(isfinite(va) && isfinite(vb)) || (va < 0) == (vb < 0)) return false;
    double t = va / (va - vb);
    at[0] = a[0] + t * (b[0] - a[0]);
    at[1] = a[1] + t * (b[1] - a[1]);
    return true;
}

/* The pieces of the boundary inside one cell: one, or two at a saddle. */
static void print_pieces(FILE *out, const double *v, int row, int column, tti_svg_box q)
{
    const int corners[5][2] = {{column, row},
                               {column + 1, row},
                               {column + 1, row + 1},
                               {column, row + 1},
                               {column, row}};
    double at[4][2];
    int n = 0;
    for (int i = 0; i < 4; i++) n += crossing(v, corners[i], corners[i + 1], at[n]);
    for (int i = 0; i + 1 < n; i += 2)
        fprintf(out, "M%.1f %.1fL%.1f %.1f", q.left + at[i][0] * q.width / CELLS,
                q.top + q.height - at[i][1] * q.height / CELLS,
                q.left + at[i + 1][0] * q.width / CELLS,
                q.top + q.height - at[i + 1][1] * q.height / CELLS);
}

static void print_boundary(FILE *out, const double *v, tti_svg_box q)
{
    fputs("<path fill=\"none\" stroke=\"#333\" stroke-width=\"1.5\" "
          "stroke-linecap=\"round\" d=\"",
          out);
    for (int row = 0; row < CELLS; row++)
        for (int column = 0; column < CELLS; column++)
            print_pieces(out, v, row, column, q);
    fputs("\"/>\n", out);
}

/* Class 0 a blue disc, class 1 an orange square: told apart without colour too. */
static void print_mark(FILE *out, double x, double y, bool one)
{
    if (one)
        fprintf(out,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\" fill=\"#b8460b\" ",
                x - 4, y - 4);
    else
        fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"#0b4f9c\" ", x, y);
    fputs("stroke=\"#fff\"/>\n", out);
}

static void print_points(FILE *out, const tt_plot_scene *s, tti_plot_frame f, tti_svg_box q)
{
    for (size_t i = 0; i < s->count; i++) {
        double right = (s->x[i][0] - f.x_low) / (f.x_high - f.x_low);
        double up = (s->x[i][1] - f.y_low) / (f.y_high - f.y_low);
        if (!(right >= 0 && right <= 1 && up >= 0 && up <= 1)) continue;
        print_mark(out, q.left + right * q.width, q.top + (1 - up) * q.height,
                   s->label && s->label[i]);
    }
}

static void print_legend(FILE *out, tti_svg_box q)
{
    double y = q.top + q.height + 38;
    print_mark(out, q.left + 6, y - 4, false);
    tti_svg_text(out, q.left + 16, y, "start", "class 0");
    print_mark(out, q.left + 86, y - 4, true);
    tti_svg_text(out, q.left + 96, y, "start", "class 1");
}

void tt_plot_scene_svg(FILE *out, const tt_plot_scene *scene, int width, int height)
{
    enum { LEFT = 44, RIGHT = 16, TOP = 34, BOTTOM = 50 };
    if (width < 160) width = 420;
    if (height < 160) height = 420;
    locale_t before = tti_c_locale_begin();
    tti_plot_frame f = tti_plot_scene_frame(scene);
    tti_svg_box q = {LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM};
    tti_svg_begin(out, width, height,
                  scene->title ? scene->title : "points and decision boundary");
    double *v = scene->field ? sample(scene, f) : NULL;
    if (v) print_field(out, v, q);
    if (v) print_boundary(out, v, q);
    free(v);
    tti_svg_axes(out, f, q, false);
    print_points(out, scene, f, q);
    if (scene->title) tti_svg_text(out, q.left + q.width / 2, 22, "middle", scene->title);
    print_legend(out, q);
    tti_svg_end(out);
    tti_c_locale_end(before);
}
