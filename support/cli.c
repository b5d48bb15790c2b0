#include "support/cli.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/error.h"

enum { SHARED_COUNT = 16, KEY_FIRST = 256, KEY_HELP = 1 << 20, GROUPS = 5 };

/* An option as it is looked up: a shared one or one of the program's own. */
typedef struct entry {
    tt_cli_option option;
    const char *alias;
    unsigned shared; /* its TT_CLI_ bit; 0: the program's own */
    int group;
} entry;

typedef struct parse {
    const tt_cli *cli;
    tt_options *options;
    entry *entries;
    int count;
    struct argp_option *table; /* what argp sees */
    char **docs;               /* texts made for it */
} parse;

enum { GROUP_DATA = 1, GROUP_TRAINING, GROUP_PLACE, GROUP_OWN, GROUP_OUTPUT };
static const char *const group_titles[GROUPS] = {
    "Data:", "Network and training:", "Where it runs:", "This program:", "Output:"};

static const char *const all_backends[] = {"auto", "simple", "fast", "cuda", "sim", NULL};

/* ---- messages -------------------------------------------------------------------------------- */

static _Noreturn void end_usage(void)
{
    fprintf(stderr, "Try '%s --help'.\n", program_invocation_short_name);
    exit(2);
}

void tt_cli_refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    end_usage();
}

int tt_cli_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fprintf(stderr, "%s: standard output cannot be written\n",
            program_invocation_short_name);
    return 1;
}

/* Names one after the other: "simple, diag, xor". Owner: the caller, free. */
static char *join(const char *const *list)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    TT_ASSERT(out);
    for (int i = 0; list[i]; i++) fprintf(out, "%s%s", i > 0 ? ", " : "", list[i]);
    fclose(out);
    return text;
}

/* What is allowed: "1 to 1000000", "a finite number". */
static void allowed_text(char text[96], const tt_cli_option *o)
{
    if (o->kind == TT_CLI_COUNT) snprintf(text, 96, "0 to %llu", ULLONG_MAX);
    else if (o->low < o->high) snprintf(text, 96, "%.15g to %.15g", o->low, o->high);
    else if (o->kind == TT_CLI_WHOLE) snprintf(text, 96, "%d to %d", INT_MIN, INT_MAX);
    else snprintf(text, 96, "any finite decimal number");
}

/* The value that an option holds now, as text; empty when it holds none. */
static void value_text(char text[96], const tt_cli_option *o)
{
    const char *const *word = o->value;
    text[0] = '\0';
    switch (o->kind) {
    case TT_CLI_WHOLE: snprintf(text, 96, "%d", *(int *)o->value); break;
    case TT_CLI_COUNT:
        snprintf(text, 96, "%llu", (unsigned long long)*(uint64_t *)o->value);
        break;
    case TT_CLI_NUMBER: snprintf(text, 96, "%.15g", *(double *)o->value); break;
    case TT_CLI_TEXT:
    case TT_CLI_CHOICE:
        if (*word) snprintf(text, 96, "%s", *word);
        break;
    case TT_CLI_FLAG: break;
    }
}

static _Noreturn void refuse_number(const tt_cli_option *o, const char *typed,
                                    const char *why)
{
    char allowed[96], example[96];
    allowed_text(allowed, o);
    value_text(example, o);
    if (o->low < o->high && o->kind != TT_CLI_COUNT && atof(example) < o->low)
        snprintf(example, sizeof example, "%.15g", o->low);
    tt_cli_refuse("--%s %s: %s; allowed is %s, for example --%s %s", o->name,
                  *typed ? typed : "''", why, allowed, o->name,
                  o->example ? o->example : example);
}

