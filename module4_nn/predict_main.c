/* predict: what a trained network takes an image for.
 *
 *   bazel run -c opt //module4_nn:train -- --save a.safetensors
 *   bazel run -c opt //module4_nn:predict -- --load a.safetensors shirt.png
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "module3_gpu/backends.h"
#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/data/image.h"
#include "module4_nn/note_values.h"
#include "module4_nn/ops/softmax.h"
#include "module4_nn/predict_show.h"
#include "module4_nn/training.h"
#include "support/file.h"
#include "support/json.h"

enum { IMAGES_MOST = 100000 };

typedef struct predictor {
    tt_ctx *c;
    settings settings;
    bool invert;
    tt_module *net;
    int rows, columns, classes;
    const char *const *names; /* of the classes */
    tt_terminal terminal;
} predictor;

static predictor read_options(int argc, char **argv)
{
    predictor p = {.settings = {.shared = {.backend = "auto"}}};
    const tt_cli_option more[] = {
        {.name = "load",
         .placeholder = "FILE",
         .kind = TT_CLI_TEXT,
         .value = &p.settings.load,
         .help = "the checkpoint that train --save has written"},
        {.name = "invert",
         .kind = TT_CLI_FLAG,
         .value = &p.invert,
         .help = "dark on light becomes light on dark, as the training images are"},
        {0}};
    tt_cli_parse(
        &(tt_cli){.purpose = "Shows images (PNG or PGM) and what a trained network takes "
                             "them for. An image of another size is stretched.",
                  .examples = "  predict --load a.safetensors shirt.png bag.png\n"
                              "  predict --load a.safetensors --invert scan.png\n",
                  .more = more,
                  .arguments = "IMAGE",
                  .fewest = 1,
                  .most = IMAGES_MOST,
                  .takes = TT_CLI_BACKEND},
        &p.settings.shared, argc, argv);
    if (!p.settings.load)
        tt_cli_refuse("--load FILE is needed; `train --save FILE` makes one");
    return p;
}

/* One name a line; where the file has none, their numbers. */
static const char *const *class_names(tt_ctx *c, const tt_safetensors *from, int classes)
{
    const char *text = tt_safetensors_note(from, "class_names");
    const char **names = tt_alloc(c, (size_t)classes * sizeof *names);
    char *line = text && *text ? tt_text(c, "%s", text) : NULL;
    for (int i = 0; names && i < classes; i++) {
        char *end = line ? strchr(line, '\n') : NULL;
        if (end) *end = '\0';
        names[i] = line ? line : tt_text(c, "%d", i);
        line = end ? end + 1 : NULL;
    }
    return names;
}

/* Whether the first layer is the one that the notes promise: a network is not made on their word alone,
 * for it may be larger than the memory. */
static bool notes_are_true(predictor *p, const tt_safetensors *file)
{
    const tt_stored *w = tt_safetensors_find(file, "fc1.weight");
    const char *model = p->settings.model;
    int inputs = 16 * 5 * 5; /* of lenet5 */
    if (strcmp(model, "mlp") == 0) inputs = p->rows * p->columns;
    if (strcmp(model, "cnn") == 0) inputs = 8 * (p->rows / 4) * (p->columns / 4);
    if (w && w->shape.ndim == 2 && w->shape.dim[0] == inputs &&
        (strcmp(model, "mlp") != 0 || w->shape.dim[1] == p->settings.shared.hidden))
        return true;
    tti_fail(p->c, TT_ERR_FORMAT, "predict",
             "%s: its weights are not those of the %s for %d x %d pixels that its notes "
             "name",
             file->name, model, p->rows, p->columns);
    return false;
}

/* The network that the file's notes name, with the file's weights. */
static bool open_network(predictor *p)
{
    tt_ctx *c = p->c;
    tt_safetensors file;
    int64_t rows, columns, classes;
    const tt_backend *backend;
    if (tt_backend_open(c, p->settings.shared.backend, &backend) != TT_OK) return false;
    tt_use(c, backend);
    if (tt_safetensors_read(c, p->settings.load, &file) != TT_OK ||
        !settings_settle(c, &p->settings, &file) ||
        !note_whole(c, &file, "rows", 1, 4096, &rows) ||
        !note_whole(c, &file, "columns", 1, 4096, &columns) ||
        !note_whole(c, &file, "classes", 1, 1000, &classes))
        return false;
    p->rows = (int)rows, p->columns = (int)columns, p->classes = (int)classes;
    if (!notes_are_true(p, &file)) return false;
    p->net = network_of(c, &p->settings, p->rows, p->columns, p->classes);
    p->names = class_names(c, &file, p->classes);
    if (tt_load_from(c, &file, p->net, NULL) != TT_OK) return false;
    tt_eval(p->net);
    return !tt_error(c);
}

static void show_json(const predictor *p, const char *path, const float *chances, int best)
{
    tt_json *j = tt_json_event("image");
    tt_json_text(j, "path", path);
    tt_json_whole(j, "class", best);
    tt_json_text(j, "name", p->names[best]);
    for (int k = 0; k < p->classes; k++) {
        tt_json *one = tt_json_new();
        tt_json_text(one, "name", p->names[k]);
        tt_json_number(one, "probability", (double)chances[k]);
        tt_json_append(j, "classes", one);
    }
    tt_json_print(j, stdout);
}

static void show(const predictor *p, const char *path, const float *pixels,
                 const float *chances)
{
    int best = 0;
    for (int k = 1; k < p->classes; k++)
        if (chances[k] > chances[best]) best = k;
    if (p->settings.shared.json) {
        show_json(p, path, chances, best);
        return;
    }
    if (!p->settings.shared.quiet) {
        show_picture(stdout, &p->terminal, pixels, p->rows, p->columns);
        show_chances(stdout, &p->terminal, p->names, chances, p->classes, best);
    }
    printf("%s: %s (%.1f %%)\n", path, p->names[best], 100 * (double)chances[best]);
}

static void predict(predictor *p, const char *path)
{
    tt_ctx *c = p->c;
    TT_SCOPE (c) {
        tt_no_grad(c);
        tt_tensor *x = tt_image(c, path, TT_SHAPE(1, p->rows, p->columns));
        if (p->invert) x = tt_add_num(c, tt_neg(c, x), 1.0f);
        tt_tensor *s = tt_softmax(c, tt_forward(c, p->net, x), 1);
        float *pixels = tt_alloc(c, tt_numel(x) * sizeof *pixels);
        float *chances = tt_alloc(c, (size_t)p->classes * sizeof *chances);
        if (s && pixels && chances && tt_read(x, pixels) == TT_OK &&
            tt_read(s, chances) == TT_OK)
            show(p, path, pixels, chances);
    }
}

/* An image that cannot be read does not stop the others. */
static bool failed(tt_ctx *c)
{
    if (!tt_error(c)) return false;
    fflush(stdout);
    fprintf(stderr, "predict: %s\n", tt_error(c));
    tt_error_clear(c);
    return true;
}

int main(int argc, char **argv)
{
    predictor p = read_options(argc, argv);
    p.c = tt_ctx_new(NULL);
    if (!p.c) return tt_exit(p.c);
    tt_error_handler(p.c, tt_error_quiet, NULL);
    if (!open_network(&p)) return tt_exit(p.c);
    p.terminal = tt_terminal_of(stdout);
    int code = 0;
    for (int i = 0; i < p.settings.shared.argument_count; i++) {
        predict(&p, p.settings.shared.arguments[i]);
        if (failed(p.c)) code = 1;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) code = 1;
    return tt_exit(p.c) || code;
}
