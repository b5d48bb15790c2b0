/* train --report: the page holds what the training said, and its pictures are whole. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(module4_train_report, .timeout = 240);

#define SMALL                                                                            \
    "--model mlp --data digits --limit 120 --hidden 6 --batch 20 --epochs 2 --threads "  \
    "1 "

static char page[1 << 21], said[1 << 14], folder[64];

static size_t read_into(FILE *in, char *text, size_t room)
{
    size_t n = fread(text, 1, room - 1, in);
    text[n] = '\0';
    return n;
}

/* Runs `before train SMALL arguments --report page.html` in a new folder; the status. */
static int train(const char *before, const char *arguments)
{
    char command[1024], path[128];
    const char *program = getenv("TT_TRAIN") ? getenv("TT_TRAIN") : "module4_nn/train";
    strcpy(folder, "/tmp/train_report.XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(command, sizeof command, "%s %s " SMALL "%s --report %s/page.html 2>&1",
             before, program, arguments, folder);
    FILE *out = popen(command, "r");
    cr_assert_not_null(out);
    read_into(out, said, sizeof said);
    int status = pclose(out);
    snprintf(path, sizeof path, "%s/page.html", folder);
    page[0] = '\0';
    FILE *in = fopen(path, "r");
    if (in) {
        cr_assert_lt(read_into(in, page, sizeof page), sizeof page - 1);
        fclose(in);
    }
    unlink(path);
    cr_expect_eq(rmdir(folder), 0, "something else was left in %s", folder);
    return status;
}

static int count(const char *what)
{
    int n = 0;
    for (const char *at = page; (at = strstr(at, what)); at++) n++;
    return n;
}

static void expect_in(const char *text, const char *what)
{
    cr_expect_not_null(strstr(text, what), "lacks \"%s\":\n%.3000s", what, text);
}

/* The sum of all cells of the confusion matrix, and of those on its diagonal. */
static void sum_confusion(int *all, int *diagonal)
{
    int cell = 0;
    *all = *diagonal = 0;
    for (const char *at = page; (at = strstr(at, "--share:")); at++, cell++) {
        int value = atoi(strchr(at, '>') + 1);
        *all += value;
        if (cell / 10 == cell % 10) *diagonal += value;
    }
    cr_assert_eq(cell, 100, "ten classes make 100 cells, not %d", cell);
}

Test(module4_train_report, agrees_with_what_was_printed)
{
    cr_assert_eq(train("", ""), 0, "%s", said);
    int all, right, printed = 0, total = 0;
    sum_confusion(&all, &right);
    const char *last = strstr(said, "\ntest accuracy");
    cr_assert_not_null(last, "%s", said);
    cr_assert_eq(sscanf(last, "\ntest accuracy %*f (%d/%d)", &printed, &total), 2, "%s",
                 last);
    cr_expect_eq(all, total);
    cr_expect_eq(right, printed);
    int wrong = total - right, shown = wrong < 40 ? wrong : 40;
    cr_expect_eq(count(", taken for "), shown, "%d mistakes, %d shown", wrong,
                 count(", taken for "));
    cr_expect_eq(count("data:image/png"), shown + 6, "mistakes and 6 filters");
    expect_in(said, "wrote /");
    expect_in(page, "train --model mlp --data digits --limit 120 --hidden 6");
    expect_in(page, "seed 1");
    expect_in(page, "after 2 epochs");
    cr_expect(count("http://") == count("xmlns=\"http://") + count("xlink=\"http://"),
              "the page asks other machines for something");
}

Test(module4_train_report, a_convolution_shows_its_kernels)
{
    cr_assert_eq(train("", "--model lenet5 --epochs 1"), 0, "%s", said);
    expect_in(page, "6 of 6, 5 x 5 weights each");
    expect_in(page, "conv1</td>");
    expect_in(page, "fc3</td>");
    expect_in(page, "<td>conv2d_with</td><td>(20,6,28,28)</td>"); /* its time and memory */
    expect_in(page, ">367.5</td>"); /* KiB: 20 x 6 x 28 x 28 floats */
}

Test(module4_train_report, without_graphviz_the_graph_is_text)
{
    cr_assert_eq(train("PATH=/nowhere", ""), 0, "%s", said);
    expect_in(page, "Not drawn: ");
    expect_in(page, "Graphviz is not installed");
    expect_in(page, "digraph tinytorch");
}

Test(module4_train_report, json_names_the_file)
{
    cr_assert_eq(train("", "--json --epochs 1"), 0, "%s", said);
    expect_in(said, "{\"event\":\"file\",\"path\":\"/");
}

Test(module4_train_report, an_unwritable_page_is_an_error)
{
    const char *program = getenv("TT_TRAIN") ? getenv("TT_TRAIN") : "module4_nn/train";
    char command[512];
    snprintf(command, sizeof command,
             "%s " SMALL "--epochs 1 --report /nowhere/at/all.html 2>&1", program);
    FILE *out = popen(command, "r");
    cr_assert_not_null(out);
    read_into(out, said, sizeof said);
    cr_expect_neq(pclose(out), 0);
    expect_in(said, "/nowhere/at/all.html");
}
