/* sentiment: a network learns whether a sentence is for or against a film.
 *
 *   bazel run -c opt //module4_nn:sentiment
 *   bazel run -c opt //module4_nn:sentiment -- --data SST-2 --glove glove.6B.50d.txt
 */
#include "module4_nn/sentiment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "module3_gpu/backends.h"
#include "module3_gpu/fast/threads.h"
#include "module4_nn/data/tokens.h"
#include "support/progress.h"

enum { EXIT_INTERRUPTED = 130 };

static tt_options parse(int argc, char **argv, sentiment_choices *own, const char **resume)
{
    tt_options o = {.backend = "auto", .lr = 0.002, .batch = 10, .epochs = 20, .seed = 1};
    const tt_cli_option more[] = {
        {.name = "glove",
         .placeholder = "FILE",
         .kind = TT_CLI_TEXT,
         .value = &own->glove,
         .help = "word vectors in GloVe's text format, plain or gzip"},
        {.name = "maps",
         .kind = TT_CLI_WHOLE,
         .value = &own->maps,
         .low = 1,
         .high = SENTIMENT_MAPS,
         .given = &own->maps_given,
         .help = "feature maps of each of the three convolutions"},
        {.name = "dropout",
         .kind = TT_CLI_NUMBER,
         .value = &own->dropout,
         .high = 1,
         .given = &own->dropout_given,
         .help = "share of features put out at random while it trains"},
        {.name = "load",
         .placeholder = "FILE",
         .kind = TT_CLI_TEXT,
         .value = &own->load,
         .help = "begin with the weights that --save wrote"},
        {.name = "resume",
         .placeholder = "FILE",
         .kind = TT_CLI_TEXT,
         .value = resume,
         .help = "go on where a checkpoint stopped, and save there unless --save says "
                 "otherwise"},
        {.name = "eval",
         .kind = TT_CLI_FLAG,
         .value = &own->eval,
         .help = "do not train; needs --load"},
        {.name = "say",
         .placeholder = "SENTENCE",
         .kind = TT_CLI_TEXT,
         .value = &own->say,
         .help = "at the end, what the network says of this sentence"},
        {0}};
    tt_cli_parse(
        &(tt_cli){
            .purpose =
                "Trains Kim's network to tell whether a sentence is for or against a "
                "film. "
                "The sentences are built-in practice ones, or those of --data DIR with "
                "SST-2's train.tsv and dev.tsv; then --glove is needed too. With --save "
                "a "
                "checkpoint is written after every epoch and on Ctrl-C.",
            .examples = "  sentiment --say \"The plot is not clever.\"\n"
                        "  sentiment --data SST-2 --glove glove.6B.50d.txt --limit 450\n"
                        "  sentiment --save kim.safetensors\n"
                        "  sentiment --resume kim.safetensors\n",
            .more = more,
            .takes = TT_CLI_DATA | TT_CLI_LIMIT | TT_CLI_LR | TT_CLI_BATCH | TT_CLI_EPOCHS |
                     TT_CLI_SEED | TT_CLI_BACKEND | TT_CLI_THREADS | TT_CLI_SAVE,
        },
        &o, argc, argv);
    return o;
}

/* What would make of a resumed run another one. */
static void check_resume(const tt_options *o, const sentiment_choices *own)
{
    const char *given = own->maps_given           ? "maps"
                        : own->dropout_given      ? "dropout"
                        : o->given & TT_CLI_SEED  ? "seed"
                        : o->given & TT_CLI_BATCH ? "batch"
                        : o->given & TT_CLI_LIMIT ? "limit"
                                                  : NULL;
    if (own->load) tt_cli_refuse("--load and --resume: a run begins with one checkpoint");
    if (own->eval) tt_cli_refuse("--eval trains nothing; give the file with --load");
    if (given)
        tt_cli_refuse("--%s: a resumed run keeps its own; --epochs, --lr, --data and "
                      "--glove can be given anew",
                      given);
}

/* What only both together can say. */
static void check_options(const tt_options *o, const sentiment_choices *own)
{
    char word[TT_WORD_ROOM];
    const char *said = own->say;
    if (o->data && !own->glove && !own->resume)
        tt_cli_refuse(
            "--data needs --glove FILE: the built-in word vectors know the practice "
            "sentences' words only");
    if (own->eval && !own->load)
        tt_cli_refuse("--eval needs --load FILE: there is nothing to judge");
    if (own->eval && o->save)
        tt_cli_refuse("--eval trains nothing that --save could keep");
    if (said && !tt_next_word(&said, word)) tt_cli_refuse("--say has no word");
}

static tt_options read_options(int argc, char **argv, sentiment_choices *own)
{
    const char *resume = NULL;
    tt_options o = parse(argc, argv, own, &resume);
    if (resume) {
        check_resume(&o, own);
        own->load = resume;
        own->resume = true;
        if (!o.save) o.save = resume;
    }
    check_options(&o, own);
    return o;
}

/* Reads the checkpoint that it begins with, if any: its notes say what network to make. */
static bool open_checkpoint(tt_ctx *c, tt_options *o, sentiment_choices *own,
                            tt_safetensors *file)
{
    return !own->load || (tt_safetensors_read(c, own->load, file) == TT_OK &&
                          sentiment_settle(c, o, own, file));
}

static bool set_up(sentiment *s)
{
    tt_ctx *c = s->c;
    tt_seed(c, s->options->seed);
    if (tt_backend_open(c, s->options->backend, &s->backend) != TT_OK) return false;
    tt_use(c, s->backend);
    tt_set_threads(s->options->threads);
    s->threads = s->backend == tt_backend_simple() ? 1 : tt_threads();
    return sentiment_open(s);
}

/* A full disk shows only when what was printed is flushed. */
static int finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "sentiment: standard output cannot be written: %s\n", strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    sentiment_choices own = {.maps = 100, .dropout = 0.5};
    tt_options o = read_options(argc, argv, &own);
    tt_ctx *c = tt_ctx_new(NULL);
    if (!c) return tt_exit(c);
    tt_error_handler(c, tt_error_quiet, NULL); /* tt_exit prints what is wrong */
    tt_safetensors file;
    sentiment s = {.c = c,
                   .options = &o,
                   .choices = &own,
                   .from = own.load ? &file : NULL,
                   .started = tt_seconds()};
    bool ready = open_checkpoint(c, &o, &own, &file) && set_up(&s);
    sentiment_end end = ready ? sentiment_run(&s) : SENTIMENT_FAILED;
    int code = tt_exit(c);
    if (end == SENTIMENT_FAILED) code = 1;
    if (end == SENTIMENT_INTERRUPTED) code = EXIT_INTERRUPTED;
    return finish_output(code);
}
