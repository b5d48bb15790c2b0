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

enum { EXIT_INTERRUPTED = 130, MOST_MAPS = 65536 };

static tt_options read_options(int argc, char **argv, sentiment_choices *own)
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
         .high = MOST_MAPS,
         .help = "feature maps of each of the three convolutions"},
        {.name = "dropout",
         .kind = TT_CLI_NUMBER,
         .value = &own->dropout,
         .high = 1,
         .help = "share of features put out at random while it trains"},
        {.name = "load",
         .placeholder = "FILE",
         .kind = TT_CLI_TEXT,
         .value = &own->load,
         .help = "begin with the weights that --save wrote"},
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
                "SST-2's train.tsv and dev.tsv; then --glove is needed too.",
            .examples = "  sentiment --say \"The plot is not clever.\"\n"
                        "  sentiment --data SST-2 --glove glove.6B.50d.txt --limit 450\n"
                        "  sentiment --save kim.safetensors\n",
            .more = more,
            .takes = TT_CLI_DATA | TT_CLI_LIMIT | TT_CLI_LR | TT_CLI_BATCH | TT_CLI_EPOCHS |
                     TT_CLI_SEED | TT_CLI_BACKEND | TT_CLI_THREADS | TT_CLI_SAVE,
        },
        &o, argc, argv);
    return o;
}

/* What only both together can say. */
static void check_options(const tt_options *o, const sentiment_choices *own)
{
    char word[TT_WORD_ROOM];
    const char *said = own->say;
    if (o->data && !own->glove)
        tt_cli_refuse(
            "--data needs --glove FILE: the built-in word vectors know the practice "
            "sentences' words only");
    if (own->eval && !own->load)
        tt_cli_refuse("--eval needs --load FILE: there is nothing to judge");
    if (own->eval && o->save)
        tt_cli_refuse("--eval trains nothing that --save could keep");
    if (said && !tt_next_word(&said, word)) tt_cli_refuse("--say has no word");
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
    check_options(&o, &own);
    tt_ctx *c = tt_ctx_new(NULL);
    if (!c) return tt_exit(c);
    tt_error_handler(c, tt_error_quiet, NULL); /* tt_exit prints what is wrong */
    sentiment s = {.c = c, .options = &o, .choices = &own, .started = tt_seconds()};
    sentiment_end end = set_up(&s) ? sentiment_run(&s) : SENTIMENT_FAILED;
    int code = tt_exit(c);
    if (end == SENTIMENT_FAILED) code = 1;
    if (end == SENTIMENT_INTERRUPTED) code = EXIT_INTERRUPTED;
    return finish_output(code);
}
