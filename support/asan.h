/* AddressSanitizer's manual poisoning, or nothing: a read of poisoned bytes is reported. */
#ifndef TT_SUPPORT_ASAN_H
#define TT_SUPPORT_ASAN_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define TTI_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TTI_ASAN 1
#endif
#endif
#ifndef TTI_ASAN
#define TTI_ASAN 0
#endif

#if TTI_ASAN
#include <sanitizer/asan_interface.h>
#endif

static inline void tti_poison(const void *first, size_t bytes)
{
#if TTI_ASAN
    __asan_poison_memory_region(first, bytes);
#else
    (void)first;
    (void)bytes;
#endif
}

static inline void tti_unpoison(const void *first, size_t bytes)
{
#if TTI_ASAN
    __asan_unpoison_memory_region(first, bytes);
#else
    (void)first;
    (void)bytes;
#endif
}

/* Whether a read of this byte would be reported; always false without AddressSanitizer. */
static inline bool tti_is_poisoned(const void *byte)
{
#if TTI_ASAN
    return __asan_address_is_poisoned(byte) != 0;
#else
    (void)byte;
    return false;
#endif
}

#endif
