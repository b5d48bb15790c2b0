/* Checkpoints: what was saved goes on as if it had never stopped; what does not fit changes nothing. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/conv_layers.h"
#include "module4_nn/layers.h"
#include "module4_nn/loss.h"
#include "module4_nn/models.h"
#include "module4_nn/optim.h"

TestSuite(module4_checkpoint, .timeout = 60);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

static const char *path_in_tmp(tt_ctx *c, const char *name)
{
    const char *base = getenv("TEST_TMPDIR") ? getenv("TEST_TMPDIR") : "/tmp";
    return tt_text(c, "%s/%s.%ld.safetensors", base, name, (long)getpid());
}

enum { IN = 5, HIDDEN = 7, OUT = 3, BATCH = 4 };

/* With dropout, so that the random streams matter, and a buffer, which no optimiser moves. */
static tt_module *network(tt_ctx *c)
{
    tt_module *net = tt_nn_sequential(c, NULL, "net");
    tt_nn_linear(c, net, "fc1", IN, HIDDEN);
    tt_nn_dropout(c, net, "drop", 0.4f);
    tt_module *fc2 = tt_nn_linear(c, net, "fc2", HIDDEN, OUT);
    tt_module_tensor_buffer(fc2, "seen", tt_rand(c, TT_SHAPE(2)));
    return net;
}

static void steps(tt_ctx *c, tt_module *net, tt_optim *optim, int from, int to)
{
    for (int s = from; s < to; s++)
        TT_SCOPE (c) {
            float x[BATCH * IN];
            for (int i = 0; i < BATCH * IN; i++) x[i] = sinf((float)(s * 31 + i * 7));
            tt_tensor *y = tt_from(c, TT_SHAPE(BATCH), (float[]){0, 1, 2, (float)(s % 3)});
            tt_tensor *scores = tt_forward(c, net, tt_from(c, TT_SHAPE(BATCH, IN), x));
            tt_zero_grad(net);
            tt_backward(tt_cross_entropy(c, scores, y));
            tt_optim_step(optim);
        }
    cr_assert_null(tt_error(c), "%s", tt_error(c));
}

/* Whether all parameters and buffers of a and b are the same, bit by bit. */
static bool equal(tt_ctx *c, tt_module *a, tt_module *b)
{
    bool same = true;
    TT_SCOPE (c) {
        tt_parameter_list lists[2][2] = {
            {tt_named_parameters(c, a), tt_named_buffers(c, a)},
            {tt_named_parameters(c, b), tt_named_buffers(c, b)}};
        for (int k = 0; k < 2; k++)
            for (size_t i = 0; i < lists[0][k].n; i++) {
                float x[64], y[64];
                tt_tensor *t = lists[0][k].at[i].parameter->value;
                cr_assert_leq(tt_numel(t), 64);
                tt_read(t, x);
                tt_read(lists[1][k].at[i].parameter->value, y);
                same = same && memcmp(x, y, tt_numel(t) * sizeof *x) == 0;
            }
    }
    return same;
}

static tt_optim *sgd(tt_module *m)
{
    return tt_optim_sgd(m, .lr = 0.1f);
}
static tt_optim *momentum(tt_module *m)
{
    return tt_optim_momentum(m, .lr = 0.1f, .momentum = 0.9f);
}
static tt_optim *adam(tt_module *m)
{
    return tt_optim_adam(m, .lr = 0.02f);
}
static tt_optim *adamw(tt_module *m)
{
    return tt_optim_adamw(m, .lr = 0.02f, .weight_decay = 0.1f);
}

Test(module4_checkpoint, a_run_goes_on_bit_by_bit)
{
    static tt_optim *(*const makers[])(tt_module *) = {sgd, momentum, adam, adamw};
    for (int k = 0; k < 4; k++) {
        tt_ctx *c = quiet_ctx(), *d = quiet_ctx();
        const char *path = path_in_tmp(c, "goes_on");
        tt_seed(c, 5);
        tt_module *net = network(c);
        tt_optim *optim = makers[k](net);
        steps(c, net, optim, 0, 6);
        cr_assert_eq(tt_save(c, path, net, optim), TT_OK, "%s", tt_error(c));

        tt_seed(d, 99); /* other weights and other masks, until it is loaded */
        tt_module *twin = network(d);
        tt_optim *again = makers[k](twin);
        steps(d, twin, again, 0, 2);
        cr_expect(!equal(c, net, twin), "before it is loaded");
        cr_assert_eq(tt_load(d, path, twin, again), TT_OK, "%s", tt_error(d));
        cr_expect(equal(c, net, twin), "optimiser %d: as it was saved", k);

        steps(c, net, optim, 6, 12);
        steps(d, twin, again, 6, 12);
        cr_expect(equal(c, net, twin), "optimiser %d: six steps later", k);
        unlink(path);
        tt_ctx_free(c);
        tt_ctx_free(d);
    }
}

