/* tt_save: from the tensors of a network to a file. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/checkpoint/contents.h"
#include "module4_nn/checkpoint/notes.h"
#include "module4_nn/optim.h"
#include "support/ctx_struct.h"

static const char *const WHO = "tt_save";

/* The tensor's numbers in row-major order, in memory of c. */
static bool store_tensor(tt_ctx *c, const tti_content *from, tt_stored *to)
{
    size_t n = tt_numel(from->tensor);
    float *numbers = tt_alloc(c, (n + 1) * sizeof *numbers);
    if (!numbers || tt_read(from->tensor, numbers) != TT_OK) return false;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(numbers[i])) continue;
        tti_fail(
            c, TT_ERR_DOMAIN, WHO,
            "%s holds %g at its cell %zu: the training has diverged; nothing is saved",
            from->name, (double)numbers[i], i);
        return false;
    }
    *to = (tt_stored){from->name, "F32", tt_shape_of(from->tensor), numbers,
                      n * sizeof *numbers};
    return true;
}

static tt_stored *store_all(tt_ctx *c, const tti_contents *list)
{
    tt_stored *stored = tt_alloc(c, (list->n + 1) * sizeof *stored);
    for (size_t i = 0; stored && i < list->n; i++) {
        const tti_content *from = &list->at[i];
        if (from->count)
            stored[i] = (tt_stored){.name = from->name,
                                    .dtype = "I64",
                                    .bytes = from->count,
                                    .size = sizeof *from->count};
        else if (!store_tensor(c, from, &stored[i])) return NULL;
    }
    return stored;
}

/* The notes that every checkpoint has, and those given. *n becomes how many there are. */
static tt_note *all_notes(tt_ctx *c, const tt_module *net, const tt_optim *optim,
                          const tt_note *given, size_t *n)
{
    size_t used = 0, room = *n + 4 + TT_STREAMS;
    tt_note *notes = tt_alloc(c, room * sizeof *notes);
    if (!notes) return NULL;
    notes[used++] = (tt_note){TTI_NOTE_VERSION, TTI_CHECKPOINT_VERSION};
    notes[used++] = (tt_note){"module", net->kind};
    if (optim) notes[used++] = (tt_note){TTI_NOTE_OPTIM, tti_optim_kind(optim)};
    notes[used++] = (tt_note){TTI_NOTE_SEED, tt_text(c, "%" PRIu64, c->random->seed)};
    for (int s = 0; s < TT_STREAMS; s++)
        notes[used++] =
            (tt_note){tti_stream_notes[s], tt_text(c, "%" PRIu64, c->random->drawn[s])};
    if (*n) memcpy(notes + used, given, *n * sizeof *notes);
    *n += used;
    return tt_error(c) ? NULL : notes;
}

tt_status tt_save_with(tt_ctx *c, const char *path, tt_module *net, tt_optim *optim,
                       const tt_note *notes, size_t note_count)
{
    if (!c || !net || tt_error(c)) return c ? tt_error_status(c) : TT_ERR_VALUE;
    tt_status status = TT_OK;
    TT_SCOPE (c) {
        tti_contents list = tti_contents_of(c, net, optim, WHO);
        tt_stored *stored = tt_error(c) ? NULL : store_all(c, &list);
        tt_note *all = stored ? all_notes(c, net, optim, notes, &note_count) : NULL;
        status = all ? tt_safetensors_write(c, path, stored, list.n, all, note_count)
                     : tt_error_status(c);
    }
    return status;
}

tt_status tt_save(tt_ctx *c, const char *path, tt_module *net, tt_optim *optim)
{
    return tt_save_with(c, path, net, optim, NULL, 0);
}
