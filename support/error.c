#include "support/error.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/ctx_struct.h"

static const char *const status_texts[] = {
#define STATUS_TEXT(name, text) [TT_##name] = text,
    TT_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
};

const char *tt_status_text(tt_status status)
{
    size_t n = sizeof status_texts / sizeof status_texts[0];
    return (size_t)status < n ? status_texts[status] : "unknown status";
}

bool tt_status_is_mistake(tt_status status)
{
    return status > TT_OK && status < TT_ERR_FILE;
}

const char *tt_error(const tt_ctx *c)
{
    return c != NULL && c->status != TT_OK ? c->message : NULL;
}

tt_status tt_error_status(const tt_ctx *c)
{
    return c != NULL ? c->status : TT_OK;
}

void tt_error_clear(tt_ctx *c)
{
    if (c != NULL) c->status = TT_OK;
}

/* What the program printed before must appear before, also when both go into one file. */
static void print_message(const char *message)
{
    fflush(stdout);
    fprintf(stderr, "tinytorch: %s\n", message);
    fflush(stderr);
}

static void default_handler(tt_ctx *c, tt_status status, const char *message, void *user)
{
    (void)c;
    (void)user;
    if (!tt_status_is_mistake(status)) return;
    print_message(message);
    abort();
}

void tt_error_handler(tt_ctx *c, tt_error_fn *handler, void *user)
{
    if (c == NULL) return;
    c->handler = handler != NULL ? handler : default_handler;
    c->handler_user = user;
}

void tt_error_quiet(tt_ctx *c, tt_status status, const char *message, void *user)
{
    (void)c;
    (void)status;
    (void)message;
    (void)user;
}

int tt_exit(tt_ctx *c)
{
    if (c == NULL) return 1;
    const char *message = tt_error(c);
    if (message != NULL) print_message(message);
    int result = message != NULL ? 1 : 0;
    tt_ctx_free(c);
    return result;
}

/* Writes "file:line: function: text" into message; what does not fit ends in "...". */
static void compose(char *message, const tt_ctx *c, const char *function,
                    const char *format, va_list args)
{
    size_t size = TT_MESSAGE_MAX;
    int n = 0;
    if (c != NULL && c->file != NULL)
        n = snprintf(message, size, "%s:%d: ", c->file, c->line);
    size_t used = n > 0 ? (size_t)n : 0;
    if (used < size) {
        n = snprintf(message + used, size - used, "%s: ", function);
        used += n > 0 ? (size_t)n : 0;
    }
    if (used < size) {
        n = vsnprintf(message + used, size - used, format, args);
        used += n > 0 ? (size_t)n : 0;
    }
    if (used >= size) snprintf(message + size - 4, 4, "...");
}

static void fail(tt_ctx *c, tt_status status, const char *function, const char *format,
                 va_list args)
{
    TT_ASSERT(status != TT_OK);
    if (c == NULL) {
        char message[TT_MESSAGE_MAX];
        compose(message, NULL, function, format, args);
        print_message(message);
        if (tt_status_is_mistake(status)) abort();
        return;
    }
    if (c->status != TT_OK) return;
    compose(c->message, c, function, format, args);
    c->status = status;
    c->handler(c, status, c->message, c->handler_user);
}

void *tti_fail(tt_ctx *c, tt_status status, const char *function, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(c, status, function, format, args);
    va_end(args);
    return NULL;
}

tt_status tti_fail_status(tt_ctx *c, tt_status status, const char *function,
                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(c, status, function, format, args);
    va_end(args);
    return status;
}

/* Ends the process by SIGTRAP: a handler or a mask that the program installed does not count. */
__attribute__((noreturn, no_sanitize("address"))) static void die_by_trap(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t trap;
    sigemptyset(&trap);
    sigaddset(&trap, SIGTRAP);
    sigaction(SIGTRAP, &standard, NULL);
    pthread_sigmask(SIG_UNBLOCK, &trap, NULL);
    raise(SIGTRAP);
    _exit(128 + SIGTRAP); /* a debugger that swallowed the signal and went on */
}

/* Not instrumented: on the stack of a simulated thread AddressSanitizer would complain of the end. */
__attribute__((no_sanitize("address"))) void
tti_todo(const char *task, const char *function, const char *file, int line)
{
    fflush(stdout);
    fprintf(stderr, "Task %s is not implemented yet: %s (%s:%d)\n", task, function, file,
            line);
    fflush(stderr);
    die_by_trap();
}

void tti_assert_failed(const char *condition, const char *function, const char *file,
                       int line)
{
    fflush(stdout);
    fprintf(stderr, "tinytorch: internal error at %s:%d: %s: %s does not hold\n", file,
            line, function, condition);
    fflush(stderr);
    abort();
}
