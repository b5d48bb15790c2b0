/* Which backends there are: by name, the best one, and words for those that are not here yet. */
#include <criterion/criterion.h>
#include <string.h>

#include "module3_gpu/backends.h"

TestSuite(module3_backends, .timeout = 10);

Test(module3_backends, opens_by_name)
{
    tt_ctx *c = tt_ctx_new(NULL);
    const tt_backend *simple = NULL, *best = NULL;
    cr_expect_eq(tt_backend_open(c, "simple", &simple), TT_OK);
    cr_expect_eq(simple, tt_backend_simple());
    cr_expect_eq(tt_backend_open(c, "auto", &best), TT_OK);
    cr_expect(best && best == tt_backend_best());
    tt_ctx_free(c);
}

static void refuse(const char *name, tt_status status, const char *words)
{
    tt_ctx *c = tt_ctx_new(NULL);
    const tt_backend *backend = tt_backend_simple();
    tt_error_handler(c, tt_error_quiet, NULL);
    cr_expect_eq(tt_backend_open(c, name, &backend), status);
    cr_expect_eq(backend, tt_backend_simple(), "%s: *backend must be untouched", name);
    cr_expect(tt_error(c) && strstr(tt_error(c), words) && strstr(tt_error(c), "simple"),
              "\"%s\" should hold \"%s\" and say what there is", tt_error(c), words);
    tt_ctx_free(c);
}

Test(module3_backends, says_what_is_not_here)
{
    refuse("quick", TT_ERR_NAME, "\"quick\"");
    refuse("", TT_ERR_NAME, "\"\"");
    refuse("Simple", TT_ERR_NAME, "\"Simple\"");
    refuse(NULL, TT_ERR_NAME, "no backend");
    refuse("cuda", TT_ERR_DEVICE, "cuda");
}
