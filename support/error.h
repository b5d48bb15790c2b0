/* Errors: one sentence, said once, where the mistake was made.
 *
 * A message says where, which function, both values, the position, and what to try:
 *
 *   train.c:57: tt_matmul: (64,784) x (100,10): inner dimensions 784 and 100 differ; ...
 *
 * The first error sticks in its context (like ferror in <stdio.h>). From then on every operation
 * in that context, and every operation that is given NULL, quietly returns NULL. A program
 * therefore checks once a step, with tt_error(c), and not after every call.
 *
 * Two classes:
 *   mistakes      (shape, axis, index, value, owner, name, backend): the program is wrong. The
 *                 default handler prints the message and aborts; a debugger then shows the line.
 *   surroundings  (file, format, memory, device): the world is wrong. The default handler lets the
 *                 program go on; the function returns the status, and tt_exit prints the message.
 *
 * Checks never depend on NDEBUG. MiniTorch raises Python exceptions in the same places.
 */
#ifndef TT_SUPPORT_ERROR_H
#define TT_SUPPORT_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_ctx tt_ctx;

/* X(name, text): one list makes the enum and the texts. Mistakes first, then surroundings. */
#define TT_STATUS_LIST(X)                                                                \
    X(OK, "ok")                                                                          \
    X(ERR_SHAPE, "shapes do not fit")                                                    \
    X(ERR_AXIS, "no such dimension")                                                     \
    X(ERR_INDEX, "index out of range")                                                   \
    X(ERR_VALUE, "value not allowed")                                                    \
    X(ERR_DOMAIN, "result is not a finite number")                                       \
    X(ERR_OWNER, "object of another or an ended scope")                                  \
    X(ERR_NAME, "unknown or double name")                                                \
    X(ERR_BACKEND, "backend cannot do this")                                             \
    X(ERR_FILE, "file cannot be read or written")                                        \
    X(ERR_FORMAT, "file has not the expected contents")                                  \
    X(ERR_MEMORY, "out of memory")                                                       \
    X(ERR_DEVICE, "device failed or absent")

typedef enum tt_status {
#define TT_STATUS_ENUM(name, text) TT_##name,
    TT_STATUS_LIST(TT_STATUS_ENUM)
#undef TT_STATUS_ENUM
} tt_status;

/* A few words for a status: "shapes do not fit". Never NULL. */
const char *tt_status_text(tt_status status);

/* True for the class "mistakes" above: the program has to be changed, not its surroundings. */
bool tt_status_is_mistake(tt_status status);

/* The message of the first error in c, or NULL while there is none.
 * Owner: the context; valid until tt_error_clear or tt_ctx_free. */
const char *tt_error(const tt_ctx *c);

/* The status of the first error in c; TT_OK while there is none. */
tt_status tt_error_status(const tt_ctx *c);

/* Forgets the error, so that operations work again. Tests and interactive programs need it. */
void tt_error_clear(tt_ctx *c);

/* Called once for the error that sticks. `message` ends without a newline. */
typedef void tt_error_fn(tt_ctx *c, tt_status status, const char *message, void *user);

/* Installs a handler for c; contexts made from c afterwards inherit it. NULL brings the default
 * back (mistakes: print and abort; surroundings: go on). A handler that returns makes the failing
 * function return NULL or its status. */
void tt_error_handler(tt_ctx *c, tt_error_fn *handler, void *user);

/* A handler that only lets the error stick, for programs that look at tt_error(c) themselves. */
void tt_error_quiet(tt_ctx *c, tt_status status, const char *message, void *user);

/* Frees c and everything in it; prints the error that stuck, if any, to standard error.
 * Returns what main should: 0, or 1 after an error. c may be NULL (returns 1). */
int tt_exit(tt_ctx *c);

/* ---- for writers of operations --------------------------------------------------------------- */

#if defined(__GNUC__)
#define TT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define TT_COLD __attribute__((cold, noinline))
#else
#define TT_PRINTF(text, first)
#define TT_COLD
#endif

/* Records an error: "file:line: function: text". Returns NULL, so that an operation ends with
 * `return tti_fail(c, TT_ERR_SHAPE, "tt_add", "...")`. An error that already sticks is kept. */
TT_COLD void *tti_fail(tt_ctx *c, tt_status status, const char *function,
                       const char *format, ...) TT_PRINTF(4, 5);

/* The same for functions that return a status; returns `status`. */
TT_COLD tt_status tti_fail_status(tt_ctx *c, tt_status status, const char *function,
                                  const char *format, ...) TT_PRINTF(4, 5);

/* A learner's task that is still to do. Prints
 *   Task 1.4 is not implemented yet: relu_backward (module1_autodiff/scalar_functions.c:88)
 * and ends the process with SIGTRAP, whatever handler is installed: never with SIGABRT, which a
 * test of an error expects and would take for a right answer. */
#define TT_TODO(task) tti_todo(task, __func__, __FILE__, __LINE__)
#if defined(__GNUC__)
__attribute__((noreturn, cold))
#endif
void tti_todo(const char *task, const char *function, const char *file, int line);

/* A bug of this library, not of its user: prints the condition and aborts. Always on. */
#define TT_ASSERT(condition)                                                             \
    do {                                                                                 \
        if (!(condition)) tti_assert_failed(#condition, __func__, __FILE__, __LINE__);   \
    } while (0)
#if defined(__GNUC__)
__attribute__((noreturn, cold))
#endif
void tti_assert_failed(const char *condition, const char *function, const char *file, int line);

#ifdef __cplusplus
}
#endif
#endif
