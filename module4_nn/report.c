#include "module4_nn/report.h"

#include <math.h>
#include <stdlib.h>

#include "support/file.h"
#include "support/report.h"

/* ---- while it trains ------------------------------------------------------------------------------ */

static void begin(observer *self, training *t)
{
    report *r = (report *)self;
    size_t bytes = (size_t)t->options->epochs * sizeof(double);
    r->loss = tt_alloc(t->c, bytes);
    r->train_accuracy = tt_alloc(t->c, bytes);
    r->test_accuracy = tt_alloc(t->c, bytes);
}

/* The graph is there only while its step is. */
static void first_step(observer *self, training *t, const tt_batch *b, tt_tensor *loss)
{
    report *r = (report *)self;
    (void)t, (void)b;
    self->step = NULL;
    FILE *out = open_memstream(&r->graph, &r->graph_size);
    if (!out) return;
    report_graph(out, loss);
    fclose(out);
}

static void note_epoch(observer *self, training *t, const epoch_result *e)
{
    report *r = (report *)self;
    (void)t;
    r->loss[r->epochs] = e->loss;
    r->train_accuracy[r->epochs] = e->accuracy;
    r->test_accuracy[r->epochs] = (double)e->right / e->total;
    r->epochs++;
}

/* ---- the page ------------------------------------------------------------------------------------- */

static void head(FILE *out, const report *r, const training *t, const epoch_result *last,
                 training_end how)
{
    const tt_options *o = t->options;
    tt_report_paragraph(
        out,
        "%s on %s (%d images to learn from, %d to be tested on), batch %d, "
        "learning rate %g, seed %llu, backend %s, %d thread%s.",
        t->model, t->data, tt_loader_set(t->train)->n, tt_loader_set(t->test)->n,
        o->batch, o->lr, (unsigned long long)o->seed, t->backend->name, t->threads,
        t->threads == 1 ? "" : "s");
    tt_report_paragraph(out, "%d of %d test images right (%.4f) after %d epoch%s%s.",
                        last->right, last->total, (double)last->right / last->total,
                        r->epochs, r->epochs == 1 ? "" : "s",
                        how == TRAINING_INTERRUPTED ? " and an interrupt" : "");
    const char *command = "train"; /* and not Bazel's long path to it */
    for (int i = 1; i < r->argc; i++)
        command = tt_text(t->c, "%s %s", command, r->argv[i]);
    tt_report_code(out, command);
}

static void curves(FILE *out, const report *r)
{
    size_t n = (size_t)r->epochs;
    tt_plot_series loss = {.name = "training", .y = r->loss, .count = n};
    tt_plot_series right[] = {
        {.name = "training", .y = r->train_accuracy, .count = n},
        {.name = "test", .y = r->test_accuracy, .count = n},
    };
    tt_report_heading(out, "Loss and accuracy");
    tt_report_chart(
        out,
        &(tt_plot_chart){.title = "loss", .x_label = "epoch", .series = &loss, .count = 1},
        "mean over the steps of each epoch");
    tt_report_chart(
        out,
        &(tt_plot_chart){
            .title = "accuracy", .x_label = "epoch", .series = right, .count = 2},
        "share of images right: while learning, and on the test set after it");
}

static void write_page(FILE *out, report *r, training *t, const epoch_result *last,
                       training_end how, const examination *x)
{
    const tt_data_set *set = tt_loader_set(t->test);
    tt_report_begin(out, tt_text(t->c, "train: %s", t->model));
    head(out, r, t, last, how);
    if (r->epochs > 0) curves(out, r);
    tt_report_heading(out, "What was taken for what");
    tt_report_confusion(out, x->counts, set->classes, set->class_names);
    report_mistakes(out, t, x);
    report_filters(out, t);
    report_layers(out, t);
    report_times(out, t);
    if (r->graph) {
        tt_report_heading(out, "The graph of one step");
        fputs(r->graph, out);
    }
    tt_report_end(out);
}

static void finish(observer *self, training *t, const epoch_result *last, training_end how)
{
    report *r = (report *)self;
    examination x = {0};
    if (report_examine(t, &x)) {
        tt_file_writer *w = tt_file_write_begin(t->c, r->path);
        if (w) write_page(w->out, r, t, last, how, &x);
        if (tt_file_write_commit(w) == TT_OK) say_wrote(t, w->path);
    }
    free(r->graph);
    r->graph = NULL;
}

void training_report(training *t, report *r, const char *path, int argc, char **argv)
{
    *r = (report){
        .base = {.start = begin, .step = first_step, .epoch = note_epoch, .end = finish},
        .path = path,
        .argc = argc,
        .argv = argv};
    training_observe(t, &r->base);
}
