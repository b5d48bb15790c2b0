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
    "figure.image{margin:.3rem .6rem .3rem 0;max-width:9rem}"
    "figure.wide{display:block;overflow-x:auto}figure.wide svg{max-width:none}"
    "img{image-rendering:pixelated;border:1px solid #8884}"
    "figcaption{font-size:.9rem}figure.image figcaption{font-size:.75rem;line-height:1.3}"
    "table.confusion th,table.confusion td{padding:.2rem .45rem;font-size:.85rem}"
    "table.confusion td{text-align:right;background:rgba(60,120,216,var(--share))}"
    "summary{cursor:pointer;margin:1rem 0}";

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

void tti_report_end_figure(FILE *out, const char *caption)
{
    if (caption) print_element(out, "figcaption", caption);
    fputs("</figure>\n", out);
}

void tt_report_scene(FILE *out, const tt_plot_scene *scene, const char *caption)
{
    fputs("<figure>\n", out);
    tt_plot_scene_svg(out, scene, 350, 370); /* three fit beside each other */
    tti_report_end_figure(out, caption);
}

void tt_report_chart(FILE *out, const tt_plot_chart *chart, const char *caption)
{
    fputs("<figure>\n", out);
    tt_plot_chart_svg(out, chart, 0, 0);
    tti_report_end_figure(out, caption);
}

void tt_report_confusion(FILE *out, const int *counts, int n, const char *const *names)
{
    char number[16];
    fputs("<table class=\"confusion\">\n<thead><tr><th>is \\ taken for</th>", out);
    for (int j = 0; j < n; j++) {
        snprintf(number, sizeof number, "%d", j);
        print_element(out, "th", names ? names[j] : number);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (int i = 0; i < n; i++) {
        const int *row = counts + (ptrdiff_t)i * n;
        double sum = 0;
        for (int j = 0; j < n; j++) sum += row[j];
        snprintf(number, sizeof number, "%d", i);
        fputs("<tr>", out);
        print_element(out, "th", names ? names[i] : number);
        for (int j = 0; j < n; j++)
            fprintf(out, "<td style=\"--share:%.3f\">%d</td>", sum > 0 ? row[j] / sum : 0,
                    row[j]);
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table>\n", out);
}

void tt_report_fold_begin(FILE *out, const char *summary)
{
    fputs("<details>\n", out);
    print_element(out, "summary", summary);
}

void tt_report_fold_end(FILE *out)
{
    fputs("</details>\n", out);
}
