/* A chart as SVG: axes, grid lines, one path a series, a legend. */
#include <math.h>
#include <string.h>

#include "support/plot.h"
#include "support/plot_svg.h"
#include "support/text.h"

enum { KINDS = 6, DETAIL = 4 /* points drawn per pixel of width, at most */ };

/* Okabe and Ito's colours, told apart by colour-blind eyes; the dashes help on paper. */
static const char *const colours[KINDS] = {"#0072b2", "#d55e00", "#009e73",
                                           "#cc79a7", "#56b4e9", "#000000"};
static const char *const dashes[KINDS] = {"none", "7 3", "2 3", "9 3 2 3", "4 2", "1 2"};

/* Pictures keep to a few decimals; far outside is cut so that the number stays short. */
static double clipped(double value, double size)
{
    return fmin(fmax(value, -10 * size), 11 * size);
}

/* Inside an <svg> of its own of box.width x box.height, which cuts off what is outside. */
static void print_series(FILE *out, const tt_plot_series *s, tti_plot_frame f,
                         tti_svg_box box, int kind)
{
    bool pen_down = false;
    size_t most = (size_t)(box.width * DETAIL), stride = s->count / most + 1;
    fprintf(
        out,
        "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-linejoin=\"round\" "
        "stroke-linecap=\"round\" stroke-dasharray=\"%s\" d=\"",
        colours[kind], dashes[kind]);
    for (size_t n = 0; n < s->count + stride - 1; n += stride) {
        size_t i = n < s->count ? n : s->count - 1; /* the last one always */
        double at = s->x ? s->x[i] : (double)(i + 1);
        double x = (at - f.x_low) / (f.x_high - f.x_low) * box.width;
        double y = (f.y_high - s->y[i]) / (f.y_high - f.y_low) * box.height;
        bool there = isfinite(x) && isfinite(y);
        if (there)
            fprintf(out, "%c%.1f %.1f", pen_down ? 'L' : 'M', clipped(x, box.width),
                    clipped(y, box.height));
        if (there && !pen_down) fputs("h0", out); /* a single point shows as a dot */
        pen_down = there;
    }
    fputs("\"/>\n", out);
}

static void print_lines(FILE *out, const tt_plot_chart *chart, tti_plot_frame f,
                        tti_svg_box box)
{
    fprintf(out,
            "<svg x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
            "overflow=\"hidden\">\n",
            box.left, box.top, box.width, box.height);
    for (int i = 0; i < chart->count; i++)
        print_series(out, &chart->series[i], f, box, i % KINDS);
    fputs("</svg>\n", out);
}

/* One row above the picture, at its right end. */
static void print_legend(FILE *out, const tt_plot_chart *chart, tti_svg_box box)
{
    double x = box.left + box.width, y = box.top - 9;
    for (int i = chart->count - 1; i >= 0; i--) {
        const char *name = chart->series[i].name;
        if (!name) continue;
        tti_svg_text(out, x, y, "end", name);
        x -= 7.0 * tt_terminal_width(name) + 32; /* letters are about 7 pixels wide */
        fprintf(out,
                "<path d=\"M%.1f %.1fh24\" stroke=\"%s\" stroke-width=\"2\" "
                "stroke-dasharray=\"%s\"/>\n",
                x, y - 4, colours[i % KINDS], dashes[i % KINDS]);
        x -= 16;
    }
}

static void print_labels(FILE *out, const tt_plot_chart *chart, tti_svg_box box)
{
    double middle = box.left + box.width / 2, centre = box.top + box.height / 2;
    if (chart->title) tti_svg_text(out, box.left, box.top - 9, "start", chart->title);
    if (chart->x_label)
        tti_svg_text(out, middle, box.top + box.height + 36, "middle", chart->x_label);
    if (!chart->y_label) return;
    fprintf(out, "<g transform=\"rotate(-90 16 %.1f)\">", centre);
    tti_svg_text(out, 16, centre, "middle", chart->y_label);
    fputs("</g>\n", out);
}

void tt_plot_chart_svg(FILE *out, const tt_plot_chart *chart, int width, int height)
{
    enum { LEFT = 68, RIGHT = 20, TOP = 34, BOTTOM = 46 };
    if (width < 160) width = 640;
    if (height < 120) height = 400;
    locale_t before = tti_c_locale_begin();
    tti_plot_frame f = tti_plot_chart_frame(chart);
    tti_svg_box box = {LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM};
    tti_svg_begin(out, width, height, chart->title ? chart->title : "chart");
    tti_svg_axes(out, f, box, true);
    print_lines(out, chart, f, box);
    print_labels(out, chart, box);
    print_legend(out, chart, box);
    tti_svg_end(out);
    tti_c_locale_end(before);
}
