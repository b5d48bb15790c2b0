/* Options: what is taken, what is refused, and with which words. */
#include "support/cli.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(support_cli, .timeout = 30);

enum { MOST = 32, TEXT_BYTES = 8192 };

static const char *const names[] = {"simple", "diag",   "split", "xor",
                                    "circle", "spiral", NULL};

/* What the tests' program takes and found. */
typedef struct found {
    tt_options o;
    bool steps;
    int every, offset;
    double weight;
    const char *at;
} found;

static found parse(int argc, char **argv)
{
    found f = {.o = {.dataset = "simple",
                     .points = 50,
                     .hidden = 2,
                     .lr = 0.5,
                     .batch = 10,
                     .epochs = 500},
               .every = 10,
               .weight = -2};
    const tt_cli_option more[] = {
        {.name = "steps", .kind = TT_CLI_FLAG, .value = &f.steps, .help = "print every step"},
        {.name = "every", .kind = TT_CLI_WHOLE, .value = &f.every, .low = 1, .high = 100},
        {.name = "offset", .kind = TT_CLI_WHOLE, .value = &f.offset},
        {.name = "weight", .kind = TT_CLI_NUMBER, .value = &f.weight},
        {.name = "at", .kind = TT_CLI_TEXT, .value = &f.at},
        {0}};
    const tt_cli cli = {.purpose = "Trains a network.",
                        .examples = "Examples:\n  train --dataset xor\n",
                        .takes = (TT_CLI_JSON - 1u) & ~(unsigned)TT_CLI_SAVE,
                        .datasets = names,
                        .more = more,
                        .arguments = "EXPRESSION",
                        .most = 1};
    tt_cli_parse(&cli, &f.o, argc, argv);
    return f;
}

/* Splits a line at blanks and parses it; '' is the empty argument. */
static found parse_line(const char *line)
{
    static char words[1024], program[] = "train",
                             *argv[MOST]; /* what is found points here */
    int argc = 0;
    argv[argc++] = program;
    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word && argc + 1 < MOST;
         word = strtok(NULL, " ")) {
        if (strcmp(word, "''") == 0) *word = '\0';
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    return parse(argc, argv);
}

/* Parses in a child; returns its status and what it printed on `stream`. */
static int parse_in_child(const char *line, int stream, char text[TEXT_BYTES])
{
    int ends[2];
    cr_assert(pipe(ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], stream);
        close(ends[0]);
        close(ends[1]);
        program_invocation_short_name = (char[]){"train"};
        parse_line(line);
        fflush(NULL);
        _exit(42); /* came back */
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t n = 1; n > 0 && used + 1 < TEXT_BYTES; used += n > 0 ? (size_t)n : 0)
        n = read(ends[0], text + used, TEXT_BYTES - 1 - used);
    text[used] = '\0';
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(support_cli, defaults_stay_where_nothing_is_said)
{
    found f = parse_line("");
    cr_expect_str_eq(f.o.dataset, "simple");
    cr_expect_str_eq(f.o.backend, "auto");
    cr_expect(f.o.points == 50 && f.o.hidden == 2 && f.o.epochs == 500 && f.o.seed == 0);
    cr_expect(f.o.lr == 0.5 && f.weight == -2 && !f.steps && !f.o.json && !f.o.quiet);
    cr_expect(f.o.given == 0 && f.o.argument_count == 0 && f.o.graph == NULL && !f.at);
}

Test(support_cli, takes_every_kind_of_value)
{
    found f =
        parse_line("--dataset xor --rate 0.25 --epochs=7 --seed 18446744073709551615 "
                   "--steps --weight -1.5e2 --at x=1 --json");
    cr_expect_str_eq(f.o.dataset, "xor");
    cr_expect(f.o.lr == 0.25, "--rate is --lr");
    cr_expect(f.o.epochs == 7 && f.o.seed == UINT64_MAX && f.steps && f.o.json);
    cr_expect(f.weight == -150);
    cr_expect_str_eq(f.at, "x=1");
    unsigned given = TT_CLI_DATASET | TT_CLI_LR | TT_CLI_EPOCHS | TT_CLI_SEED | TT_CLI_JSON;
    cr_expect(f.o.given == given, "given is 0x%x, not 0x%x", f.o.given, given);
}