static _Noreturn void refuse_choice(const tt_cli_option *o, const char *typed)
{
    const char *near = tt_cli_nearest(typed, o->choices);
    tt_cli_refuse("--%s %s: unknown%s%s%s one of %s", o->name, *typed ? typed : "''",
                  near ? "; did you mean " : "", near ? near : "",
                  near ? "? It is" : "; it is", join(o->choices));
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool in_range(const tt_cli_option *o, double x)
{
    return o->low >= o->high || (x >= o->low && x <= o->high);
}

static void take_whole(const tt_cli_option *o, const char *typed)
{
    int64_t n = 0;
    const char *digits = typed + (*typed == '-' || *typed == '+');
    bool whole = *digits && digits[strspn(digits, "0123456789")] == '\0';
    if (!whole) refuse_number(o, typed, "not a whole number");
    bool fits = tt_cli_whole(typed, &n) && n >= INT_MIN && n <= INT_MAX;
    if (!fits || !in_range(o, (double)n)) refuse_number(o, typed, "out of range");
    *(int *)o->value = (int)n;
}

static void take_number(const tt_cli_option *o, const char *typed)
{
    double x = 0;
    if (!tt_cli_number(typed, &x)) refuse_number(o, typed, "not a finite decimal number");
    if (!in_range(o, x)) refuse_number(o, typed, "out of range");
    *(double *)o->value = x;
}

static void take_choice(const tt_cli_option *o, const char *typed)
{
    for (int i = 0; o->choices && o->choices[i]; i++)
        if (strcmp(o->choices[i], typed) == 0) {
            *(const char **)o->value = o->choices[i];
            return;
        }
    refuse_choice(o, typed);
}

static void take(const tt_cli_option *o, const char *typed)
{
    switch (o->kind) {
    case TT_CLI_FLAG: *(bool *)o->value = true; break;
    case TT_CLI_WHOLE: take_whole(o, typed); break;
    case TT_CLI_COUNT:
        if (!tt_cli_count(typed, o->value))
            refuse_number(o, typed, "not such a whole number");
        break;
    case TT_CLI_NUMBER: take_number(o, typed); break;
    case TT_CLI_TEXT:
        if (!*typed) tt_cli_refuse("--%s '': is empty; give a name or path", o->name);
        *(const char **)o->value = typed;
        break;
    case TT_CLI_CHOICE: take_choice(o, typed); break;
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

static void add(parse *p, entry e)
{
    p->entries[p->count++] = e;
}

/* The shared options; `offset` is where the value stands in tt_options. */
typedef struct shared {
    unsigned bit;
    int group;
    size_t offset;
    const char *alias;
    tt_cli_option option;
} shared;

// clang-format off
#define AT(field) offsetof(tt_options, field)
static const shared all_shared[] = {
    {TT_CLI_DATASET, GROUP_DATA, AT(dataset), NULL,
     {"dataset", "NAME", TT_CLI_CHOICE, NULL, 0, 0, NULL, "which data set", NULL, NULL}},
    {TT_CLI_POINTS, GROUP_DATA, AT(points), NULL,
     {"points", "N", TT_CLI_WHOLE, NULL, 1, 1e6, NULL, "how many points to draw", NULL, NULL}},
    {TT_CLI_DATA, GROUP_DATA, AT(data), NULL,
     {"data", "DIR", TT_CLI_TEXT, NULL, 0, 0, NULL, "folder of the data files", NULL, NULL}},
    {TT_CLI_LIMIT, GROUP_DATA, AT(limit), NULL,
     {"limit", "N", TT_CLI_WHOLE, NULL, 0, INT_MAX, NULL, "use only the first N examples; 0: all", "1000", NULL}},
    {TT_CLI_HIDDEN, GROUP_TRAINING, AT(hidden), NULL,
     {"hidden", "N", TT_CLI_WHOLE, NULL, 1, 65536, NULL, "units in a hidden layer", NULL, NULL}},
    {TT_CLI_LR, GROUP_TRAINING, AT(lr), "rate",
     {"lr", "X", TT_CLI_NUMBER, NULL, 1e-9, 1000, NULL, "learning rate", NULL, NULL}},
    {TT_CLI_BATCH, GROUP_TRAINING, AT(batch), NULL,
     {"batch", "N", TT_CLI_WHOLE, NULL, 1, 1e6, NULL, "examples in a step", NULL, NULL}},
    {TT_CLI_EPOCHS, GROUP_TRAINING, AT(epochs), NULL,
     {"epochs", "N", TT_CLI_WHOLE, NULL, 1, 1e6, NULL, "passes over the data", NULL, NULL}},
    {TT_CLI_SEED, GROUP_TRAINING, AT(seed), NULL,
     {"seed", "N", TT_CLI_COUNT, NULL, 0, 0, NULL, "same seed, same run", NULL, NULL}},
    {TT_CLI_BACKEND, GROUP_PLACE, AT(backend), NULL,
     {"backend", "NAME", TT_CLI_CHOICE, NULL, 0, 0, NULL, "what computes", NULL, NULL}},
    {TT_CLI_THREADS, GROUP_PLACE, AT(threads), NULL,
     {"threads", "N", TT_CLI_WHOLE, NULL, 0, 1024, NULL, "CPU threads; 0: one a core", "2", NULL}},
    {TT_CLI_GRAPH, GROUP_OUTPUT, AT(graph), NULL,
     {"graph", "FILE", TT_CLI_TEXT, NULL, 0, 0, NULL, "write the computation graph of one step", NULL, NULL}},
    {TT_CLI_REPORT, GROUP_OUTPUT, AT(report), NULL,
     {"report", "FILE", TT_CLI_TEXT, NULL, 0, 0, NULL, "write a page with figures (HTML)", NULL, NULL}},
    {TT_CLI_SAVE, GROUP_OUTPUT, AT(save), NULL,
     {"save", "FILE", TT_CLI_TEXT, NULL, 0, 0, NULL, "write the trained parameters", NULL, NULL}},
    {TT_CLI_JSON, GROUP_OUTPUT, AT(json), NULL,
     {"json", NULL, TT_CLI_FLAG, NULL, 0, 0, NULL, "print one JSON object a line and nothing else", NULL, NULL}},
    {TT_CLI_QUIET, GROUP_OUTPUT, AT(quiet), NULL,
     {"quiet", NULL, TT_CLI_FLAG, NULL, 0, 0, NULL, "print only the result", NULL, NULL}},
};
#undef AT
// clang-format on

static void add_shared(parse *p)
{
    const tt_cli *cli = p->cli;
    unsigned taken = cli->takes | TT_CLI_JSON | TT_CLI_QUIET;
    for (int i = 0; i < SHARED_COUNT; i++) {
        const shared *s = &all_shared[i];
        if (!(s->bit & taken)) continue;
        entry e = {s->option, s->alias, s->bit, s->group};
        e.option.value = (char *)p->options + s->offset;
        if (s->bit == TT_CLI_DATASET) e.option.choices = cli->datasets;
        if (s->bit == TT_CLI_DATASET && !cli->datasets) e.option.kind = TT_CLI_TEXT;
        if (s->bit == TT_CLI_BACKEND)
            e.option.choices = cli->backends ? cli->backends : all_backends;
        add(p, e);
    }
}

static const char *placeholder(const tt_cli_option *o)
{
    static const char *const by_kind[] = {NULL, "N", "N", "X", "TEXT", "NAME"};
    return o->placeholder || o->kind == TT_CLI_FLAG ? o->placeholder : by_kind[o->kind];
}

/* "passes over the data (default 500)". */
static char *doc_text(const tt_cli_option *o)
{
    char value[96], *text = NULL, *choices = NULL;
    value_text(value, o);
    if (o->kind == TT_CLI_CHOICE && o->choices) choices = join(o->choices);
    int n = asprintf(&text, "%s%s%s%s%s%s", o->help ? o->help : "", choices ? ": " : "",
                     choices ? choices : "", *value ? " (default " : "", value,
                     *value ? ")" : "");
    TT_ASSERT(n >= 0);
    free(choices);
    return text;
}

/* Headings, options and aliases as argp wants them. */
static void fill_table(parse *p)
{
    int n = 0;
    unsigned seen = 0;
    for (int i = 0; i < p->count; i++) {
        const entry *e = &p->entries[i];
        if (!(seen & 1u << e->group))
            p->table[n++] =
                (struct argp_option){.doc = group_titles[e->group - 1], .group = e->group};
        seen |= 1u << e->group;
        p->docs[i] = doc_text(&e->option);
        p->table[n++] = (struct argp_option){
            e->option.name, KEY_FIRST + i, placeholder(&e->option), 0,
            p->docs[i],     e->group};
        if (e->alias)
            p->table[n++] = (struct argp_option){.name = e->alias, .flags = OPTION_ALIAS};
    }
    p->table[n++] =
        (struct argp_option){"help", KEY_HELP, NULL, 0, "print this help", GROUP_OUTPUT};
}

static parse parse_new(const tt_cli *cli, tt_options *options)
{
    size_t own = 0;
    while (cli->more && cli->more[own].name) own++;
    size_t most = SHARED_COUNT + own;
    parse p = {.cli = cli, .options = options};
    p.entries = calloc(most, sizeof *p.entries);
    p.docs = calloc(most, sizeof *p.docs);
    p.table = calloc(2 * most + GROUPS + 2, sizeof *p.table);
    TT_ASSERT(p.entries && p.docs && p.table);
    if (!options->backend) options->backend = "auto";
    for (size_t i = 0; i < own; i++)
        add(&p, (entry){.option = cli->more[i], .group = GROUP_OWN});
    add_shared(&p);
    fill_table(&p);
    return p;
}

static void parse_free(parse *p)
{
    for (int i = 0; i < p->count; i++) free(p->docs[i]);
    free(p->docs);
    free(p->table);
    free(p->entries);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The argp option called name[0 .. n-1], or the first that begins so; NULL: none. */
static const struct argp_option *find(const parse *p, const char *name, size_t n)
{
    const struct argp_option *begun = NULL, *main_option = NULL;
    for (const struct argp_option *o = p->table; o->name || o->doc; o++) {
        if (!(o->flags & OPTION_ALIAS)) main_option = o;
        if (!o->name || strncmp(o->name, name, n) != 0) continue;
        if (o->name[n] == '\0') return main_option;
        if (!begun) begun = main_option;
    }
    return begun;
}

static _Noreturn void refuse_unknown(const parse *p, const char *typed, size_t n)
{
    const char *names[2 * SHARED_COUNT + 64];
    size_t count = 0;
    for (const struct argp_option *o = p->table; o->name || o->doc; o++)
        if (o->name && count + 1 < sizeof names / sizeof *names) names[count++] = o->name;
    names[count] = NULL;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)n, typed);
    const char *near = tt_cli_nearest(name, names);
    if (near) tt_cli_refuse("--%s: no such option; did you mean --%s?", name, near);
    tt_cli_refuse("--%s: no such option", name);
}

static _Noreturn void refuse_no_value(const parse *p, const struct argp_option *found)
{
    const tt_cli_option *o = &p->entries[found->key - KEY_FIRST].option;
    if (o->kind == TT_CLI_CHOICE) refuse_choice(o, "");
    if (o->kind != TT_CLI_TEXT) refuse_number(o, "", "needs a value");
    tt_cli_refuse("--%s: needs a value, for example --%s %s", o->name, o->name,
                  o->example ? o->example : placeholder(o));
}

/* Looks at the names before argp does, for better messages than getopt's. */
static void check_names(const parse *p, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) return;
        if (strncmp(argv[i], "--", 2) != 0) continue;
        const char *name = argv[i] + 2;
        size_t n = strcspn(name, "=");
        const struct argp_option *o = find(p, name, n);
        if (!o || n == 0) refuse_unknown(p, name, n);
        if (!o->arg || name[n] == '=') continue;
        if (i + 1 == argc) refuse_no_value(p, o);
        i++;
    }
}

