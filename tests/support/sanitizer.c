#include "tests/support/sanitizer.h"

#include <stdlib.h>
#include <string.h>

/* The report's parts that the sentence is made of. */
typedef struct report {
    char kind[64];     /* "heap-buffer-overflow"; "leak"; "" until one begins */
    char access[8];    /* "reads" or "writes" */
    long bytes;        /* of the access, or that leaked */
    long block, apart; /* of what size the block is, how far away it was touched */
    bool behind;       /* or in front */
    bool null;         /* the address is 0 or nearly */
    char variable[64]; /* on the stack */
    char place[256];   /* "relu_back (module1_autodiff/scalar_functions.c:88)" */
} report;

/* "    #1 0x55d0 in relu_back module1_autodiff/scalar_functions.c:88:5": the first of the module's files. */
static void note_frame(report *r, const char *line)
{
    const char *in = strstr(line, " in "), *path = strstr(line, "module");
    char function[96];
    if (r->place[0] != '\0' || strstr(line, "    #") != line || in == NULL || path == NULL)
        return;
    while (path > line && path[-1] != ' ' && strncmp(path, "./", 2) != 0 && path[-1] != '/')
        path--;
    if (sscanf(in, " in %95s", function) != 1) return;
    size_t n = strcspn(path, " \n");
    const char *colon = memchr(path, ':', n);
    if (colon == NULL) return;
    size_t digits = strspn(colon + 1, "0123456789");
    snprintf(r->place, sizeof r->place, "%s (%.*s)", function,
             (int)(colon + 1 + digits - path), path);
}

static void note_access(report *r, const char *line)
{
    const char *at;
    if ((at = strstr(line, "READ of size ")) != NULL) {
        strcpy(r->access, "reads");
        r->bytes = strtol(at + 13, NULL, 10);
    } else if ((at = strstr(line, "WRITE of size ")) != NULL) {
        strcpy(r->access, "writes");
        r->bytes = strtol(at + 14, NULL, 10);
    }
}

/* "0x60 is located 4 bytes to the right of 12-byte region" (gcc), "4 bytes after 12-byte region" (clang). */
static void note_block(report *r, const char *line)
{
    const char *located = strstr(line, "is located "),
               *region = strstr(line, "-byte region");
    if (located != NULL && region != NULL) {
        const char *size = region;
        while (size > line && size[-1] >= '0' && size[-1] <= '9') size--;
        r->apart = strtol(located + 11, NULL, 10);
        r->block = strtol(size, NULL, 10);
        r->behind =
            strstr(located, "right of") != NULL || strstr(located, " after ") != NULL;
    }
    const char *quote = strchr(line, '\'');
    if (strstr(line, "<== Memory access") != NULL && quote != NULL)
        sscanf(quote + 1, "%63[^']", r->variable);
}

static void begin(report *r, const char *line)
{
    const char *at;
    if ((at = strstr(line, "ERROR: AddressSanitizer: ")) != NULL) {
        sscanf(at + 25, "%63[^ \n]", r->kind);
        const char *address = strstr(at, "address 0x");
        r->null = address != NULL && strtoull(address + 8, NULL, 16) < 4096;
    } else if (strstr(line, "ERROR: LeakSanitizer:") != NULL) {
        strcpy(r->kind, "leak");
    } else if ((at = strstr(line, ": runtime error: ")) != NULL) {
        strcpy(r->kind, "undefined");
        const char *path = strstr(line, "module");
        snprintf(r->place, sizeof r->place, "%.250s",
                 path != NULL && path < at ? path : line);
        r->place[strcspn(r->place, "\n")] = '\0';
    }
}

static void note_leak(report *r, const char *line)
{
    const char *at = strstr(line, "leak of ");
    if (at != NULL && r->bytes == 0) r->bytes = strtol(at + 8, NULL, 10);
}

static bool is(const report *r, const char *kind)
{
    return strcmp(r->kind, kind) == 0;
}

/* What is wrong, without the place. */
static void explain(const report *r, char *text, size_t room)
{
    if (is(r, "leak"))
        snprintf(text, room, "%ld bytes are never given back: allocated", r->bytes);
    else if (is(r, "heap-buffer-overflow") && r->block > 0)
        snprintf(text, room,
                 "%s %ld bytes, %ld bytes %s a block of %ld: is an index too %s?",
                 r->access, r->bytes, r->apart,
                 r->behind ? "behind the end of" : "in front of", r->block,
                 r->behind ? "large" : "small");
    else if (strstr(r->kind, "stack-buffer") != NULL && r->variable[0] != '\0')
        snprintf(text, room,
                 "%s %ld bytes outside of the variable %s: is an index out of range?",
                 r->access, r->bytes, r->variable);
    else if (strstr(r->kind, "buffer-overflow") != NULL ||
             strstr(r->kind, "buffer-underflow") != NULL)
        snprintf(text, room, "%s %ld bytes outside of an array: is an index out of range?",
                 r->access, r->bytes);
    else if (is(r, "heap-use-after-free") || is(r, "use-after-poison"))
        snprintf(
            text,
            room, "%s memory that was given back: what a scope or a step made is gone at its end",
            r->access);
    else if (strstr(r->kind, "stack-use-after") != NULL)
        snprintf(text, room, "%s a variable of a function that has returned", r->access);
    else if (is(r, "stack-overflow"))
        snprintf(text, room, "the stack is full: does a function call itself without end?");
    else if (is(r, "SEGV"))
        snprintf(text, room,
                 r->null ? "uses a NULL pointer" : "uses an address that is nobody's");
    else snprintf(text, room, "AddressSanitizer calls it %s", r->kind);
}

bool tti_sanitizer_sentence(FILE *output, char *sentence, size_t room)
{
    report r = {.kind = ""};
    char line[1024], what[512];
    while (fgets(line, sizeof line, output) != NULL) {
        if (r.kind[0] == '\0') begin(&r, line);
        if (r.kind[0] == '\0') continue;
        if (is(&r, "undefined")) {
            snprintf(sentence, room, "the C standard gives this no meaning: %s", r.place);
            return true;
        }
        note_access(&r, line);
        note_block(&r, line);
        note_leak(&r, line);
        note_frame(&r, line);
    }
    if (r.kind[0] == '\0') return false;
    explain(&r, what, sizeof what);
    snprintf(sentence, room, "%s%s%s", what, r.place[0] != '\0' ? ", in " : "", r.place);
    return true;
}
