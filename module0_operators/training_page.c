/* What the training page prints and draws: see training_page.h. */
#include "module0_operators/training_page.h"

#include <math.h>
#include <string.h>

#include "support/file.h"
#include "support/json.h"
#include "support/progress.h"
#include "support/report.h"

/* A plain line for the first epoch and each tenth, as MiniTorch. */
enum { LINE_EVERY = 10 };

enum { SCENE_COLUMNS = 60, SCENE_ROWS = 22, CHART_ROWS = 9 };

/* Frames a second are bounded, so that drawing costs little of the training's time. */
static const double frame_seconds = 0.1;

/* ---- pictures -------------------------------------------------------------------------------- */

/* The unit square, and more where points lie outside of it, as those of spiral do. */
static tt_plot_scene scene_of(const tti_training *r)
{
    const tt_dataset *set = r->t->set;
    tt_plot_scene s = {.title = set->name,
                       .x = (const double(*)[2])set->x,
                       .label = set->y,
                       .count = set->n,
                       .field = r->t->predict,
                       .user = r->t->user,
                       .x_high = 1,
                       .y_high = 1};
    for (size_t i = 0; i < set->n; i++) {
        s.x_low = fmin(s.x_low, set->x[i][0]);
        s.x_high = fmax(s.x_high, set->x[i][0]);
        s.y_low = fmin(s.y_low, set->x[i][1]);
        s.y_high = fmax(s.y_high, set->x[i][1]);
    }
    return s;
}

static tt_plot_series losses_of(const tti_training *r)
{
    return (tt_plot_series){.y = r->losses, .count = (size_t)r->done};
}

static tt_plot_chart chart_of(const tt_plot_series *losses)
{
    return (tt_plot_chart){
        .title = "loss", .x_label = "epoch", .series = losses, .count = 1};
}

