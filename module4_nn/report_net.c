/* The network itself: its first filters, its layers, its graph. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "module4_nn/report.h"
#include "support/report.h"

/* ---- filters -------------------------------------------------------------------------------------- */

/* Weights that are images: `count` of rows x columns, cell [i] of filter f at f * filter + i * cell. */
typedef struct filters {
    const float *at;
    int count, rows, columns;
    size_t filter, cell;
} filters;

/* A convolution (O,1,KH,KW), or the columns of a linear layer (pixels, O). */
static bool find_filters(training *t, filters *f)
{
    const tt_data_set *set = tt_loader_set(t->test);
    tt_parameter_list all = tt_named_parameters(t->c, t->net);
    if (all.n == 0) return false;
    tt_tensor *w = tt_contiguous(t->c, all.at[0].parameter->value);
    f->at = w ? tt_storage_read(w->data.storage) : NULL;
    if (!f->at) return false;
    tt_shape s = tt_shape_of(w);
    f->at += w->data.layout.offset;
    if (s.ndim == 4 && s.dim[1] == 1) {
        *f = (filters){f->at, s.dim[0], s.dim[2], s.dim[3], (size_t)(s.dim[2] * s.dim[3]),
                       1};
        return true;
    }
    *f = (filters){f->at, s.dim[1], set->rows, set->columns, 1, (size_t)s.dim[1]};
    return s.ndim == 2 && s.dim[0] == set->rows * set->columns;
}

/* Black for the most negative, white for the most positive, grey for 0. */
static void draw_filter(FILE *out, const filters *f, int number, uint8_t *pixels)
{
    const float *w = f->at + (size_t)number * f->filter;
    int n = f->rows * f->columns;
    float most = 0;
    for (int i = 0; i < n; i++) most = fmaxf(most, fabsf(w[(size_t)i * f->cell]));
    for (int i = 0; i < n; i++) {
        float share = most > 0 ? w[(size_t)i * f->cell] / most : 0; /* -1 .. 1 */
        pixels[i] = (uint8_t)lrintf(127.5f + 127.5f * share);
    }
    tt_report_image(out, pixels, f->rows, f->columns, 84, NULL);
}

void report_filters(FILE *out, training *t)
{
    enum { MOST = 64 };
    filters f;
    TT_SCOPE (t->c) {
        if (!find_filters(t, &f)) continue;
        uint8_t *pixels = tt_alloc(t->c, (size_t)(f.rows * f.columns));
        if (!pixels) continue;
        int shown = f.count < MOST ? f.count : MOST;
        tt_report_heading(out, "Filters of the first layer");
        tt_report_paragraph(out,
                            "%d of %d, %d x %d weights each: white is positive, black is "
                            "negative, grey is 0.",
                            shown, f.count, f.rows, f.columns);
        for (int i = 0; i < shown; i++) draw_filter(out, &f, i, pixels);
    }
}

/* ---- layers --------------------------------------------------------------------------------------- */

/* The rows of m and of what is below it. */
static void layer_rows(FILE *out, tt_ctx *c, tt_module *m, const char *name)
{
    size_t own = 0;
    for (tt_parameter *p = m->parameters; p; p = p->next) own += p->kind->count(p->value);
    if (own > 0) {
        const char *cells[] = {name[0] ? name : "(the network)", m->kind,
                               tt_text(c, "%zu", own),
                               tt_text(c, "%.1f", (double)own * sizeof(float) / 1024)};
        tt_report_table_row(out, cells, 4);
    }
    for (tt_module *child = m->children; child; child = child->next)
        layer_rows(out, c, child, tt_dotted(c, name, child->name));
}

void report_layers(FILE *out, training *t)
{
    const char *heads[] = {"layer", "kind", "weights", "KiB"};
    TT_SCOPE (t->c) {
        tt_report_heading(out, "Layers");
        tt_report_table_begin(out, heads, 4);
        layer_rows(out, t->c, t->net, "");
        tt_report_table_end(out);
    }
}

/* ---- the graph ------------------------------------------------------------------------------------ */

/* Copies Graphviz' page from its <svg> on: what stands above is for files of their own. */
static void copy_svg(FILE *out, FILE *from)
{
    char line[4096];
    bool inside = false;
    rewind(from);
    while (fgets(line, sizeof line, from)) {
        const char *at = inside ? line : strstr(line, "<svg");
        if (!at) continue;
        inside = true;
        fputs(at, out);
    }
}

void report_graph(FILE *out, tt_tensor *root)
{
    tt_ctx *own = tt_ctx_new(NULL); /* without Graphviz the training goes on */
    FILE *drawing = tmpfile();
    if (own && drawing) {
        tt_error_handler(own, tt_error_quiet, NULL);
        if (tt_graph_svg(own, &root->node, drawing) == TT_OK) {
            fputs("<figure class=\"wide\">\n", out);
            copy_svg(out, drawing);
            fputs("</figure>\n", out);
        } else {
            char *text = NULL;
            size_t size;
            FILE *dot = open_memstream(&text, &size);
            if (dot) {
                tt_graph_dot(dot, &root->node);
                fclose(dot);
            }
            tt_report_paragraph(out, "Not drawn: %s", tt_error(own));
            tt_report_fold_begin(out, "The graph in Graphviz' language");
            if (text) tt_report_code(out, text);
            tt_report_fold_end(out);
            free(text);
        }
    }
    if (drawing) fclose(drawing);
    tt_ctx_free(own);
}