Test(module4_checkpoint, weights_alone_leave_the_rest)
{
    tt_ctx *c = quiet_ctx();
    const char *path = path_in_tmp(c, "weights");
    tt_module *net = network(c), *twin = network(c);
    tt_optim *optim = adam(net);
    steps(c, net, optim, 0, 3);
    cr_assert_eq(tt_save(c, path, net, optim), TT_OK);
    float *place = tt_storage_change(
        ((tt_tensor *)tt_find_parameter(twin, "fc1.weight")->value)->data.storage);
    tt_rng before = tt_ctx_rng(c, TT_STREAM_DROPOUT, 1);
    cr_assert_eq(tt_load(c, path, twin, NULL), TT_OK, "%s", tt_error(c));
    tt_rng after = tt_ctx_rng(c, TT_STREAM_DROPOUT, 1);
    cr_expect(equal(c, net, twin));
    cr_expect_eq(after.first, before.first + 1, "random streams go on");
    cr_expect_eq(
        place,
        tt_storage_read(
            ((tt_tensor *)tt_find_parameter(twin, "fc1.weight")->value)->data.storage),
        "in place");
    tt_tensor *seen = tt_find_parameter(twin, "fc1.bias")->value;
    cr_expect(seen->node.requires_grad, "parameters are still learned");
    unlink(path);
    tt_ctx_free(c);
}

