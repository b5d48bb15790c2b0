/* Notes of tests that pass: see expect.h. Workers append to a file, the parent prints each line once. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/bridge.h"
#include "tests/support/expect.h"

enum { MOST_NOTES = 32, NOTE_TEXT = 400 };

static void path_of(const char *folder, char path[4096 + 16])
{
    snprintf(path, 4096 + 16, "%s/notes", folder);
}

void tt_test_note(const char *format, ...)
{
    char path[4096 + 16], text[NOTE_TEXT];
    const char *folder = getenv(TTI_WORKER_FOLDER);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (!folder) return; /* under a debugger */
    path_of(folder, path);
    FILE *file = fopen(path, "a");
    if (!file) return;
    fprintf(file, "%s\n", text);
    fclose(file);
}

void tti_print_notes(const char *folder)
{
    char path[4096 + 16], seen[MOST_NOTES][NOTE_TEXT + 1];
    int count = 0;
    path_of(folder, path);
    FILE *file = fopen(path, "r");
    if (!file) return;
    while (count < MOST_NOTES && fgets(seen[count], sizeof(seen[count]), file)) {
        int same = 0;
        while (strcmp(seen[same], seen[count]) != 0) same++;
        if (same < count) continue;
        printf("note: %s", seen[count++]);
    }
    fclose(file);
    unlink(path);
}
