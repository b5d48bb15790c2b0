/* Any bytes as a checkpoint: loaded whole, or refused with a message and nothing changed. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/layers.h"
#include "module4_nn/optim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IN = 2, OUT = 3 };

/* What stands in the file does so inside of it, in order and once. */
static void check_file(const tt_safetensors *file, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < file->tensor_count; i++) {
        const tt_stored *t = &file->tensors[i];
        const uint8_t *bytes = t->bytes;
        TT_ASSERT(bytes >= data && t->size <= size && bytes + t->size <= data + size);
        TT_ASSERT(tt_safetensors_find(file, t->name) == t);
    }
    for (size_t i = 0; i < file->note_count; i++)
        TT_ASSERT(tt_safetensors_note(file, file->notes[i].key) == file->notes[i].text);
}

static void check_load(const tt_safetensors *file)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_module *net = tt_nn_linear(c, NULL, "fc", IN, OUT);
    tt_optim *adam = tt_optim_adam(net, .lr = 0.1f);
    tt_tensor *weight = tt_find_parameter(net, "weight")->value;
    float before[IN * OUT], after[IN * OUT];
    tt_read(weight, before);
    tt_status status = tt_load_from(c, file, net, adam);
    TT_ASSERT(status == TT_OK || (status == TT_ERR_FORMAT && tt_error(c)));
    tt_error_clear(c);
    tt_read(weight, after);
    for (int i = 0; i < IN * OUT; i++) TT_ASSERT(isfinite(after[i]));
    TT_ASSERT(status == TT_OK || memcmp(before, after, sizeof before) == 0);
    tt_ctx_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_safetensors file = {0};
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_status status = tt_safetensors_parse(c, "fuzz", data, size, &file);
    TT_ASSERT(status == TT_OK || (status == TT_ERR_FORMAT && tt_error(c)));
    if (status == TT_OK) {
        check_file(&file, data, size);
        check_load(&file);
    } else TT_ASSERT(!file.tensors && !file.notes);
    tt_ctx_free(c);
    return 0;
}