/* ---- argp ------------------------------------------------------------------------------------ */

static error_t on_key(int key, char *typed, struct argp_state *state)
{
    parse *p = state->input;
    if (key >= KEY_FIRST && key - KEY_FIRST < p->count) {
        const entry *e = &p->entries[key - KEY_FIRST];
        take(&e->option, typed);
        p->options->given |= e->shared;
        if (e->option.given) *e->option.given = true;
        return 0;
    }
    if (key == KEY_HELP) {
        argp_help(state->root_argp, stdout, ARGP_HELP_STD_HELP,
                  program_invocation_short_name);
        bool ok = fflush(stdout) == 0;
        exit(ok ? 0 : 1);
    }
    if (key != ARGP_KEY_ARGS) return ARGP_ERR_UNKNOWN;
    p->options->arguments = state->argv + state->next;
    p->options->argument_count = state->argc - state->next;
    return 0;
}

static void check_count(const parse *p)
{
    const tt_cli *cli = p->cli;
    int n = p->options->argument_count;
    if (n > cli->most)
        tt_cli_refuse("%s: one argument too many%s%s", p->options->arguments[cli->most],
                      cli->most == 0 ? ": this program takes only options" : " after ",
                      cli->most == 0   ? ""
                      : cli->arguments ? cli->arguments
                                       : "the others");
    if (n < cli->fewest)
        tt_cli_refuse("%s is missing", cli->arguments ? cli->arguments : "an argument");
}

