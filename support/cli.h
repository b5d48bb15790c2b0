/* Options: the same words mean the same thing in every program.
 *
 * A program says which of the shared options it takes, their defaults, and what it adds:
 *
 *   Example:
 *     #include "support/cli.h"
 *
 *     int main(int argc, char **argv)
 *     {
 *         static const char *const names[] = {"simple", "diag", "xor", NULL};
 *         tt_options o = {.dataset = "simple", .lr = 0.5, .epochs = 500};
 *         bool steps = false;
 *         const tt_cli_option more[] = {
 *             {.name = "steps", .kind = TT_CLI_FLAG, .value = &steps, .help = "print every step"},
 *             {0}};
 *         tt_cli_parse(&(tt_cli){.purpose = "Trains a network on points of the plane.",
 *                                .takes = TT_CLI_DATASET | TT_CLI_LR | TT_CLI_EPOCHS,
 *                                .datasets = names, .more = more}, &o, argc, argv);
 *         printf("%s: %d epochs\n", o.dataset, o.epochs);          // prints: simple: 500 epochs
 *         return 0;
 *     }
 *
 * The values that `o` and the `value` pointers hold before the call are the defaults, and --help
 * shows them. --json, --quiet and --help always exist. Every value is checked as a whole: "12x",
 * "", "1e999", "nan", a number out of range or an unknown name ends the program with status 2 and
 *
 *   train: --epochs 12x: not a whole number; allowed is 1 to 1000000, for example --epochs 10
 *
 * Numbers are read the same in every locale. Parsing itself is argp's (glibc).
 */
#ifndef TT_SUPPORT_CLI_H
#define TT_SUPPORT_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The shared options that a program may take: a mask. */
enum {
    TT_CLI_DATASET = 1 << 0, /* --dataset NAME   one of tt_cli.datasets */
    TT_CLI_POINTS = 1 << 1,  /* --points N       1 .. 1000000 */
    TT_CLI_DATA = 1 << 2,    /* --data DIR       folder of data files */
    TT_CLI_LIMIT = 1 << 3,   /* --limit N        use the first N examples; 0: all */
    TT_CLI_HIDDEN = 1 << 4,  /* --hidden N       1 .. 65536 */
    TT_CLI_LR = 1 << 5,      /* --lr X, --rate X 1e-9 .. 1000 */
    TT_CLI_BATCH = 1 << 6,   /* --batch N        1 .. 1000000 */
    TT_CLI_EPOCHS = 1 << 7,  /* --epochs N       1 .. 1000000 */
    TT_CLI_SEED = 1 << 8,    /* --seed N         0 .. 2^64-1 */
    TT_CLI_BACKEND = 1 << 9, /* --backend NAME   one of tt_cli.backends */
    TT_CLI_THREADS = 1 << 10, /* --threads N     0 .. 1024; 0: as many as there are cores */
    TT_CLI_GRAPH = 1 << 11,   /* --graph FILE    */
    TT_CLI_REPORT = 1 << 12, /* --report FILE   */
    TT_CLI_SAVE = 1 << 13,   /* --save FILE     */
    TT_CLI_JSON = 1 << 14,   /* always taken */
    TT_CLI_QUIET = 1 << 15   /* always taken */
};

/* The values of the shared options. Texts point into argv or are the defaults. Paths are as typed:
 * tt_path (support/file.h) resolves them. */
typedef struct tt_options {
    const char *dataset;
    const char *data;
    const char *backend; /* default when NULL: "auto" */
    const char *graph;   /* NULL: not asked for; likewise report and save */
    const char *report;
    const char *save;
    int points, limit, hidden, batch, epochs, threads;
    double lr;
    uint64_t seed;
    bool json, quiet;
    unsigned given;   /* mask of the shared options that stood on the command line */
    char **arguments; /* what stood there besides options (tt_cli.most of them at most) */
    int argument_count;
} tt_options;

typedef enum tt_cli_kind {
    TT_CLI_FLAG,   /* value: bool *, set to true */
    TT_CLI_WHOLE,  /* value: int * */
    TT_CLI_COUNT,  /* value: uint64_t *, range ignored */
    TT_CLI_NUMBER, /* value: double *, finite */
    TT_CLI_TEXT,   /* value: const char **, not empty */
    TT_CLI_CHOICE  /* value: const char **, one of `choices` */
} tt_cli_kind;

/* An option of one program only. A table of them ends with {0}. */
typedef struct tt_cli_option {
    const char *name;        /* without the dashes */
    const char *placeholder; /* in --help: "N", "FILE"; NULL: by kind */
    tt_cli_kind kind;
    void *value;      /* where it goes; holds the default (NULL text: no default) */
    double low, high; /* allowed, both inclusive; both 0: no bound */
    const char *const *choices; /* TT_CLI_CHOICE: NULL-terminated */
    const char *help;           /* what it does, lower case, no full stop, no default */
    const char *example;        /* for messages: "10"; NULL: the default, or the lowest */
    bool *given; /* becomes true when it stood on the command line; may be NULL */
} tt_cli_option;

/* What a program takes. */
typedef struct tt_cli {
    const char *purpose;         /* one or two sentences, first in --help */
    const char *examples;        /* lines at the end of --help, or NULL */
    unsigned takes;              /* mask of shared options */
    const char *const *datasets; /* NULL-terminated; needed with TT_CLI_DATASET */
    const char *const *backends; /* NULL: auto, simple, fast, cuda, sim */
    const tt_cli_option *more;   /* ends with {0}; may be NULL */
    const char *arguments; /* how arguments are called in --help: "EXPRESSION"; or NULL */
    int fewest, most;      /* how many arguments are allowed */
} tt_cli;

/* Reads the command line into *options. Comes back only when it is right: after --help it ends
 * the program with status 0, after a mistake with status 2. From then on Ctrl-C ends it with status
 * 130, unless SIGINT is ignored or the program has a handler of its own. */
void tt_cli_parse(const tt_cli *cli, tt_options *options, int argc, char **argv);

/* For checks that only the program can make (two options that exclude each other): prints
 * "program: message", points to --help and ends the program with status 2. */
#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 1, 2)))
#endif
void tt_cli_refuse(const char *format, ...);

/* For the end of main: what was printed is flushed, and the status returned; where it cannot be written,
 * as on a full disk, that is said, and the status is 1. */
int tt_cli_finish(int status);

/* The strict readers behind it, for texts that come from elsewhere ("x=1,y=2"). The whole text
 * must be the number: no blanks, no junk. Out of range, empty or not finite: false. */
bool tt_cli_whole(const char *text, int64_t *value);
bool tt_cli_count(const char *text, uint64_t *value);
bool tt_cli_number(const char *text, double *value);

/* The entry of a NULL-terminated list that is nearest to a mistyped name, or NULL when none is
 * near enough to be what was meant. */
const char *tt_cli_nearest(const char *typed, const char *const *list);

#ifdef __cplusplus
}
#endif
#endif
