/* Which backends there are: see backends.h. */
#include "module3_gpu/backends.h"

#include <string.h>

#include "module2_tensors/simple_backend.h"
#include "module3_gpu/fast/fast_backend.h"

typedef struct entry {
    const char *name;
    const tt_backend *(*open)(void); /* NULL: not in this build */
} entry;

/* Best first. */
static const entry known[] = {
    {"cuda", NULL},
    {"fast", tt_backend_fast},
    {"simple", tt_backend_simple},
    {"sim", NULL},
};

enum { KNOWN = sizeof known / sizeof known[0] };

const tt_backend *tt_backend_best(void)
{
    for (int i = 0; i < KNOWN; i++)
        if (known[i].open) return known[i].open();
    return tt_backend_simple();
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
        if (!known[i].open)
            return tti_fail_status(
                c, TT_ERR_DEVICE, "tt_backend_open",
                "backend %s comes with module 3, which this build has not yet; "
                "there are simple and fast",
                name);
        *backend = known[i].open();
        return TT_OK;
    }
    return tti_fail_status(
        c, TT_ERR_NAME, "tt_backend_open",
        "there is no backend called \"%s\"; there are auto, simple, fast, cuda "
        "and sim",
        name ? name : "");
}
