/* What a sanitizer's report says, in one sentence for a learner. Internal to the bridge. */
#ifndef TT_TESTS_SUPPORT_SANITIZER_H
#define TT_TESTS_SUPPORT_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Looks through a test's output for the first report of AddressSanitizer, LeakSanitizer or
 * UndefinedBehaviorSanitizer. false: there is none. */
bool tti_sanitizer_sentence(FILE *output, char *sentence, size_t room);

#endif
