/* Launches and their errors: see launched.h. */
#include "module3_gpu/cuda/launched.h"

#include <stdio.h>

#include "module3_gpu/cuda/launch.h"

/* Of the thread that launches: a context, too, belongs to one thread. */
static _Thread_local struct {
    const char *kernel; /* NULL: none yet */
    unsigned grid[3], block[3];
    size_t shared, count;
    bool forbidden;
    char trouble[384];
} last;

bool tti_launch_allowed(void)
{
    return !last.forbidden;
}

void tti_launch_forbid(void)
{
    last.forbidden = true;
}

size_t tti_launch_count(void)
{
    return last.count;
}

int tti_launched(const char *kernel, const unsigned grid[3], const unsigned block[3],
                 size_t shared, int error)
{
    last.kernel = kernel;
    last.shared = shared;
    last.count++;
    for (int d = 0; d < 3; d++) {
        last.grid[d] = grid[d];
        last.block[d] = block[d];
    }
    return error;
}

tt_status tti_device_call(const ttk_table *k, int error)
{
    if (!error) return TT_OK;
    char text[256];
    k->error_text(error, text, sizeof text);
    snprintf(
        last.trouble, sizeof last.trouble,
        "%s; the last kernel launched was %s, which may be why: TT_CUDA_SYNC=1 finds the "
        "right one",
        text, last.kernel ? last.kernel : "(none)");
    return TT_ERR_DEVICE;
}

const char *tti_device_trouble(void)
{
    return last.trouble;
}

tt_status tti_launch_status(tt_ctx *c, const char *who, const ttk_table *k, int error)
{
    last.forbidden = false;
    if (!error) return tt_error_status(c);
    char text[256];
    k->error_text(error, text, sizeof text);
    const unsigned *g = last.grid, *b = last.block;
    return tti_fail_status(
        c, k->out_of_memory(error) ? TT_ERR_MEMORY : TT_ERR_DEVICE, who,
        "kernel %s with grid (%u,%u,%u), block (%u,%u,%u) and %zu bytes of "
        "shared memory, or one before it, failed with %s; TT_CUDA_SYNC=1 "
        "waits for each kernel and so finds the right one",
        last.kernel ? last.kernel : "(none)", g[0], g[1], g[2], b[0], b[1], b[2],
        last.shared, text);
}
