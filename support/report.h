/* A report: one HTML page that needs nothing else, for --report.
 *
 *   Example:
 *     #include "support/file.h"
 *
 *     double losses[] = {0.7, 0.5, 0.4, 0.35};
 *     tt_plot_series loss = {.name = "loss", .y = losses, .count = 4};
 *     tt_file_writer *w = tt_file_write_begin(c, "report.html");
 *     if (w) {
 *         tt_report_begin(w->out, "xor, 20 hidden units");
 *         tt_report_paragraph(w->out, "%d of %d points right after %d epochs", 47, 50, 4);
 *         tt_report_chart(w->out, &(tt_plot_chart){.series = &loss, .count = 1}, "Loss by epoch");
 *         tt_report_end(w->out);
 *     }
 *     tt_file_write_commit(w);
 *
 * No state: every call writes a whole piece to the stream. Texts are escaped. The page has no
 * scripts and asks no other machine for anything; it is readable on paper and in dark mode.
 */
#ifndef TT_SUPPORT_REPORT_H
#define TT_SUPPORT_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "support/error.h"
#include "support/plot.h"

#ifdef __cplusplus
extern "C" {
#endif

void tt_report_begin(FILE *out, const char *title);
void tt_report_end(FILE *out);

void tt_report_heading(FILE *out, const char *text);
void tt_report_paragraph(FILE *out, const char *format, ...) TT_PRINTF(2, 3);
void tt_report_code(FILE *out, const char *text); /* as it is, lines kept */

/* A table: the head, any number of rows, the end. Cells that are numbers are set right. */
void tt_report_table_begin(FILE *out, const char *const *heads, int columns);
void tt_report_table_row(FILE *out, const char *const *cells, int columns);
void tt_report_table_end(FILE *out);

/* Figures with a caption (NULL: none). Figures that follow each other stand side by side where
 * there is room. */
void tt_report_scene(FILE *out, const tt_plot_scene *scene, const char *caption);
void tt_report_chart(FILE *out, const tt_plot_chart *chart, const char *caption);

/* pixels (rows, columns), 0 black to 255 white, drawn so that the longer edge is `side` pixels of the
 * screen; rows, columns and side at least 1. As a PNG inside the page: about 1.4 bytes a pixel at most. */
void tt_report_image(FILE *out, const uint8_t *pixels, int rows, int columns, int side,
                     const char *caption);

/* A square table of counts (n, n), darker where a row has more of its sum: row i, column j is how
 * often class i was taken for class j. names may be NULL. */
void tt_report_confusion(FILE *out, const int *counts, int n, const char *const *names);

/* What most readers skip, behind a line to click on. */
void tt_report_fold_begin(FILE *out, const char *summary);
void tt_report_fold_end(FILE *out);

/* internal */
void tti_report_end_figure(FILE *out, const char *caption);

#ifdef __cplusplus
}
#endif
#endif
