/* Times of the device: see timer.h. */
#include "module3_gpu/cuda/timer.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "module3_gpu/cuda/kernel_backend.h"

/* The launchers of a backend that has a device, else NULL. All such backends are kernel backends. */
static const ttk_table *kernels_of(const tt_backend *backend)
{
    return backend->device_get ? ((const tti_kernel_backend *)backend)->k : NULL;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double between_events(const ttk_table *k, void *from, void *to,
                             void (*work)(void *user), void *user)
{
    float milliseconds = 0;
    bool failed = k->event_record(from);
    work(user);
    failed = k->event_record(to) || failed;
    failed = k->event_milliseconds(from, to, &milliseconds) || failed;
    return failed ? (double)NAN : 1e-3 * (double)milliseconds;
}

double tt_device_seconds(const tt_backend *backend, void (*work)(void *user), void *user)
{
    const ttk_table *k = kernels_of(backend);
    void *from = NULL, *to = NULL;
    double seconds = (double)NAN;
    if (!k) {
        double begin = now();
        work(user);
        return now() - begin;
    }
    if (!k->event_new(&from) && !k->event_new(&to))
        seconds = between_events(k, from, to, work, user);
    if (from) k->event_free(from);
    if (to) k->event_free(to);
    return seconds;
}

tt_status tt_device_wait(const tt_backend *backend)
{
    const ttk_table *k = kernels_of(backend);
    return k && k->device_wait() ? TT_ERR_DEVICE : TT_OK;
}

const char *tt_device_name(const tt_backend *backend, char *text, size_t room)
{
    const ttk_table *k = kernels_of(backend);
    if (!k || k->device_name(text, room)) snprintf(text, room, "%s", "");
    return text;
}
