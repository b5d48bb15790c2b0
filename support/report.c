#include "support/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "support/cli.h"

static const char *const style =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}"
    "pre{overflow:auto;padding:.7rem;border:1px solid #8886}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "th,td{padding:.25rem .8rem;border-bottom:1px solid #8886;text-align:left}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "figure{display:inline-block;margin:.5rem 1rem .5rem 0;vertical-align:top}"
    "figure svg{max-width:100%;height:auto;border:1px solid #8884}"
    "figcaption{font-size:.9rem}";

static void print_element(FILE *out, const char *name, const char *text)
{
    fprintf(out, "<%s>", name);
    tt_plot_escape(out, text);
    fprintf(out, "</%s>\n", name);
}

void tt_report_begin(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
          out);
    print_element(out, "title", title);
    fprintf(out, "<style>%s</style>\n</head>\n<body>\n", style);
    print_element(out, "h1", title);
}

void tt_report_end(FILE *out)
{
    fputs("</body>\n</html>\n", out);
}

void tt_report_heading(FILE *out, const char *text)
{
    print_element(out, "h2", text);
}

void tt_report_paragraph(FILE *out, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0) return;
    print_element(out, "p", text);
    free(text);
}

void tt_report_code(FILE *out, const char *text)
{
    print_element(out, "pre", text);
}

void tt_report_table_begin(FILE *out, const char *const *heads, int columns)
{
    fputs("<table>\n<thead><tr>", out);
    for (int i = 0; i < columns; i++) print_element(out, "th", heads[i]);
    fputs("</tr></thead>\n<tbody>\n", out);
}

void tt_report_table_row(FILE *out, const char *const *cells, int columns)
{
    fputs("<tr>", out);
    for (int i = 0; i < columns; i++) {
        double value;
        bool number = cells[i] && tt_cli_number(cells[i], &value);
        fputs(number ? "<td class=\"n\">" : "<td>", out);
        tt_plot_escape(out, cells[i]);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

void tt_report_table_end(FILE *out)
{
    fputs("</tbody>\n</table>\n", out);
}

static void end_figure(FILE *out, const char *caption)
{
    if (caption) print_element(out, "figcaption", caption);
    fputs("</figure>\n", out);
}

void tt_report_scene(FILE *out, const tt_plot_scene *scene, const char *caption)
{
    fputs("<figure>\n", out);
    tt_plot_scene_svg(out, scene, 350, 370); /* three fit beside each other */
    end_figure(out, caption);
}

void tt_report_chart(FILE *out, const tt_plot_chart *chart, const char *caption)
{
    fputs("<figure>\n", out);
    tt_plot_chart_svg(out, chart, 0, 0);
    end_figure(out, caption);
}
