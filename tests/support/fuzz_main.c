/* Tries each file named on the command line, once: a fuzz test as an ordinary one, without clang. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int try_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return EXIT_FAILURE;
    }
    uint8_t *data = NULL;
    size_t size = 0, room = 4096;
    do { /* a buffer of the exact size in the end, so that a sanitizer sees a read past it */
        data = realloc(data, room *= 2);
        if (!data) abort();
        size += fread(data + size, 1, room - size, file);
    } while (size == room);
    fclose(file);
    data = realloc(data, size ? size : 1);
    printf("%s: %zu bytes\n", path, size);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    int status = argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE; /* no input, nothing tried */
    for (int i = 1; i < argc; i++) status |= try_file(argv[i]);
    return status;
}