static void draw_frame(tti_training *r, const char *line)
{
    tt_plot_scene scene = scene_of(r);
    tt_plot_series losses = losses_of(r);
    tt_plot_chart chart = chart_of(&losses);
    tt_plot_live *live = &r->live;
    int rows = live->terminal.rows - 2; /* the line below, and the cursor's */
    bool with_chart = r->done > 1 && rows >= SCENE_ROWS / 2 + CHART_ROWS;
    int scene_rows = with_chart ? rows - CHART_ROWS : rows;
    if (scene_rows > SCENE_ROWS) scene_rows = SCENE_ROWS;
    tt_plot_live_frame(live);
    live->lines +=
        tt_plot_scene_text(live->out, &scene, &live->terminal, SCENE_COLUMNS, scene_rows);
    if (with_chart)
        live->lines += tt_plot_chart_text(live->out, &chart, &live->terminal,
                                          SCENE_COLUMNS, CHART_ROWS);
    fprintf(live->out, "%s\n", line);
    live->lines++;
    fflush(live->out);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static const char *device_of(const tt_training *t)
{
    return t->device != NULL ? t->device : "cpu";
}

static int threads_of(const tt_training *t)
{
    return t->threads > 0 ? t->threads : 1;
}

static double accuracy(const tti_training *r)
{
    return (double)r->last.right / (double)r->t->set->n;
}

static void start_json(const tti_training *r)
{
    const tt_training *t = r->t;
    tt_json *j = tt_json_event("start");
    tt_json_text(j, "program", t->program);
    tt_json_text(j, "model", t->model);
    tt_json_text(j, "backend", t->backend);
    tt_json_text(j, "device", device_of(t));
    tt_json_whole(j, "threads", threads_of(t));
    tt_json_text(j, "data", t->set->name);
    tt_json_whole(j, "points", (int64_t)t->set->n);
    tt_json_count(j, "seed", t->options->seed);
    tt_json_whole(j, "epochs", t->options->epochs);
    tt_json_number(j, "lr", t->options->lr);
    tt_json_print(j, stdout);
}

void tti_training_say_start(tti_training *r)
{
    const tt_training *t = r->t;
    if (t->options->json) {
        start_json(r);
        return;
    }
    if (t->options->quiet) return;
    int threads = threads_of(t);
    printf("%s: network %s, backend %s on %s, %d thread%s, data %s (%zu points), seed "
           "%llu\n",
           t->program, t->model, t->backend, device_of(t), threads, threads == 1 ? "" : "s",
           t->set->name, t->set->n, (unsigned long long)t->options->seed);
    fflush(stdout);
    r->live = tt_plot_live_begin(stdout);
    r->drawing = r->live.terminal.live;
}

static void epoch_json(const tti_training *r, double seconds)
{
    tt_json *j = tt_json_event("epoch");
    tt_json_whole(j, "epoch", r->done);
    tt_json_number(j, "loss", r->last.loss);
    tt_json_number(j, "train_accuracy", accuracy(r));
    tt_json_null(j, "test_accuracy"); /* there is no second set */
    tt_json_whole(j, "right", r->last.right);
    tt_json_number(j, "seconds", seconds);
    tt_json_print(j, stdout);
}

/* Where the training is, in a line: time an epoch, and on a terminal the time that is left. */
static const char *status_line(const tti_training *r, char *text, size_t size)
{
    int epochs = r->t->options->epochs;
    double each = r->spent / r->done;
    int n =
        snprintf(text, size, "epoch %d/%d  loss %.4f  %d of %zu right  %.2f ms/epoch",
                 r->done, epochs, r->last.loss, r->last.right, r->t->set->n, each * 1e3);
    if (r->drawing && r->done < epochs && n > 0 && (size_t)n < size)
        snprintf(text + n, size - (size_t)n, "  %.0f s left", each * (epochs - r->done));
    return text;
}

void tti_training_say_epoch(tti_training *r, double seconds)
{
    const tt_options *o = r->t->options;
    char line[160];
    if (o->json) {
        epoch_json(r, seconds);
    } else if (o->quiet) {
        return;
    } else if (r->drawing) {
        if (r->finished < r->next_frame) return;
        draw_frame(r, status_line(r, line, sizeof line));
        r->next_frame = tt_seconds() + frame_seconds;
    } else if (r->done == 1 || r->done % LINE_EVERY == 0) {
        printf("%s\n", status_line(r, line, sizeof line));
        fflush(stdout);
    }
}

void tti_training_say_diverged(const tti_training *r)
{
    const tt_training *t = r->t;
    fflush(stdout);
    fprintf(
        stderr,
        "%s: the loss is %f after epoch %d: the training has diverged.\n"
        "Take smaller steps: --lr %g instead of %g. TT_CHECK_FINITE=1 in the environment "
        "stops at\nthe first operation whose result is not finite, and names it.\n",
        t->program, r->last.loss, r->done, t->options->lr / 10, t->options->lr);
}

static void end_json(const tti_training *r)
{
    const char *error = tt_error(r->c);
    tt_json *j = tt_json_event("end");
    tt_json_whole(j, "epochs", r->done);
    tt_json_number(j, "loss", r->done > 0 ? r->last.loss : (double)NAN);
    tt_json_number(j, "train_accuracy", r->done > 0 ? accuracy(r) : (double)NAN);
    tt_json_null(j, "test_accuracy");
    tt_json_whole(j, "right", r->last.right);
    tt_json_whole(j, "total", (int64_t)r->t->set->n);
    tt_json_number(j, "seconds", tt_seconds() - r->started);
    tt_json_bool(j, "interrupted", r->interrupted);
    tt_json_text(j, "error", error);
    tt_json_print(j, stdout);
}

/* Advice for an operation that found no finite result: mostly the steps were too large. */
static void advise(const tti_training *r)
{
    if (tt_error_status(r->c) != TT_ERR_DOMAIN) return;
    fflush(stdout);
    fprintf(stderr,
            "%s: epoch %d came to a number that is not finite (the message follows): the "
            "training "
            "has diverged.\nTake smaller steps: --lr %g instead of %g.\n",
            r->t->program, r->done + 1, r->t->options->lr / 10, r->t->options->lr);
}

void tti_training_say_end(tti_training *r)
{
    const tt_options *o = r->t->options;
    char line[160];
    advise(r);
    if (o->json) {
        end_json(r);
        return;
    }
    if (r->done == 0 || tt_error(r->c) != NULL) return;
    if (!o->quiet && isfinite(r->last.loss)) {
        draw_frame(r, status_line(r, line, sizeof line));
        if (r->interrupted) printf("interrupted\n");
    }
    printf("%d of %zu right, loss %.4f after %d epoch%s, %.2f s\n", r->last.right,
           r->t->set->n, r->last.loss, r->done, r->done == 1 ? "" : "s", r->spent);
    fflush(stdout);
}

void tti_training_say_wrote(const tti_training *r, const char *path)
{
    const tt_options *o = r->t->options;
    if (path == NULL || (o->quiet && !o->json)) return;
    if (o->json) {
        tt_json *j = tt_json_event("file");
        tt_json_text(j, "path", path);
        tt_json_print(j, stdout);
        return;
    }
    printf("wrote %s\n", path);
    fflush(stdout);
}

/* ---- the report ------------------------------------------------------------------------------ */

void tti_training_picture(tti_training *r)
{
    int left = r->t->options->epochs - r->done;
    bool power_of_two = (r->done & (r->done - 1)) == 0;
    if (r->pictures == NULL ||
        (left > 0 && (!power_of_two || (r->done > 0 && r->done < 8))))
        return;
    tt_plot_scene scene = scene_of(r);
    char caption[64];
    if (r->done == 0) snprintf(caption, sizeof caption, "before training");
    else
        snprintf(caption, sizeof caption, "epoch %d: %d of %zu right", r->done,
                 r->last.right, r->t->set->n);
    scene.title = NULL;
    tt_report_scene(r->pictures, &scene, caption);
}

static void report_text(FILE *out, const tti_training *r)
{
    const tt_training *t = r->t;
    tt_report_paragraph(
        out,
        "Network %s, backend %s on %s, data set %s with %zu points, seed %llu, "
        "learning rate %g.",
        t->model, t->backend, device_of(t), t->set->name, t->set->n,
        (unsigned long long)t->options->seed, t->options->lr);
    tt_report_paragraph(
        out, "%d of %zu points right after %d epochs%s; loss %.4f, at first %.4f.",
        r->last.right, t->set->n, r->done, r->interrupted ? " (interrupted)" : "",
        r->last.loss, r->losses[0]);
}

void tti_training_report(tti_training *r)
{
    if (r->done == 0) return;
    tt_file_writer *w = tt_file_write_begin(r->c, r->t->options->report);
    if (w != NULL && r->pictures != NULL) {
        tt_plot_series losses = losses_of(r);
        tt_plot_chart chart = chart_of(&losses);
        fflush(r->pictures);
        tt_report_begin(w->out, tt_text(r->c, "%s: %s", r->t->program, r->t->set->name));
        report_text(w->out, r);
        tt_report_heading(w->out, "The decision boundary over the epochs");
        fputs(r->pictures_text, w->out);
        tt_report_heading(w->out, "The loss");
        tt_report_chart(w->out, &chart, "mean loss of each epoch");
        tt_report_end(w->out);
    }
    if (tt_file_write_commit(w) == TT_OK) tti_training_say_wrote(r, w->path);
}