Test(module4_checkpoint, notes_say_what_it_is)
{
    tt_ctx *c = quiet_ctx();
    const char *path = path_in_tmp(c, "notes");
    tt_note mine[] = {{"model", "mlp"}, {"epoch", "3"}};
    tt_safetensors file;
    tt_seed(c, 18446744073709551615u);
    tt_module *net = network(c);
    cr_assert_eq(tt_save_with(c, path, net, adamw(net), mine, 2), TT_OK, "%s", tt_error(c));
    cr_assert_eq(tt_safetensors_read(c, path, &file), TT_OK);
    static const char *const expected[][2] = {
        {"checkpoint", "1"}, {"module", "Sequential"},         {"optim", "adamw"},
        {"model", "mlp"},    {"seed", "18446744073709551615"}, {"epoch", "3"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *text = tt_safetensors_note(&file, expected[i][0]);
        cr_expect(text && strcmp(text, expected[i][1]) == 0, "%s: %s", expected[i][0],
                  text);
    }
    const tt_stored *steps_made = tt_safetensors_find(&file, "optim.steps.fc1.bias");
    cr_expect(steps_made && strcmp(steps_made->dtype, "I64") == 0);
    cr_expect(tt_safetensors_find(&file, "optim.square.fc2.weight") &&
              tt_safetensors_find(&file, "fc2.seen"));
    unlink(path);
    tt_ctx_free(c);
}

/* ---- what does not fit ------------------------------------------------------------------------ */

static const float ZEROS[64];

/* The file that network() would be loaded from, with sgd. */
enum { TENSORS = 5 };
static const tt_stored FITS[TENSORS] = {
    {"fc1.weight", "F32", {2, {IN, HIDDEN}}, ZEROS, IN *HIDDEN * 4},
    {"fc1.bias", "F32", {1, {HIDDEN}}, ZEROS, HIDDEN * 4},
    {"fc2.weight", "F32", {2, {HIDDEN, OUT}}, ZEROS, HIDDEN *OUT * 4},
    {"fc2.bias", "F32", {1, {OUT}}, ZEROS, OUT * 4},
    {"fc2.seen", "F32", {1, {2}}, ZEROS, 8}};

/* Loads these tensors into a network; `words` (as many as there are) must stand in the message, and
 * nothing may have changed. Without words it must work. */
static void try_load(const tt_stored *tensors, size_t n, const tt_note *note,
                     const char *const *words)
{
    tt_ctx *c = quiet_ctx();
    const char *path = path_in_tmp(c, "fit");
    tt_module *net = network(c);
    tt_seed(c, 0); /* the same once more */
    tt_module *before = network(c);
    cr_assert_eq(tt_safetensors_write(c, path, tensors, n, note, note != NULL), TT_OK,
                 "%s", tt_error(c));
    tt_status status = tt_load(c, path, net, sgd(net));
    const char *message = tt_error(c) ? tt_error(c) : "";
    cr_expect_eq(status, words ? TT_ERR_FORMAT : TT_OK, "%s", message);
    for (int i = 0; words && words[i]; i++)
        cr_expect(strstr(message, words[i]), "\"%s\" should say \"%s\"", message, words[i]);
    char *copy = strdup(message);
    tt_error_clear(c);
    cr_expect_eq(equal(c, net, before), words != NULL, "all or nothing: %s", copy);
    free(copy);
    unlink(path);
    tt_ctx_free(c);
}

#define WORDS(...)                                                                       \
    (const char *const[])                                                                \
    {                                                                                    \
        __VA_ARGS__, NULL                                                                \
    }

Test(module4_checkpoint, what_fits_is_taken)
{
    try_load(FITS, TENSORS, NULL, NULL);
}

Test(module4_checkpoint, every_tensor_that_does_not_fit_is_named)
{
    tt_stored t[TENSORS];
    memcpy(t, FITS, sizeof t);
    t[0].shape = (tt_shape){2, {HIDDEN, IN}};
    t[3].name = "fc2.b";
    try_load(t, TENSORS, NULL,
             WORDS("fc1.weight is (7,5), not (5,7)", "fc2.bias is missing",
                   "fc2.b is not the network's", "stays as it was"));
    try_load(FITS, 2, NULL, WORDS("fc2.weight is missing", "fc2.bias", "fc2.seen"));
}

Test(module4_checkpoint, other_dtypes_are_named)
{
    static const char *const names[] = {"F16", "F64", "BF16", "I32"};
    static const size_t bytes[] = {2, 8, 2, 4};
    for (int i = 0; i < 4; i++) {
        tt_stored t[TENSORS];
        char words[64];
        memcpy(t, FITS, sizeof t);
        t[1].dtype = names[i];
        t[1].size = HIDDEN * bytes[i];
        snprintf(words, sizeof words, "fc1.bias has dtype %s, only F32", names[i]);
        try_load(t, TENSORS, NULL, WORDS(words));
    }
}

Test(module4_checkpoint, numbers_that_are_not_finite_are_refused)
{
    const float nan3[OUT] = {0, 1, NAN}, inf3[OUT] = {0, -INFINITY, 1};
    tt_stored t[TENSORS];
    memcpy(t, FITS, sizeof t);
    t[3].bytes = nan3;
    try_load(t, TENSORS, NULL, WORDS("fc2.bias holds", "nan at its cell 2"));
    t[3].bytes = inf3;
    try_load(t, TENSORS, NULL, WORDS("fc2.bias holds -inf at its cell 1"));
}

Test(module4_checkpoint, another_version_or_optimiser_is_refused)
{
    try_load(FITS, TENSORS, &(tt_note){"checkpoint", "2"}, WORDS("version 2, only 1"));
    try_load(FITS, TENSORS, &(tt_note){"optim", "adam"},
             WORDS("optimiser is adam, not sgd"));
    try_load(FITS, TENSORS, &(tt_note){"optim", "sgd"}, NULL);
}

/* A hundred tensors of another model are not a hundred lines. */
Test(module4_checkpoint, a_long_list_is_cut)
{
    enum { MANY = 100 };
    static char names[MANY][60];
    static tt_stored t[MANY];
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "a.layer.of.another.model.altogether.%d", i);
        t[i] = (tt_stored){names[i], "F32", {0}, ZEROS, 4};
    }
    try_load(t, MANY, NULL, WORDS("fc1.weight is missing", "fc2.seen is missing", " more"));
}

Test(module4_checkpoint, a_run_that_has_diverged_saves_nothing)
{
    tt_ctx *c = quiet_ctx();
    const char *path = path_in_tmp(c, "diverged");
    tt_module *net = network(c), *twin = network(c);
    tt_seed(c, 0);
    cr_assert_eq(tt_save(c, path, net, NULL), TT_OK);
    tt_module *before = network(c);
    tt_set(tt_find_parameter(net, "fc2.weight")->value, (int[]){1, 2}, NAN);
    cr_expect_eq(tt_save(c, path, net, NULL), TT_ERR_DOMAIN);
    cr_expect(strstr(tt_error(c), "fc2.weight") && strstr(tt_error(c), "cell 5"), "%s",
              tt_error(c));
    tt_error_clear(c);
    cr_expect_eq(tt_load(c, path, twin, NULL), TT_OK, "the old file: %s", tt_error(c));
    cr_expect(equal(c, twin, before));
    unlink(path);
    tt_ctx_free(c);
}

Test(module4_checkpoint, only_tensors_are_saved)
{
    tt_ctx *c = quiet_ctx();
    tt_module *m = tt_module_new(c, sizeof *m, "manual", NULL);
    tt_module_number(m, "w", 0.5);
    cr_expect_eq(tt_save(c, path_in_tmp(c, "number"), m, NULL), TT_ERR_VALUE);
    cr_expect(strstr(tt_error(c), "w is a number"), "%s", tt_error(c));
    tt_ctx_free(c);
}
