#include "support/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { FIRST_BYTES = 64 * 1024, CHUNK_BYTES = 1 << 20 };

/* ---- paths ----------------------------------------------------------------------------------- */

char *tt_path(tt_ctx *c, const char *path)
{
    const char *base = getenv("BUILD_WORKING_DIRECTORY");
    if (!path) return NULL;
    if (path[0] == '/' || path[0] == '\0' || !base || !*base)
        return tt_text(c, "%s", path);
    return tt_text(c, "%s/%s", base, path);
}

/* Takes "." and empty parts out of an absolute path. ".." stays: what it means depends on links. */
static void tidy(char *path)
{
    char *to = path;
    for (const char *from = path; *from;) {
        const char *part = from + strspn(from, "/");
        size_t n = strcspn(part, "/");
        from = part + n;
        if (n == 0 || (n == 1 && *part == '.')) continue;
        *to++ = '/';
        memmove(to, part, n);
        to += n;
    }
    if (to == path) *to++ = '/';
    *to = '\0';
}

char *tt_path_absolute(tt_ctx *c, const char *path)
{
    char *resolved = tt_path(c, path);
    if (!resolved) return NULL;
    if (resolved[0] != '/') {
        char *here = getcwd(NULL, 0);
        resolved = tt_text(c, "%s/%s", here ? here : "", resolved);
        free(here);
        if (!resolved) return NULL;
    }
    tidy(resolved);
    return resolved;
}

char *tt_path_join(tt_ctx *c, const char *folder, const char *name)
{
    if (!folder || !name) return NULL;
    if (name[0] == '/' || folder[0] == '\0') return tt_path(c, name);
    char *resolved = tt_path(c, folder);
    if (!resolved) return NULL;
    size_t n = strlen(resolved);
    return tt_text(c, "%s%s%s", resolved, resolved[n - 1] == '/' ? "" : "/", name);
}

