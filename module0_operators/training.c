/* Epochs, Ctrl-C, and a loss that is no number: see training.h. */
#include "module0_operators/training.h"

#include <math.h>
#include <stdlib.h>

#include "module0_operators/training_page.h"
#include "support/file.h"
#include "support/interrupt.h"
#include "support/progress.h"

enum { EXIT_DONE = 0, EXIT_ERROR = 1, EXIT_INTERRUPTED = 130 };

static void draw_graph(tti_training *r)
{
    const char *path = r->t->options->graph;
    if (path == NULL || r->t->graph == NULL) return;
    if (r->t->graph(r->t->user, path) == TT_OK)
        tti_training_say_wrote(r, tt_path_absolute(r->c, path));
}

/* Returns whether to go on. */
static bool one_epoch(tti_training *r)
{
    double before = tt_seconds();
    r->last = r->t->step(r->t->user, r->done + 1);
    if (tt_error(r->c) != NULL) return false;
    r->finished = tt_seconds();
    r->spent += r->finished - before;
    r->losses[r->done++] = r->last.loss;
    if (!isfinite(r->last.loss)) return false;
    tti_training_picture(r);
    tti_training_say_epoch(r, r->finished - before);
    r->interrupted = tt_interrupted();
    return !r->interrupted;
}

static int finish(tti_training *r)
{
    if (tt_error(r->c) != NULL) {
        tti_training_say_end(r);
        return EXIT_ERROR;
    }
    bool diverged = r->done > 0 && !isfinite(r->last.loss);
    if (diverged) tti_training_say_diverged(r);
    if (r->t->options->report != NULL) tti_training_report(r);
    tti_training_say_end(r);
    if (diverged || tt_error(r->c) != NULL) return EXIT_ERROR;
    return r->interrupted ? EXIT_INTERRUPTED : EXIT_DONE;
}

float tt_training_rate(const tt_options *options, int epoch)
{
    double left = options->epochs - epoch + 1, fifth = options->epochs / 5 + 1;
    return (float)(left < fifth ? options->lr * left / fifth : options->lr);
}

int tt_training_run(tt_ctx *c, const tt_training *t)
{
    if (tt_error(c) != NULL) return EXIT_ERROR;
    tt_error_handler(c, tt_error_quiet, NULL);
    tti_training r = {.c = c, .t = t, .started = tt_seconds()};
    r.finished = r.started;
    r.losses = tt_alloc(c, (size_t)t->options->epochs * sizeof *r.losses);
    if (r.losses == NULL) return EXIT_ERROR;
    if (t->options->report != NULL && tt_file_write_check(c, t->options->report) != TT_OK)
        return EXIT_ERROR;
    tt_catch_interrupt();
    tti_training_say_start(&r);
    draw_graph(&r);
    if (t->options->report != NULL) {
        r.pictures = open_memstream(&r.pictures_text, &r.pictures_size);
        tti_training_picture(&r);
    }
    bool go_on = tt_error(c) == NULL;
    while (go_on && r.done < t->options->epochs) go_on = one_epoch(&r);
    int status = finish(&r);
    if (r.pictures != NULL) fclose(r.pictures);
    free(r.pictures_text);
    return status;
}

int tt_training_main(tt_ctx *c, const tt_training *t)
{
    int status = tt_training_run(c, t);
    int error = tt_exit(c);
    return tt_cli_finish(error != 0 ? error : status);
}