Test(support_cli, arguments_may_stand_anywhere)
{
    found f = parse_line("x*y --quiet --limit 0");
    cr_assert(f.o.argument_count == 1);
    cr_expect_str_eq(f.o.arguments[0], "x*y");
    cr_expect(f.o.quiet && f.o.limit == 0);
    found g = parse_line("--quiet -- --x");
    cr_assert(g.o.argument_count == 1);
    cr_expect_str_eq(g.o.arguments[0], "--x");
}

static const char *const bad_values[][2] = {
    {"--epochs 12x", "train: --epochs 12x: not a whole number; allowed is 1 to 1000000, "
                     "for example --epochs 500"},
    {"--epochs 0", "out of range; allowed is 1 to 1000000"},
    {"--epochs -3", "out of range"},
    {"--epochs 1e3", "not a whole number"},
    {"--epochs 2.0", "not a whole number"},
    {"--epochs 0x10", "not a whole number"},
    {"--epochs ''", "--epochs '': not a whole number"},
    {"--epochs 99999999999999999999", "out of range"},
    {"--epochs 4294967297", "out of range"}, /* 1 after being cut to 32 bits */
    {"--epochs=", "not a whole number"},
    {"--lr nan", "not a finite decimal number"},
    {"--lr inf", "not a finite decimal number"},
    {"--lr 1e999", "not a finite decimal number"},
    {"--lr -0.1", "out of range; allowed is 1e-09 to 1000"},
    {"--lr 0", "out of range"},
    {"--lr 0,5", "not a finite decimal number"},
    {"--lr 0x1p-1", "not a finite decimal number"},
    {"--lr 0.5.5", "not a finite decimal number"},
    {"--lr e5", "not a finite decimal number"},
    {"--lr ''", "not a finite decimal number"},
    {"--seed -1", "allowed is 0 to 18446744073709551615"},
    {"--seed 18446744073709551616", "allowed is 0 to 18446744073709551615"},
    {"--seed 1.5", "whole number"},
    {"--every 101", "allowed is 1 to 100, for example --every 10"},
    {"--offset 4294967297", "allowed is -2147483648 to 2147483647"},
    {"--dataset xro",
     "--dataset xro: unknown; did you mean xor? It is one of simple, diag"},
    {"--dataset qqqq", "--dataset qqqq: unknown; it is one of simple, diag"},
    {"--dataset ''", "it is one of"},
    {"--dataset XOR", "it is one of"},
    {"--backend cdua", "did you mean cuda?"},
    {"--graph ''", "--graph '': is empty"},
    {"--json=3", "--json"},
};

Test(support_cli, bad_values_end_with_status_2_and_say_what_is_allowed)
{
    char text[TEXT_BYTES];
    for (size_t i = 0; i < sizeof bad_values / sizeof *bad_values; i++) {
        int status = parse_in_child(bad_values[i][0], STDERR_FILENO, text);
        cr_expect(status == 2, "%s: status %d, not 2", bad_values[i][0], status);
        cr_expect(strstr(text, bad_values[i][1]), "%s: the message has no '%s': %s",
                  bad_values[i][0], bad_values[i][1], text);
    }
}

Test(support_cli, bad_names_end_with_status_2_and_a_suggestion)
{
    static const char *const bad[][2] = {
        {"--epoks 3", "train: --epoks: no such option; did you mean --epochs?"},
        {"--epoks=3", "--epoks: no such option"},
        {"--zzzzzzzz", "--zzzzzzzz: no such option\n"},
        {"--save x", "--save: no such option"}, /* a shared one that this program lacks */
        {"--=3", "no such option"},
        {"--epochs", "needs a value; allowed is 1 to 1000000"},
        {"--dataset", "it is one of"},
        {"--graph", "--graph: needs a value, for example --graph FILE"},
        {"-x", "-"},
        {"--e 3", "ambiguous"},
        {"a b", "b: one argument too many after EXPRESSION"},
    };
    char text[TEXT_BYTES];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int status = parse_in_child(bad[i][0], STDERR_FILENO, text);
        cr_expect(status == 2, "%s: status %d, not 2", bad[i][0], status);
        cr_expect(strstr(text, bad[i][1]), "%s: the message has no '%s': %s", bad[i][0],
                  bad[i][1], text);
        cr_expect(strstr(text, "--help"), "%s: does not point to --help: %s", bad[i][0],
                  text);
    }
}

