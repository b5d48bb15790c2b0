#include <math.h>

#include "support/plot_svg.h"

#include "support/text.h"

void tt_plot_escape(FILE *out, const char *text)
{
    for (const char *p = text ? text : ""; *p;) {
        size_t n = tti_utf8_length(p);
        bool control = (unsigned char)*p < 0x20 && *p != '\n' && *p != '\t';
        if (n == 0) fputs("\xEF\xBF\xBD", out);
        else if (*p == '&') fputs("&amp;", out);
        else if (*p == '<') fputs("&lt;", out);
        else if (*p == '>') fputs("&gt;", out);
        else if (*p == '"') fputs("&quot;", out);
        else if (*p == '\'') fputs("&#39;", out);
        else if (!control && *p != 0x7F) fwrite(p, 1, n, out);
        p += n ? n : 1;
    }
}

void tti_svg_begin(FILE *out, int width, int height, const char *title)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\" "
            "role=\"img\">\n"
            "<title>",
            width, height, width, height);
    tt_plot_escape(out, title);
    fprintf(out, "</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width,
            height);
}

void tti_svg_end(FILE *out)
{
    fputs("</svg>\n", out);
}

void tti_svg_text(FILE *out, double x, double y, const char *anchor, const char *text)
{
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#222\">", x, y,
            anchor);
    tt_plot_escape(out, text);
    fputs("</text>\n", out);
}

static void print_line(FILE *out, double x0, double y0, double x1, double y1,
                       const char *colour)
{
    fprintf(out, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\"/>\n", x0, y0, x1, y1,
            colour);
}

static void print_x_ticks(FILE *out, tti_plot_frame f, tti_svg_box box, bool lines)
{
    double first, bottom = box.top + box.height;
    int most = (int)(box.width / 70) + 2;
    double step = tti_plot_ticks(f.x_low, f.x_high, most, &first);
    if (f.counted && step < 1) {
        step = 1;
        first = ceil(f.x_low);
    }
    for (int i = 0; i <= most && first + i * step <= f.x_high + step * 1e-6; i++) {
        char text[32];
        double x =
            box.left + (first + i * step - f.x_low) / (f.x_high - f.x_low) * box.width;
        tti_plot_tick_text(text, first + i * step, step);
        if (lines) print_line(out, x, box.top, x, bottom, "#e4e4e4");
        print_line(out, x, bottom, x, bottom + 4, "#444");
        tti_svg_text(out, x, bottom + 17, "middle", text);
    }
}

static void print_y_ticks(FILE *out, tti_plot_frame f, tti_svg_box box, bool lines)
{
    double first, bottom = box.top + box.height;
    int most = (int)(box.height / 50) + 2;
    double step = tti_plot_ticks(f.y_low, f.y_high, most, &first);
    for (int i = 0; i <= most && first + i * step <= f.y_high + step * 1e-6; i++) {
        char text[32];
        double y =
            bottom - (first + i * step - f.y_low) / (f.y_high - f.y_low) * box.height;
        tti_plot_tick_text(text, first + i * step, step);
        if (lines) print_line(out, box.left, y, box.left + box.width, y, "#e4e4e4");
        print_line(out, box.left - 4, y, box.left, y, "#444");
        tti_svg_text(out, box.left - 7, y + 4, "end", text);
    }
}

void tti_svg_axes(FILE *out, tti_plot_frame frame, tti_svg_box box, bool lines)
{
    print_x_ticks(out, frame, box, lines);
    print_y_ticks(out, frame, box, lines);
    fprintf(out,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
            "stroke=\"#444\"/>\n",
            box.left, box.top, box.width, box.height);
}
