/* Files: read whole and checked, written whole or not at all.
 *
 * Reading: one call gives the whole content, with gzip taken off where it is on. A limit is part
 * of the call, so that a small file that unpacks to a huge one is an error and not a full memory.
 *
 * Writing: into a new file beside the old one, which replaces it only when every byte is on disk.
 * A full disk, a crash or an interrupt leaves the old file as it was.
 *
 *   Example:
 *     tt_file_writer *w = tt_file_write_begin(c, "squares.txt");
 *     for (int i = 1; w && i <= 3; i++) fprintf(w->out, "%d ", i * i);
 *     tt_file_write_commit(w);
 *
 *     size_t size;
 *     const char *text = tt_file_read(c, "squares.txt", 1000, &size);
 *     if (text) printf("%zu bytes: %s\n", size, text);             // prints: 6 bytes: 1 4 9
 *
 * Errors stick in the context, as everywhere: TT_ERR_FILE with the system's own words, or
 * TT_ERR_FORMAT for a gzip stream that is damaged or cut off.
 */
#ifndef TT_SUPPORT_FILE_H
#define TT_SUPPORT_FILE_H

#include <stdio.h>

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The path as its user meant it: `bazel run` starts a program in Bazel's own tree, so a relative
 * path is taken from $BUILD_WORKING_DIRECTORY where that is set. Owner: c. */
char *tt_path(tt_ctx *c, const char *path);

/* The same as an absolute path, to be shown. The file need not exist. Owner: c. */
char *tt_path_absolute(tt_ctx *c, const char *path);

/* `name` in folder `folder`, resolved as by tt_path. Owner: c. */
char *tt_path_join(tt_ctx *c, const char *folder, const char *name);

/* True when path (resolved as by tt_path) is there and is a regular file. No error otherwise. */
bool tt_file_exists(tt_ctx *c, const char *path);

/* The whole content of a file, plain or gzip, aligned to 64 bytes, with one zero byte after the
 * end; *size is its length in bytes. At most max_bytes (unpacked), or it is an error.
 * Errors: TT_ERR_FILE (missing, folder, unreadable, too big), TT_ERR_FORMAT (damaged gzip),
 * TT_ERR_MEMORY -> NULL. Owner: c. */
void *tt_file_read(tt_ctx *c, const char *path, size_t max_bytes, size_t *size);

/* A file being written. */
typedef struct tt_file_writer {
    FILE *out;        /* print here */
    const char *path; /* absolute path of the file that there will be */
    /* internal */
    tt_ctx *ctx;
    const char *target; /* what is replaced: path with symbolic links followed */
    char *temporary;
} tt_file_writer;

/* Opens a file that will replace `path`. Until the commit nothing is seen of it; when its scope
 * ends without one, it is thrown away. Devices and pipes (/dev/stdout) are written directly.
 * Errors: TT_ERR_FILE -> NULL. Owner: c. */
tt_file_writer *tt_file_write_begin(tt_ctx *c, const char *path);

/* Puts everything on disk and in place of the old file, whose permissions it keeps. NULL (a begin
 * that failed) gives TT_ERR_FILE quietly. Errors: TT_ERR_FILE; then the old file is untouched. */
tt_status tt_file_write_commit(tt_file_writer *w);

/* Throws it away. NULL, or one that is finished, is allowed. */
void tt_file_write_cancel(tt_file_writer *w);

/* Whether a begin would do, to be asked before long work whose result goes there. Leaves nothing behind.
 * Errors: as of begin. */
tt_status tt_file_write_check(tt_ctx *c, const char *path);

/* begin, `bytes` bytes of data, commit. */
tt_status tt_file_write(tt_ctx *c, const char *path, const void *data, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
