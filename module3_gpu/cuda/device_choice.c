/* The choice of a device: see device_choice.h. */
#include "module3_gpu/cuda/device_choice.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* CUDA's numbers for what can be said more helpfully than by its own words (driver_types.h). */
enum { DRIVER_TOO_OLD = 35, NO_DEVICE = 100 };

static bool fail(char *problem, size_t room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(char *problem, size_t room, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem, room, format, arguments);
    va_end(arguments);
    return false;
}

/* A whole number and nothing behind it, not below 0; -1 otherwise. */
static long number_of(const char *text)
{
    if (!text || !text[0]) return 0;
    if (text[0] < '0' || text[0] > '9') return -1;
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    return *end || errno ? -1 : number;
}

static bool no_answer(const ttk_table *k, int error, char *problem, size_t room)
{
    char text[256];
    k->error_text(error, text, sizeof text);
    if (error == DRIVER_TOO_OLD)
        return fail(
            problem, room,
            "no NVIDIA driver, or one older than the CUDA toolkit of this build needs "
            "(%s); nvidia-smi shows what it can do",
            text);
    if (error == NO_DEVICE)
        return fail(problem, room,
                    "no CUDA device is visible (%s); CUDA_VISIBLE_DEVICES may hide it",
                    text);
    return fail(problem, room, "no CUDA device answers: %s", text);
}

bool tti_device_choose(const ttk_table *k, const char *wanted, int *device, char *problem,
                       size_t room)
{
    int devices = 0, error = k->device_find(&devices);
    long number = number_of(wanted);
    problem[0] = '\0';
    if (error) return no_answer(k, error, problem, room);
    if (devices == 0) return fail(problem, room, "there is no CUDA device");
    if (number < 0)
        return fail(problem, room,
                    "TT_CUDA_DEVICE=%.40s is no device's number, which is 0 to %d",
                    wanted, devices - 1);
    if (number >= devices)
        return fail(problem, room,
                    "TT_CUDA_DEVICE=%ld is no device's number, which is 0 to %d", number,
                    devices - 1);
    if ((error = k->device_use((int)number))) {
        char text[256];
        k->error_text(error, text, sizeof text);
        return fail(problem, room, "CUDA device %ld cannot be used: %s", number, text);
    }
    *device = (int)number;
    return true;
}
