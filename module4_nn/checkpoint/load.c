/* tt_load: from a file to the tensors of a network. First everything is looked at, and all that is
 * wrong goes into one message; only then anything is changed. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module2_tensors/slots.h"
#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/checkpoint/contents.h"
#include "module4_nn/checkpoint/notes.h"
#include "module4_nn/optim.h"
#include "support/ctx_struct.h"

static const char *const WHO = "tt_load";

/* ---- what is wrong ---------------------------------------------------------------------------- */

/* As many complaints as a message holds, and how many more there are. */
typedef struct complaints {
    char text[TT_MESSAGE_MAX - 256];
    size_t used, left_out;
} complaints;

static void complain(complaints *list, const char *format, ...) TT_PRINTF(2, 3);
static void complain(complaints *list, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t room = sizeof list->text - list->used;
    int n = snprintf(list->text + list->used, room, "%s%s", list->used ? "; " : "", text);
    if (n >= 0 && (size_t)n < room) {
        list->used += (size_t)n;
        return;
    }
    list->text[list->used] = '\0';
    list->left_out++;
}

/* Where the first number that is not finite stands; -1: nowhere. The bytes need not be aligned. */
static ptrdiff_t not_finite(const tt_stored *stored, float *value)
{
    const char *bytes = stored->bytes;
    for (size_t i = 0; i < stored->size / sizeof *value; i++) {
        memcpy(value, bytes + i * sizeof *value, sizeof *value);
        if (!isfinite(*value)) return (ptrdiff_t)i;
    }
    return -1;
}

static void check_content(complaints *list, const tti_content *want, const tt_stored *have)
{
    char is[TT_SHAPE_TEXT], should[TT_SHAPE_TEXT];
    const char *dtype = want->count ? "I64" : "F32";
    tt_shape shape = want->count ? (tt_shape){0} : tt_shape_of(want->tensor);
    float value = 0;
    if (!have) {
        complain(list, "%.100s is missing", want->name);
        return;
    }
    if (strcmp(have->dtype, dtype) != 0)
        complain(list, "%.100s has dtype %s, only %s is read", want->name, have->dtype,
                 dtype);
    else if (!tt_shape_equal(have->shape, shape))
        complain(list, "%.100s is %s, not %s", want->name, tt_shape_text(have->shape, is),
                 tt_shape_text(shape, should));
    else if (!want->count) {
        ptrdiff_t at = not_finite(have, &value);
        if (at >= 0)
            complain(list, "%.100s holds %g at its cell %td", want->name, (double)value,
                     at);
    }
}

/* Tensors of the file that are not the network's; an optimiser's are left alone when none is asked
 * for. */
static void check_surplus(complaints *list, const tt_safetensors *file,
                          const tti_contents *contents, bool optim)
{
    for (size_t i = 0; i < file->tensor_count; i++) {
        const char *name = file->tensors[i].name;
        bool known = !optim && strncmp(name, "optim.", 6) == 0;
        for (size_t k = 0; !known && k < contents->n; k++)
            known = strcmp(contents->at[k].name, name) == 0;
        if (!known) complain(list, "%.100s is not the network's", name);
    }
}

/* Notes: a version that is known, and the same optimiser. A file without notes may be anybody's. */
static void check_notes(complaints *list, const tt_safetensors *file, const tt_optim *optim)
{
    const char *version = tt_safetensors_note(file, TTI_NOTE_VERSION);
    const char *kind = tt_safetensors_note(file, TTI_NOTE_OPTIM);
    if (version && strcmp(version, TTI_CHECKPOINT_VERSION) != 0)
        complain(list, "it is a checkpoint of version %.20s, only %s is read", version,
                 TTI_CHECKPOINT_VERSION);
    if (optim && kind && strcmp(kind, tti_optim_kind(optim)) != 0)
        complain(list, "its optimiser is %.20s, not %s", kind, tti_optim_kind(optim));
}

