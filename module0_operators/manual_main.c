/* manual: a linear model set by hand (Task 0.5). Draws the points and the model's answer, counts
 * how many points are right, and says which parameter to move, and where to. Module 1 finds such
 * moves for all parameters at once, by derivatives. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "module0_operators/datasets.h"
#include "module0_operators/manual.h"
#include "support/cli.h"
#include "support/file.h"
#include "support/json.h"
#include "support/random.h"
#include "support/report.h"

static const char *const names[3] = {"w1", "w2", "b"};

/* How well some weights do. */
typedef struct score {
    size_t right;
    double loss; /* mean of -log(the model's answer for the point's own class) */
} score;

/* One parameter, moved. */
typedef struct move {
    int parameter; /* number in `names`; -1: none lowers the loss */
    double to;
    score after;
} move;

/* The loss is taken from the sum z and not from the model's answer, which far from the line is
 * rounded to 0 or 1: -log(sigmoid(z)) = log(1 + e^-z) = max(-z, 0) + log(1 + e^-|z|). */
static score judge(const tt_manual *m, const tt_dataset *set)
{
    score s = {0, 0};
    for (size_t i = 0; i < set->n; i++) {
        const double *x = set->x[i];
        double z = *m->w1 * x[0] + *m->w2 * x[1] + *m->b, towards = set->y[i] ? z : -z;
        s.right += (tt_forward_number(&m->base, x) > 0.5) == set->y[i];
        s.loss += fmax(-towards, 0) + log1p(exp(-fabs(towards)));
    }
    s.loss /= (double)set->n;
    return s;
}

/* Turns one parameter at a time by small, middling and large steps both ways, and back again. */
static move best_move(tt_manual *m, const tt_dataset *set)
{
    static const double steps[] = {0.5, -0.5, 2, -2, 8, -8};
    double *const knobs[3] = {m->w1, m->w2, m->b};
    move best = {.parameter = -1, .after = judge(m, set)};
    for (int k = 0; k < 3; k++) {
        double before = *knobs[k];
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            *knobs[k] = before + steps[s];
            score after = judge(m, set);
            if (after.loss < best.after.loss) best = (move){k, *knobs[k], after};
        }
        *knobs[k] = before;
    }
    return best;
}

static double answer(void *model, double x1, double x2)
{
    return tt_forward_number(model, (double[]){x1, x2});
}