Test(support_cli, a_value_may_look_like_an_option)
{
    found f = parse_line("--at --zzzz --graph --json");
    cr_expect_str_eq(f.at, "--zzzz");
    cr_expect_str_eq(f.o.graph, "--json");
    cr_expect(!f.o.json);
}

Test(support_cli, help_shows_groups_and_defaults_and_ends_with_status_0)
{
    static const char *const wanted[] = {"Trains a network.",
                                         "Data:",
                                         "This program:",
                                         "--lr=X, --rate=X",
                                         "(default 500)",
                                         "(default -2)",
                                         "spiral",
                                         "Examples:",
                                         "--json"};
    char text[TEXT_BYTES];
    int status = parse_in_child("--epochs 3 --help", STDOUT_FILENO, text);
    cr_expect(status == 0, "status %d, not 0", status);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_expect(strstr(text, wanted[i]), "--help has no '%s':\n%s", wanted[i], text);
    cr_expect(!strstr(text, "--save"), "an option that is not taken must not be shown");
}

Test(support_cli, an_interrupt_ends_with_status_130, .exit_code = 130)
{
    signal(SIGINT, SIG_DFL);
    parse_line("");
    raise(SIGINT);
}

Test(support_cli, an_ignored_interrupt_stays_ignored)
{
    signal(SIGINT, SIG_IGN);
    parse_line("");
    raise(SIGINT);
    cr_expect(true);
}

Test(support_cli, refuse_ends_with_status_2, .exit_code = 2)
{
    tt_cli_refuse("--a and --b exclude each other%s", "");
}

Test(support_cli, numbers_are_read_as_a_whole_or_not_at_all)
{
    static const char *const bad[] = {"",         " 1",    "1 ",   "+", "-",
                                      "--1",      "1e",    "1e5x", ".", "NaN",
                                      "infinity", "1_000", "0x1",  "١"};
    double x = 7;
    int64_t n = 7;
    uint64_t u = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect(!tt_cli_number(bad[i], &x) && x == 7, "'%s' taken as %g", bad[i], x);
        cr_expect(!tt_cli_whole(bad[i], &n) && n == 7, "'%s' taken as whole", bad[i]);
        cr_expect(!tt_cli_count(bad[i], &u) && u == 7, "'%s' taken as count", bad[i]);
    }
    cr_expect(tt_cli_whole("-9223372036854775808", &n) && n == INT64_MIN);
    cr_expect(!tt_cli_whole("9223372036854775808", &n));
    cr_expect(!tt_cli_count("+1", &u));
    cr_expect(tt_cli_number("-.5e1", &x) && x == -5);
    cr_expect(tt_cli_number("1e-400", &x) && x >= 0 && x < 1e-300,
              "underflow is no error");
}

Test(support_cli, nearest_suggests_only_what_may_have_been_meant)
{
    cr_expect_str_eq(tt_cli_nearest("xro", names), "xor");
    cr_expect_str_eq(tt_cli_nearest("simpel", names), "simple");
    cr_expect_str_eq(tt_cli_nearest("spirall", names), "spiral");
    cr_expect_str_eq(tt_cli_nearest("circ", names), "circle");
    cr_expect(tt_cli_nearest("mnist", names) == NULL);
    cr_expect(tt_cli_nearest("", names) == NULL);
    char long_name[500];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    cr_expect(tt_cli_nearest(long_name, names) == NULL);
}
