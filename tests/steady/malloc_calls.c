#include "tests/steady/malloc_calls.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

static atomic_long calls;

#if defined(__GLIBC__) && !defined(SANITIZED)

/* The C library's own, under their other names. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);
void *memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
    calls++;
    return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
    calls++;
    return __libc_calloc(n, bytes);
}

void *realloc(void *block, size_t bytes)
{
    calls++;
    return __libc_realloc(block, bytes);
}

void *memalign(size_t alignment, size_t bytes)
{
    calls++;
    return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return memalign(alignment, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    *block = memalign(alignment, bytes);
    return *block != NULL ? 0 : ENOMEM;
}

void free(void *block)
{
    calls++;
    __libc_free(block);
}

bool malloc_counted(void)
{
    return true;
}

#else

bool malloc_counted(void)
{
    return false;
}

#endif

long malloc_calls(void)
{
    return calls;
}

int malloc_verdict(long during)
{
    if (!malloc_counted()) {
        printf("not counted: a sanitizer has taken malloc's place\n");
        return 0;
    }
    printf("%ld calls of malloc and free, %ld of them in steps %d to %d (expected 0)\n",
           malloc_calls(), during, STEADY_AFTER + 1, STEADY_AFTER + STEADY_STEPS);
    return during != 0 || malloc_calls() == 0;
}
