/* Any bytes as an IDX file: read as what they are, or refused with a message. */
#include <stdint.h>

#include "module4_nn/data/idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_idx idx = {0};
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_status status = tt_idx_parse(c, "fuzz", data, size, &idx);
    TT_ASSERT(status == TT_OK || (status == TT_ERR_FORMAT && tt_error(c)));
    TT_ASSERT(status == TT_OK ? idx.bytes + tt_shape_size(idx.shape) == data + size
                              : !idx.bytes);
    tt_ctx_free(c);
    return 0;
}