static bool all_right(tt_ctx *c, const tt_safetensors *file, const tti_contents *contents,
                      const tt_module *net, const tt_optim *optim)
{
    complaints list = {.text = ""};
    char more[48] = "";
    check_notes(&list, file, optim);
    for (size_t i = 0; i < contents->n; i++)
        check_content(&list, &contents->at[i],
                      tt_safetensors_find(file, contents->at[i].name));
    check_surplus(&list, file, contents, optim != NULL);
    if (list.left_out) snprintf(more, sizeof more, "; and %zu more", list.left_out);
    if (list.used)
        tti_fail(c, TT_ERR_FORMAT, WHO,
                 "%s does not fit the %s, which stays as it was: %s%s", file->name,
                 net->kind, list.text, more);
    return list.used == 0;
}

/* ---- taking over ------------------------------------------------------------------------------ */

/* The file's numbers as a tensor beside the one that they are for. */
static tt_tensor *staged(tt_ctx *c, tt_tensor *like, const tt_stored *stored)
{
    tt_tensor *t = tti_new(c, tti_backend(like), stored->shape, WHO);
    float *at = t ? tt_storage_set(t->data.storage) : NULL;
    if (at && stored->size) memcpy(at, stored->bytes, stored->size);
    return at ? t : NULL;
}

/* All memory is had before the first tensor changes. */
static void take_over(tt_ctx *c, const tt_safetensors *file, const tti_contents *contents)
{
    tt_tensor **stage = tt_alloc(c, (contents->n + 1) * sizeof *stage);
    for (size_t i = 0; i < contents->n && !tt_error(c); i++)
        if (contents->at[i].tensor)
            stage[i] = staged(c, contents->at[i].tensor,
                              tt_safetensors_find(file, contents->at[i].name));
    for (size_t i = 0; i < contents->n && !tt_error(c); i++) {
        const tti_content *to = &contents->at[i];
        if (to->tensor)
            tti_backend(to->tensor)->copy(c, to->tensor->data, stage[i]->data);
        else
            memcpy(to->count, tt_safetensors_find(file, to->name)->bytes,
                   sizeof *to->count);
    }
}

/* A note that is a whole number; `instead` where it is missing or is none. */
static uint64_t number_note(const tt_safetensors *file, const char *key, uint64_t instead)
{
    const char *text = tt_safetensors_note(file, key);
    char *end = NULL;
    uint64_t value = text ? strtoull(text, &end, 10) : 0;
    return text && end != text && *end == '\0' ? value : instead;
}

static void restore_random(tt_ctx *c, const tt_safetensors *file)
{
    tti_random *r = c->random;
    r->seed = number_note(file, TTI_NOTE_SEED, r->seed);
    for (int s = 0; s < TT_STREAMS; s++)
        r->drawn[s] = number_note(file, tti_stream_notes[s], r->drawn[s]);
}

tt_status tt_load_from(tt_ctx *c, const tt_safetensors *file, tt_module *net,
                       tt_optim *optim)
{
    if (!c || !net || tt_error(c)) return c ? tt_error_status(c) : TT_ERR_VALUE;
    TT_SCOPE (c) {
        tti_contents contents = tti_contents_of(c, net, optim, WHO);
        if (!tt_error(c) && all_right(c, file, &contents, net, optim))
            take_over(c, file, &contents);
    }
    if (!tt_error(c) && optim) restore_random(c, file);
    return tt_error_status(c);
}

tt_status tt_load(tt_ctx *c, const char *path, tt_module *net, tt_optim *optim)
{
    if (!c || !net || tt_error(c)) return c ? tt_error_status(c) : TT_ERR_VALUE;
    TT_SCOPE (c) {
        tt_safetensors file;
        if (tt_safetensors_read(c, path, &file) == TT_OK)
            tt_load_from(c, &file, net, optim);
    }
    return tt_error_status(c);
}
