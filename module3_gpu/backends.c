/* Which backends there are: see backends.h. */
#include "module3_gpu/backends.h"

#include <string.h>

#include "module2_tensors/simple_backend.h"
#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/fast/fast_backend.h"

typedef struct entry {
    const char *name;
    const tt_backend *(*open)(void); /* gives NULL: not on this machine */
} entry;

/* Best first. Behind simple, which is always there, stand those that are for other ends than speed. */
static const entry known[] = {
    {"cuda", tt_backend_cuda},         {"fast", tt_backend_fast},
    {"simple", tt_backend_simple},     {"sim", tt_backend_sim},
    {"sim-fast", tt_backend_sim_fast}, {"cuda-course", tt_backend_cuda_course},
};

enum { KNOWN = sizeof known / sizeof known[0] };

const tt_backend *tt_backend_best(void)
{
    const tt_backend *best = NULL;
    for (int i = 0; !best && i < KNOWN; i++) best = known[i].open();
    return best;
}

tt_status tt_backend_open(tt_ctx *c, const char *name, const tt_backend **backend)
{
    if (tt_error(c)) return tt_error_status(c);
    if (name && strcmp(name, "auto") == 0) {
        *backend = tt_backend_best();
        return TT_OK;
    }
    for (int i = 0; name && i < KNOWN; i++) {
        if (strcmp(known[i].name, name) != 0) continue;
        const tt_backend *found = known[i].open();
        if (!found)
            return tti_fail_status(c, TT_ERR_DEVICE, "tt_backend_open",
                                   "no backend %s: %s. There are simple, fast and sim",
                                   name, tt_cuda_problem());
        *backend = found;
        return TT_OK;
    }
    return tti_fail_status(
        c, TT_ERR_NAME, "tt_backend_open",
        "there is no backend called \"%s\"; there are auto, simple, fast, cuda, "
        "cuda-course, sim and sim-fast",
        name ? name : "");
}