/* Ctrl-C: leaves the terminal's colours as they were, and ends with the status that shells use. */
static void on_interrupt(int number)
{
    static const char plain[] = "\033[0m\n";
    if (isatty(STDOUT_FILENO) && write(STDOUT_FILENO, plain, sizeof plain - 1) < 0)
        _exit(130);
    _exit(128 + number);
}

/* Not where interrupts are ignored (nohup, a background job) or already taken care of. */
static void catch_interrupt(void)
{
    struct sigaction before, ours = {.sa_handler = on_interrupt};
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
        sigaction(SIGINT, &ours, NULL);
}

void tt_cli_parse(const tt_cli *cli, tt_options *options, int argc, char **argv)
{
    char *doc = NULL;
    parse p = parse_new(cli, options);
    int n = asprintf(&doc, "%s\v%s", cli->purpose ? cli->purpose : "",
                     cli->examples ? cli->examples : "");
    TT_ASSERT(n >= 0);
    struct argp argp = {p.table, on_key, cli->arguments, doc, NULL, NULL, NULL};
    options->arguments = argv + argc;
    options->argument_count = 0;
    check_names(&p, argc, argv);
    if (argp_parse(&argp, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, &p) != 0)
        exit(2);
    check_count(&p);
    catch_interrupt();
    free(doc);
    parse_free(&p);
}
