/* Takes files out of a zip or tar that nobody vouches for.
 *
 *   unpack ARCHIVE FOLDER WANTED...
 *
 * A wanted file (module1_autodiff/scalar.c) is found at its path, below one more folder, or by its
 * name alone; the entry nearest to the top counts. It is written to FOLDER/<number among the wanted>.
 * Nothing else is written, and names in the archive never become paths. Lines on standard output:
 *
 *   taken NUMBER            once or more: what was written last is what counts
 *   refused SENTENCE        why an entry is not taken
 *
 * Exit status 0, or 1 with a last line `unreadable SENTENCE`.
 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ENTRIES = 20000, MOST_WANTED = 64, MOST_SENTENCES = 20, DEEPEST = 6 };
static const int64_t LARGEST_FILE = 1 << 20, MOST_BYTES = 256 << 20;

typedef struct unpacking {
    const char *folder;
    char **wanted;
    int n;
    int rank[MOST_WANTED]; /* of what was taken: 0 nothing yet, else folders above it plus one */
    int refused;
} unpacking;

/* A name that is safe to show. */
static const char *shown(const char *name)
{
    static char text[121];
    size_t i = 0;
    for (; name[i] != '\0' && i < sizeof text - 1; i++)
        text[i] = name[i] >= ' ' && name[i] < 0x7f ? name[i] : '?';
    text[i] = '\0';
    return text;
}

static void refuse(unpacking *u, const char *name, const char *why)
{
    if (++u->refused <= MOST_SENTENCES) printf("refused %s: %s\n", shown(name), why);
}

static int unreadable(const char *why)
{
    printf("unreadable %s\n", shown(why));
    return 1;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool has_dots(const char *name)
{
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        if (*part == '/') part++;
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

static bool is_build_file(const char *base)
{
    static const char *const names[] = {"BUILD",           "BUILD.bazel",  "WORKSPACE",
                                        "WORKSPACE.bazel", "MODULE.bazel", ".bazelrc",
                                        "bazelw"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(base, names[i]) == 0) return true;
    size_t n = strlen(base);
    return n > 4 && strcmp(base + n - 4, ".bzl") == 0;
}

static const char *why_not(struct archive_entry *entry, const char *name)
{
    if (name[0] == '/' || strchr(name, '\\') != NULL)
        return "an absolute path, or one with backslashes, is not taken";
    if (has_dots(name)) return "a path with .. is not taken";
    if (archive_entry_hardlink(entry) != NULL || archive_entry_filetype(entry) == AE_IFLNK)
        return "a link is not taken: put the file itself there";
    mode_t type = archive_entry_filetype(entry);
    if (type != AE_IFREG && type != AE_IFDIR) return "a device or pipe is not taken";
    return NULL;
}

/* The number of the wanted file that the name may stand for, and how well it does; -1 for none. */
static int matching(const unpacking *u, const char *name, int *rank)
{
    int folders = 0, found = -1;
    for (const char *c = name; *c != '\0'; c++) folders += *c == '/';
    size_t length = strlen(name);
    for (int i = 0; i < u->n; i++) {
        const char *base = strrchr(u->wanted[i], '/');
        size_t n = strlen(u->wanted[i]);
        bool whole = length >= n && strcmp(name + length - n, u->wanted[i]) == 0 &&
                     (length == n || name[length - n - 1] == '/');
        bool alone = base != NULL && strcmp(name, base + 1) == 0;
        if (!whole && !alone) continue;
        *rank = whole ? folders + 1 : DEEPEST + 1;
        found = i;
        if (whole) break;
    }
    return found;
}

/* ---- contents -------------------------------------------------------------------------------- */

static bool save(unpacking *u, struct archive *a, int number, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%d", u->folder, number);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0) return false;
    char buffer[65536];
    int64_t total = 0;
    la_ssize_t n;
    while ((n = archive_read_data(a, buffer, sizeof buffer)) > 0) {
        total += n;
        if (total > LARGEST_FILE || write(out, buffer, (size_t)n) != n) break;
    }
    close(out);
    if (n == 0) return true;
    unlink(path);
    u->rank[number] = 0;
    refuse(u, name,
           total > LARGEST_FILE ? "more than 1 MB is no source file" : "it is damaged");
    return false;
}

static void take(unpacking *u, struct archive *a, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);
    if (name == NULL || name[0] == '\0') return;
    while (strncmp(name, "./", 2) == 0) name += 2;
    const char *why = why_not(entry, name), *slash = strrchr(name, '/');
    if (why != NULL) {
        refuse(u, name, why);
        return;
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) return;
    if (is_build_file(slash != NULL ? slash + 1 : name)) {
        refuse(u, name, "it belongs to the build and is not taken");
        return;
    }
    int rank, number = matching(u, name, &rank);
    if (number < 0 || rank > DEEPEST + 1) return;
    if (u->rank[number] != 0 && u->rank[number] <= rank) {
        refuse(u, name, "a second file of this name; the one nearest to the top counts");
        return;
    }
    u->rank[number] = rank;
    if (save(u, a, number, name)) printf("taken %d\n", number);
}

static int read_all(unpacking *u, struct archive *a)
{
    struct archive_entry *entry;
    int status, entries = 0;
    while ((status = archive_read_next_header(a, &entry)) == ARCHIVE_OK ||
           status == ARCHIVE_WARN) {
        if (++entries > MOST_ENTRIES) return unreadable("it has more than 20000 entries");
        if (archive_filter_bytes(a, 0) > MOST_BYTES)
            return unreadable("it unpacks to more than 256 MB");
        take(u, a, entry);
    }
    if (status != ARCHIVE_EOF) return unreadable("it is damaged, or no zip or tar");
    if (entries == 0) return unreadable("it is empty, or no zip or tar");
    if (u->refused > MOST_SENTENCES)
        printf("refused and %d more entries\n", u->refused - MOST_SENTENCES);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc - 3 > MOST_WANTED) return 2;
    unpacking u = {.folder = argv[2], .wanted = argv + 3, .n = argc - 3};
    struct archive *a = archive_read_new();
    archive_read_support_format_zip(a);
    archive_read_support_format_tar(a);
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    if (archive_read_open_filename(a, argv[1], 65536) != ARCHIVE_OK)
        return unreadable("it is damaged, or no zip or tar");
    int status = read_all(&u, a);
    archive_read_free(a);
    return status;
}