/* The unit square, and more where points lie outside of it, as spiral's do. */
static tt_plot_scene scene_of(const tt_dataset *set, tt_manual *model)
{
    tt_plot_scene s = {.title = set->name,
                       .x = (const double(*)[2])set->x,
                       .label = set->y,
                       .count = set->n,
                       .field = answer,
                       .user = &model->base,
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

/* ---- options ----------------------------------------------------------------------- */

/* "w1,w2,b" into w. */
static bool read_weights(const char *text, double w[3])
{
    char piece[64];
    for (int k = 0; k < 3; k++) {
        size_t n = strcspn(text, ",");
        if (n >= sizeof piece || (text[n] == ',') != (k < 2)) return false;
        memcpy(piece, text, n);
        piece[n] = '\0';
        if (!tt_cli_number(piece, &w[k])) return false;
        if (!(fabs(w[k]) <= 1e6)) return false;
        text += n + (k < 2);
    }
    return true;
}

static void choose_weights(const char *text, uint64_t seed, double w[3])
{
    if (!text) {
        tt_rng r = tt_rng_of(seed, TT_STREAM_INIT);
        for (uint64_t k = 0; k < 3; k++) w[k] = 2 * ((double)tt_rng_uniform(r, k) - 0.5);
    } else if (strcmp(text, "hand") == 0) {
        tt_manual_by_hand(w);
    } else if (!read_weights(text, w)) {
        tt_cli_refuse(
            "--weights %s: not three numbers w1,w2,b between -1000000 and 1000000; "
            "for example --weights -3,2.5,0.5",
            text);
    }
}

/* ---- what is shown ----------------------------------------------------------------- */

typedef struct result {
    const tt_dataset *set;
    tt_manual *model;
    double w[3];
    score now;
    move hint;
    uint64_t seed;
} result;

/* The hint as a sentence, with weights rounded to what one likes to type. */
static const char *hint_text(tt_ctx *c, const result *r)
{
    if (r->now.right == r->set->n) return "every point is on its side of the line";
    if (r->hint.parameter < 0)
        return "no step of 0.5, 2 or 8 in one parameter lowers the loss: about as good "
               "as one line gets";
    double moved[3] = {r->w[0], r->w[1], r->w[2]};
    int k = r->hint.parameter;
    moved[k] = r->hint.to;
    return tt_text(
        c, "%s %s to %.4g: %zu of %zu right, loss %.4f  (--weights %.4g,%.4g,%.4g)",
        moved[k] > r->w[k] ? "raise" : "lower", names[k], moved[k], r->hint.after.right,
        r->set->n, r->hint.after.loss, moved[0], moved[1], moved[2]);
}

static void show_text(tt_ctx *c, const result *r, bool quiet)
{
    if (!quiet) {
        tt_plot_scene scene = scene_of(r->set, r->model);
        tt_terminal terminal = tt_terminal_of(stdout);
        printf("manual: data %s, %zu points, seed %llu\n\n", r->set->name, r->set->n,
               (unsigned long long)r->seed);
        tt_plot_scene_text(stdout, &scene, &terminal, 0, 0);
        putchar('\n');
        tt_module_print(stdout, &r->model->base);
        printf("hint: %s\n", hint_text(c, r));
    }
    printf("%zu of %zu points right, loss %.4f\n", r->now.right, r->set->n, r->now.loss);
}

static void show_json(tt_ctx *c, const result *r)
{
    tt_json *j = tt_json_event("start");
    tt_json_text(j, "program", "manual");
    tt_json_text(j, "dataset", r->set->name);
    tt_json_whole(j, "points", (int64_t)r->set->n);
    tt_json_count(j, "seed", r->seed);
    tt_json_print(j, stdout);

    j = tt_json_event("end");
    tt_json_numbers(j, "weights", r->w, 3);
    tt_json_whole(j, "right", (int64_t)r->now.right);
    tt_json_number(j, "loss", r->now.loss);
    tt_json_text(j, "hint", hint_text(c, r));
    tt_json_print(j, stdout);
}

static void write_report(tt_ctx *c, const result *r, const char *path, bool say)
{
    tt_file_writer *w = tt_file_write_begin(c, path);
    if (w) {
        static const char *const heads[] = {"parameter", "value"};
        tt_plot_scene scene = scene_of(r->set, r->model);
        tt_report_begin(w->out, "A linear model set by hand");
        tt_report_paragraph(
            w->out, "Data set %s, %zu points, seed %llu: %zu points right, loss %.4f.",
            r->set->name, r->set->n, (unsigned long long)r->seed, r->now.right,
            r->now.loss);
        tt_report_scene(w->out, &scene, "p(x) = sigmoid(w1 x1 + w2 x2 + b)");
        tt_report_table_begin(w->out, heads, 2);
        for (int k = 0; k < 3; k++) {
            const char *value = tt_text(c, "%.6g", r->w[k]);
            tt_report_table_row(w->out, (const char *const[]){names[k], value}, 2);
        }
        tt_report_table_end(w->out);
        tt_report_paragraph(w->out, "Hint: %s.", hint_text(c, r));
        tt_report_end(w->out);
    }
    if (tt_file_write_commit(w) == TT_OK && say) printf("wrote %s\n", w->path);
}

int main(int argc, char **argv)
{
    tt_options o = {.dataset = "simple", .points = 50};
    const char *weights = NULL;
    const tt_cli_option more[] = {{.name = "weights",
                                   .placeholder = "W1,W2,B",
                                   .kind = TT_CLI_TEXT,
                                   .value = &weights,
                                   .help = "the model's parameters; \"hand\" for those "
                                           "written in manual.c; without it, "
                                           "random ones by the seed",
                                   .example = "-3,2.5,0.5"},
                                  {0}};
    tt_cli_parse(
        &(tt_cli){.purpose = "Draws a linear model whose parameters you set by hand.",
                  .examples = "manual --dataset simple --weights -3,2.5,0.5",
                  .takes = TT_CLI_DATASET | TT_CLI_POINTS | TT_CLI_SEED | TT_CLI_REPORT,
                  .datasets = tt_dataset_names,
                  .more = more},
        &o, argc, argv);

    result r = {.seed = o.seed};
    choose_weights(weights, o.seed, r.w);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_dataset set;
    r.model = tt_manual_new(c, r.w[0], r.w[1], r.w[2]);
    if (!r.model || !tt_dataset_make(c, &set, o.dataset, (size_t)o.points, o.seed))
        return tt_exit(c);
    r.set = &set;
    r.now = judge(r.model, &set);
    r.hint = best_move(r.model, &set);
    if (o.json) show_json(c, &r);
    else show_text(c, &r, o.quiet);
    if (o.report) write_report(c, &r, o.report, !o.json && !o.quiet);
    return tt_exit(c);
}