bool tt_file_exists(tt_ctx *c, const char *path)
{
    struct stat info;
    bool there = false;
    TT_SCOPE (c) {
        char *resolved = tt_path(c, path);
        there = resolved && stat(resolved, &info) == 0 && S_ISREG(info.st_mode);
    }
    return there;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Bytes of c's pool that grow; given back when c rewinds. */
typedef struct buffer {
    tt_ctx *ctx;
    char *bytes;
    size_t size, room;
} buffer;

static void buffer_release(void *object)
{
    buffer *b = object;
    tti_block_put(b->ctx, b->bytes);
    b->bytes = NULL;
}

static bool buffer_grow(buffer *b, size_t room)
{
    char *bytes = tti_block_get(b->ctx, room);
    if (!bytes) return false;
    if (b->size > 0) memcpy(bytes, b->bytes, b->size);
    tti_block_put(b->ctx, b->bytes);
    b->bytes = bytes;
    b->room = room;
    return true;
}

typedef struct reader {
    tt_ctx *ctx;
    const char *path;
    gzFile gz;
    size_t max_bytes;
} reader;

static const char *const READ = "tt_file_read";

/* What zlib says went wrong: the system, or the contents. */
static tt_status read_failed(reader *r)
{
    int code = Z_OK;
    const char *text = gzerror(r->gz, &code);
    if (code == Z_ERRNO) { /* the text is "path: reason", kept from when it happened */
        size_t n = strlen(r->path);
        if (strncmp(text, r->path, n) == 0 && text[n] == ':') text += n + 2;
        return tti_fail_status(r->ctx, TT_ERR_FILE, READ, "%s: cannot be read: %s",
                               r->path, text);
    }
    if (code == Z_MEM_ERROR)
        return tti_fail_status(r->ctx, TT_ERR_MEMORY, READ,
                               "%s: out of memory while unpacking", r->path);
    if (code == Z_BUF_ERROR)
        return tti_fail_status(
            r->ctx, TT_ERR_FORMAT, READ,
            "%s: the gzip data end too early: the file is cut off; copy or "
            "download it again",
            r->path);
    return tti_fail_status(
        r->ctx, TT_ERR_FORMAT, READ,
        "%s: the gzip data are damaged (%s); copy or download it again", r->path, text);
}

static tt_status too_big(reader *r)
{
    bool packed = !gzdirect(r->gz);
    return tti_fail_status(r->ctx, TT_ERR_FILE, READ,
                           "%s: has more than the %zu bytes allowed%s", r->path,
                           r->max_bytes, packed ? " once it is unpacked" : "");
}

/* Reads to the end into b, which always keeps room for one zero byte more. */
static tt_status read_all(reader *r, buffer *b)
{
    for (;;) {
        if (b->room - b->size < 2) {
            size_t room = b->room < (size_t)CHUNK_BYTES ? 4 * b->room : 2 * b->room;
            if (room > r->max_bytes && r->max_bytes < SIZE_MAX - 2)
                room = r->max_bytes + 2;
            if (room <= b->room || !buffer_grow(b, room)) return TT_ERR_MEMORY;
        }
        size_t want = b->room - b->size - 1;
        if (want > (size_t)CHUNK_BYTES) want = (size_t)CHUNK_BYTES;
        int got = gzread(r->gz, b->bytes + b->size, (unsigned)want);
        if (got < 0) return read_failed(r);
        b->size += (size_t)got;
        if (b->size > r->max_bytes) return too_big(r);
        if ((size_t)got < want) break;
    }
    int code = Z_OK;
    gzerror(r->gz, &code);
    if (code != Z_OK) return read_failed(r); /* a stream cut off shows only here */
    b->bytes[b->size] = '\0';
    return TT_OK;
}

/* Says plainly what gzopen would not: it opens a folder, and its errors are about reading. */
static tt_status check_readable(tt_ctx *c, const char *path, struct stat *info)
{
    if (stat(path, info) != 0)
        return tti_fail_status(c, TT_ERR_FILE, READ, "%s: %s", path,
                               errno == ENOENT ? "there is no such file" : strerror(errno));
    if (S_ISDIR(info->st_mode))
        return tti_fail_status(c, TT_ERR_FILE, READ, "%s: is a folder, not a file", path);
    return TT_OK;
}

/* A plain file's size is known; of a packed one the first guess is four times. */
static size_t first_room(const struct stat *info, const reader *r)
{
    size_t guess = FIRST_BYTES;
    size_t size = info->st_size > 0 ? (size_t)info->st_size : 0;
    if (size > 0 && size < r->max_bytes) guess = gzdirect(r->gz) ? size : 4 * size;
    if (guess > r->max_bytes) guess = r->max_bytes;
    return guess + 2;
}

void *tt_file_read(tt_ctx *c, const char *path, size_t max_bytes, size_t *size)
{
    struct stat info;
    *size = 0;
    if (max_bytes > SIZE_MAX / 8) max_bytes = SIZE_MAX / 8;
    if (tt_error(c)) return NULL;
    char *resolved = tt_path(c, path);
    if (!resolved || check_readable(c, resolved, &info) != TT_OK) return NULL;
    buffer *b = tt_alloc(c, sizeof *b);
    if (!b) return NULL;
    b->ctx = c;
    reader r = {c, resolved, gzopen(resolved, "rbe"), max_bytes};
    if (!r.gz)
        return tti_fail(c, TT_ERR_FILE, READ, "%s: cannot be opened: %s", resolved,
                        errno ? strerror(errno) : "out of memory");
    gzbuffer(r.gz, 1 << 17);
    bool ok = buffer_grow(b, first_room(&info, &r)) && read_all(&r, b) == TT_OK;
    gzclose(r.gz);
    if (!ok) {
        buffer_release(b);
        return NULL;
    }
    if (!tti_on_release(c, buffer_release, b)) return NULL;
    *size = b->size;
    return b->bytes;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void writer_release(void *object)
{
    tt_file_writer *w = object;
    if (w->out) fclose(w->out);
    w->out = NULL;
    if (w->temporary) unlink(w->temporary);
    w->temporary = NULL;
}

static tt_status write_failed(tt_file_writer *w, const char *what, int error)
{
    bool replaces = w->temporary != NULL;
    const char *why = error == ENOENT ? "its folder does not exist" : strerror(error);
    writer_release(w);
    return tti_fail_status(w->ctx, TT_ERR_FILE, "tt_file_write", "%s: %s: %s%s", w->path,
                           what, why,
                           replaces ? "; what was there before is unchanged" : "");
}

/* A new file beside the target, under a name that nobody has. Not mkstemp: its permissions would
 * not follow the umask, which cannot be read without being changed. */
static int create_beside(tt_file_writer *w)
{
    enum { TRIES = 100 };
    for (int i = 0; i < TRIES; i++) {
        char *name = tt_text(w->ctx, "%s.%ld.%d.tmp", w->target, (long)getpid(), i);
        if (!name) return -1;
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) w->temporary = name;
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

/* Opens the temporary file; `old` is the file to be replaced, whose permissions stay, or NULL. */
static bool open_temporary(tt_file_writer *w, const struct stat *old)
{
    int fd = create_beside(w);
    if (fd < 0) {
        write_failed(w, "cannot be created", errno);
        return false;
    }
    if (old) (void)!fchmod(fd, old->st_mode & 07777);
    w->out = fdopen(fd, "w");
    if (!w->out) {
        close(fd);
        write_failed(w, "cannot be created", errno);
    }
    return w->out != NULL;
}

/* Devices and pipes cannot be replaced, only written. */
static bool open_device(tt_file_writer *w)
{
    w->out = fopen(w->target, "we");
    if (!w->out) write_failed(w, "cannot be opened", errno);
    return w->out != NULL;
}

tt_file_writer *tt_file_write_begin(tt_ctx *c, const char *path)
{
    tt_file_writer *w = tt_error(c) ? NULL : tt_alloc(c, sizeof *w);
    if (!w) return NULL;
    w->ctx = c;
    w->path = tt_path_absolute(c, path);
    if (!w->path) return NULL;
    char *real = realpath(w->path, NULL); /* so that a link stays a link */
    w->target = real ? tt_text(c, "%s", real) : w->path;
    free(real);
    struct stat info;
    bool there = w->target && stat(w->target, &info) == 0;
    if (there && S_ISDIR(info.st_mode)) {
        tti_fail_status(c, TT_ERR_FILE, "tt_file_write", "%s: is a folder, not a file",
                        w->path);
        return NULL;
    }
    bool device = there && !S_ISREG(info.st_mode);
    if (!w->target || !(device ? open_device(w) : open_temporary(w, there ? &info : NULL)))
        return NULL;
    return tti_on_release(c, writer_release, w) ? w : NULL;
}

/* The rename itself is on disk only when the folder is. Failing here is not worth an error. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash > path ? (size_t)(slash - path) : 1;
    if (n >= sizeof folder) return;
    memcpy(folder, path, n);
    folder[n] = '\0';
    FILE *f = fopen(folder, "re");
    if (!f) return;
    fsync(fileno(f));
    fclose(f);
}

/* stdio remembers that a write failed, but not why. One byte more, in a file that is thrown away
 * anyway, fails for the same reason and says it. */
static int why_not_written(FILE *out)
{
    return write(fileno(out), "", 1) < 0 ? errno : EIO;
}

tt_status tt_file_write_commit(tt_file_writer *w)
{
    if (!w || !w->out) return TT_ERR_FILE;
    bool replaces = w->temporary != NULL;
    if (ferror(w->out) || fflush(w->out) != 0)
        return write_failed(w, "cannot be written", why_not_written(w->out));
    if (replaces && fsync(fileno(w->out)) != 0)
        return write_failed(w, "cannot be written", errno);
    FILE *out = w->out;
    w->out = NULL;
    if (fclose(out) != 0) return write_failed(w, "cannot be written", errno);
    if (!replaces) return TT_OK;
    if (rename(w->temporary, w->target) != 0)
        return write_failed(w, "cannot be replaced", errno);
    w->temporary = NULL;
    sync_folder(w->target);
    return TT_OK;
}

void tt_file_write_cancel(tt_file_writer *w)
{
    if (w) writer_release(w);
}

tt_status tt_file_write_check(tt_ctx *c, const char *path)
{
    struct stat info;
    const char *at = tt_path_absolute(c, path);
    bool device = at && stat(at, &info) == 0 && !S_ISREG(info.st_mode) &&
                  !S_ISDIR(info.st_mode); /* to open a pipe and close it would end it */
    if (!device) tt_file_write_cancel(tt_file_write_begin(c, path));
    return tt_error_status(c);
}

tt_status tt_file_write(tt_ctx *c, const char *path, const void *data, size_t bytes)
{
    tt_status status = TT_ERR_FILE;
    TT_SCOPE (c) {
        tt_file_writer *w = tt_file_write_begin(c, path);
        if (w && bytes > 0) fwrite(data, 1, bytes, w->out);
        status = w ? tt_file_write_commit(w) : tt_error_status(c);
    }
    return status;
}
