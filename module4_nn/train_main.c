/* train: a network learns to tell images apart.
 *
 *   bazel run -c opt //module4_nn:train
 *   bazel run -c opt //module4_nn:train -- --data /data/mnist --epochs 3 --lr 0.1
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "module4_nn/report.h"
#include "module4_nn/settings.h"
#include "module4_nn/training.h"
#include "support/file.h"
#include "support/progress.h"

enum { EXIT_INTERRUPTED = 130 };

/* A full disk shows only when what was printed is flushed. */
static int finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "train: standard output cannot be written: %s\n", strerror(errno));
    return 1;
}

/* --log: line by line, so that a run can be followed; a run that is resumed goes on in its log. */
static FILE *open_log(tt_ctx *c, const settings *s)
{
    const char *path = s->log ? tt_path(c, s->log) : NULL;
    FILE *log = path ? fopen(path, s->resume ? "ae" : "we") : NULL;
    if (path && !log)
        tti_fail(c, TT_ERR_FILE, "train", "%s: cannot be written: %s", path,
                 strerror(errno));
    return log;
}

/* False when not all of it is on disk. */
static bool close_log(const settings *s, FILE *log)
{
    if (!log) return true;
    bool ok = !ferror(log);
    if (fclose(log) == 0 && ok) return true;
    fprintf(stderr, "train: %s cannot be written\n", s->log);
    return false;
}

static training_end train(training *t, settings *s, FILE *log, int argc, char **argv)
{
    report page;
    profile times;
    if (!training_open(t, s)) return TRAINING_FAILED;
    training_print(t);
    if (log) training_log(t, log);
    if (s->shared.report) training_report(t, &page, s->shared.report, argc, argv);
    if (s->shared.save) training_save(t, s);
    if (s->profile) training_profile(t, &times);
    return training_run(t);
}

int main(int argc, char **argv)
{
    settings s = settings_read(argc, argv);
    tt_ctx *c = tt_ctx_new(NULL);
    if (!c) return tt_exit(c);
    tt_error_handler(c, tt_error_quiet, NULL); /* tt_exit prints what is wrong */
    training t = {.c = c, .started = tt_seconds()};
    FILE *log = open_log(c, &s);
    training_end end = train(&t, &s, log, argc, argv);
    bool logged = close_log(&s, log);
    int code = tt_exit(c);
    if (end == TRAINING_FAILED || !logged) code = 1;
    else if (end == TRAINING_INTERRUPTED && code == 0) code = EXIT_INTERRUPTED;
    return finish_output(code);
}
