/* What a checkpoint is made of: the tensors of a network and its optimiser, by their names in the
 * file. Internal. */
#ifndef TT_MODULE4_NN_CHECKPOINT_CONTENTS_H
#define TT_MODULE4_NN_CHECKPOINT_CONTENTS_H

#include "module1_autodiff/optim.h"
#include "module2_tensors/tensor.h"

/* One of both: a tensor, F32; or a count, I64 with shape (). */
typedef struct tti_content {
    const char *name;
    tt_tensor *tensor;
    uint64_t *count;
} tti_content;

typedef struct tti_contents {
    tti_content *at;
    size_t n;
} tti_contents;

/* Memory of c. Errors: TT_ERR_VALUE for a parameter that is no tensor -> n is 0. */
tti_contents tti_contents_of(tt_ctx *c, tt_module *net, tt_optim *optim, const char *who);

#endif
