/* //module3_gpu:sim -- my_kernel.cu: ordinary CUDA C, compiled by the host's compiler and run on the
 * simulator, which says what is wrong with it and what it moves. */
#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module3_gpu/sim/program/rewrite.h"
#include "support/cli.h"
#include "support/file.h"

enum { MOST_SOURCE = 16 << 20, EXIT_USAGE = 2 };

typedef struct settings {
    const char *order, *grid, *block;
    unsigned grid_size[3], block_size[3];
    int n, shared;
    bool trace, plain;
    double seconds;
    tt_options o;
} settings;

/* What it takes: flags as in sim.bzl. */
static const char *const FLAGS[] = {
    "-x", "c++", "-std=c++17", "-D_GNU_SOURCE", "-gdwarf-4", "-Wall",
    "-Wno-unknown-pragmas", "-Wno-sign-compare", "-fno-exceptions",
    "-fno-optimize-sibling-calls", "-U_FORTIFY_SOURCE", "-fno-stack-protector",
    "-fstack-clash-protection", "-fno-finite-loops",
    /* Of a wrong call what the file itself says, and not how the library came to it. */
    "-ftemplate-backtrace-limit=1", NULL};
static const char *const DIAGNOSED[] = {"-O1", "-fsanitize=thread",
                                        "-fsanitize=object-size", NULL};
static const char *const PLAIN[] = {"-O2", NULL};

/* The folder that holds module3_gpu/sim with headers and library: the workspace in which Bazel put
 * what this program needs. */
static const char *find_root(tt_ctx *c)
{
    char self[4096];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = 0;
        glob_t found;
        const char *pattern = tt_text(c, "%s.runfiles/*/module3_gpu/sim/libsim.a", self);
        if (pattern && glob(pattern, 0, NULL, &found) == 0) {
            char *root = tt_text(c, "%s", found.gl_pathv[0]);
            globfree(&found);
            *strstr(root, "/module3_gpu/sim/libsim.a") = 0;
            return root;
        }
    }
    return access("module3_gpu/sim/libsim.a", R_OK) == 0 ? "." : NULL;
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
    (void)s, (void)type, (void)ftw;
    return remove(path);
}

/* Runs a program to its end; stdout goes to `out`. Returns its status, 128 + n for signal n. */
static int run(char *const *arguments, int out)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        if (out != STDOUT_FILENO) dup2(out, STDOUT_FILENO);
        execvp(arguments[0], arguments);
        fprintf(stderr, "sim: %s cannot be started: %s\n", arguments[0], strerror(errno));
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) return 127;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* A file without main needs something that can be run without one. */
static bool has_work(const sim_source *source)
{
    if (source->has_main || source->may_have_main) return true;
    for (const sim_kernel *k = source->kernels; k; k = k->next)
        if (k->has_body && !k->is_template) return true;
    fprintf(stderr,
            "sim: neither a main nor a __global__ function with a body that is no "
            "template: there is nothing to run\n");
    return false;
}

/* A C++ text that says this. */
static void put_text(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') fputc('\\', f);
        fputc(*s, f);
    }
    fputc('"', f);
}

static void write_line(FILE *f, int line, const char *path)
{
    fprintf(f, "\n#line %d ", line);
    put_text(f, path);
    fputc('\n', f);
}

static bool has_twin(const sim_source *source, const sim_kernel *k)
{
    for (const sim_kernel *o = source->kernels; o; o = o->next)
        if (o != k && o->has_body && strcmp(o->full, k->full) == 0) return true;
    return false;
}

/* Runs one kernel, in the words of its own line. Of several of a name the parameters say which. */
static void write_try(FILE *f, const sim_source *source, const sim_kernel *k)
{
    if (k->guard) fprintf(f, "\n#ifdef TT_SIM_KERNEL_%d", k->guard);
    if (k->is_template) fprintf(f, "\n    tti_try_not(\"%s\");\n", k->full);
    else {
        write_line(f, k->line, k->path);
        if (has_twin(source, k))
            fprintf(f, "TTI_TRY(\"%s\", t, static_cast<void (*)(%s)>(::%s));\n", k->full,
                    k->parameters, k->full);
        else fprintf(f, "TTI_TRY(\"%s\", t, ::%s);\n", k->full, k->full);
    }
    if (k->guard) fputs("\n#endif\n", f);
}

/* The main of a file that has none: each kernel once. */
static void write_main(FILE *f, const settings *s, const sim_source *source)
{
    fprintf(f,
            "\n#ifndef TT_SIM_MAIN\n#include \"tt_sim_try.h\"\nint main()\n{\n"
            "    const tti_try t = {dim3(%u, %u, %u), dim3(%u, %u, %u), %d, %d};\n"
            "    tti_try_begin(t);\n",
            s->grid_size[0], s->grid_size[1], s->grid_size[2], s->block_size[0],
            s->block_size[1], s->block_size[2], s->shared, s->n);
    for (const sim_kernel *k = source->kernels; k; k = k->next)
        if (k->has_body) write_try(f, source, k);
    fprintf(f, "\n    return 0;\n}\n#endif\n");
}

/* Writes the rewritten files into the folder: the given one as kernel.cc. */
static bool write_files(tt_ctx *c, const settings *s, const char *folder,
                        const sim_source *source)
{
    for (const sim_file *file = source->files; file; file = file->next) {
        const bool first = file == source->files;
        const char *path = tt_text(c, "%s/%s", folder, first ? "kernel.cc" : file->as);
        FILE *f = fopen(path, "w");
        if (!f)
            return tti_fail(c, TT_ERR_FILE, "sim", "%s: %s", path, strerror(errno)) != NULL;
        write_line(f, 1, file->path);
        fprintf(f, "%s\n", file->text);
        if (first && !source->has_main) write_main(f, s, source);
        const bool good = !ferror(f);
        if (fclose(f) != 0 || !good)
            return tti_fail(c, TT_ERR_FILE, "sim", "%s cannot be written", path) != NULL;
    }
    return true;
}

/* A pipe would have to be written first, and a device never ends. */
static bool is_file(tt_ctx *c, const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0 || S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)) return true;
    return tti_fail(c, TT_ERR_FILE, "sim", "%s: a pipe or a device, and not a file",
                    path) != NULL;
}

static bool write_source(tt_ctx *c, const settings *s, const char *folder,
                         sim_source *source)
{
    const char *given = s->o.arguments[0], *path = tt_path_absolute(c, given);
    size_t size;
    const char *text =
        path && is_file(c, path) ? tt_file_read(c, given, MOST_SOURCE, &size) : NULL;
    if (!text) return false;
    if (size == 0 || memchr(text, 0, size))
        return tti_fail(c, TT_ERR_FORMAT, "sim", "%s: %s", given,
                        size ? "holds a zero byte: no text, so no CUDA C" : "is empty") !=
               NULL;
    return sim_rewrite(c, path, text, source) && has_work(source) &&
           write_files(c, s, folder, source);
}

static int compile(tt_ctx *c, const settings *s, const char *root, const char *source,
                   const char *binary, bool stops)
{
    const char *compiler = getenv("CXX");
    char *arguments[40];
    int n = 0;
    arguments[n++] = tt_text(c, "%s", compiler && *compiler ? compiler : "c++");
    const char *const *extra = s->plain ? PLAIN : DIAGNOSED;
    for (int i = 0; FLAGS[i]; i++) arguments[n++] = tt_text(c, "%s", FLAGS[i]);
    for (int i = 0; extra[i]; i++) arguments[n++] = tt_text(c, "%s", extra[i]);
    if (stops) arguments[n++] = tt_text(c, "-Wfatal-errors");
    char *folder = tt_text(c, "%s", tt_path_absolute(c, s->o.arguments[0]));
    *strrchr(folder, '/') = 0;
    arguments[n++] = tt_text(c, "-I%s", folder);
    arguments[n++] = tt_text(c, "-isystem%s/module3_gpu/sim/include", root);
    arguments[n++] = tt_text(c, "-I%s", root);
    arguments[n++] = tt_text(c, "-include");
    arguments[n++] = tt_text(c, "cuda_runtime.h"); /* as nvcc does */
    arguments[n++] = tt_text(c, "%s", source);
    /* Two steps: to link with -fsanitize=thread would bring libtsan in. */
    char *object = tt_text(c, "%s.o", binary);
    arguments[n++] = tt_text(c, "-c");
    arguments[n++] = tt_text(c, "-o");
    arguments[n++] = object;
    arguments[n] = NULL;
    if (run(arguments, STDERR_FILENO) != 0) return 1;
    char *library = tt_text(c, "%s/module3_gpu/sim/libsim.a", root);
    char *link[] = {arguments[0],
                    object,
                    library,
                    tt_text(c, "-o"),
                    tt_text(c, "%s", binary),
                    tt_text(c, "-lpthread"),
                    tt_text(c, "-ldl"),
                    tt_text(c, "-lrt"),
                    NULL};
    return run(link, STDERR_FILENO);
}

static void environment(const settings *s)
{
    char number[32];
    setenv("TT_SIM_ORDER", s->order, 1);
    snprintf(number, sizeof number, "%llu", (unsigned long long)s->o.seed);
    setenv("TT_SIM_SEED", number, 1);
    snprintf(number, sizeof number, "%g", s->seconds);
    setenv("TT_SIM_SECONDS", number, 1);
    setenv("TT_SIM_TRACE", s->trace ? "1" : "0", 1);
    setenv("TT_SIM_DIAGNOSE", s->plain ? "0" : "1", 1);
    /* Its own output must not mix with the JSON lines. */
    snprintf(number, sizeof number, "%d", dup(STDOUT_FILENO));
    setenv("TT_SIM_REPORT_TO", number, 1);
    setenv("TT_SIM_REPORT",
           s->o.json && s->o.quiet ? "json, quiet"
           : s->o.json             ? "json"
           : s->o.quiet            ? "quiet"
                                   : "text",
           1);
}

static int simulate(tt_ctx *c, const settings *s, const char *folder)
{
    const char *root = find_root(c);
    if (!root) {
        fprintf(stderr,
                "sim: the simulator's library is not beside this program: start it with "
                "./bazelw run //module3_gpu:sim -- FILE\n");
        return 1;
    }
    const char *source = tt_text(c, "%s/kernel.cc", folder);
    char *binary = tt_text(c, "%s/kernel", folder);
    sim_source rewritten;
    if (!write_source(c, s, folder, &rewritten)) return 1;
    if (compile(c, s, root, source, binary, rewritten.stops) != 0) {
        fprintf(stderr, "sim: %s does not compile\n", s->o.arguments[0]);
        return 1;
    }
    environment(s);
    char *const arguments[] = {binary, NULL};
    const int status = run(arguments, s->o.json ? STDERR_FILENO : STDOUT_FILENO);
    if (status > 128)
        fprintf(stderr, "sim: the program's host part ended with signal %d (%s)\n",
                status - 128, strsignal(status - 128));
    return status == 0 ? 0 : 1;
}

/* "32,8" and the like. */
static bool read_three(const char *at, unsigned size[3])
{
    for (int i = 0; i < 3; i++) {
        const size_t digits = strspn(at, "0123456789");
        const unsigned long long number = strtoull(at, NULL, 10);
        if (digits == 0 || digits > 10 || number > UINT_MAX) return false;
        size[i] = (unsigned)number;
        at += digits;
        if (*at == 0) return true;
        if (*at++ != ',') return false;
    }
    return false;
}

static void read_size(const char *option, const char *value, unsigned size[3])
{
    if (!read_three(value, size))
        tt_cli_refuse("--%s %s: not one to three whole numbers, for example --%s 32,8",
                      option, value, option);
}

/* Makes the folder, simulates in it and takes it away again. */
static int simulate_in_folder(const settings *s)
{
    tt_ctx *c = tt_ctx_new(NULL);
    const char *base = getenv("TMPDIR");
    char *folder = tt_text(c, "%s/tt_sim_XXXXXX", base && *base ? base : "/tmp");
    if (!folder || !mkdtemp(folder)) {
        fprintf(stderr, "sim: no folder for the program could be made in %s\n",
                base ? base : "/tmp");
        tt_exit(c);
        return 1;
    }
    const int status = simulate(c, s, folder);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    const int error = tt_exit(c);
    return status ? status : error;
}

int main(int argc, char **argv)
{
    static char name[] = "sim";
    static const char *const orders[] = {"forward", "reverse", "random", NULL};
    settings s = {.order = "forward",
                  .grid = "4",
                  .block = "256",
                  .grid_size = {1, 1, 1},
                  .block_size = {1, 1, 1},
                  .n = 1000,
                  .seconds = 10};
    /* What was typed is //module3_gpu:sim, however the file is called. */
    argv[0] = program_invocation_short_name = program_invocation_name = name;
    const tt_cli_option more[] = {
        {.name = "order",
         .kind = TT_CLI_CHOICE,
         .value = &s.order,
         .choices = orders,
         .help = "the order in which threads and blocks take their turns"},
        {.name = "trace",
         .kind = TT_CLI_FLAG,
         .value = &s.trace,
         .help = "draw the first access of each line: thread, word, sector or bank"},
        {.name = "plain",
         .kind = TT_CLI_FLAG,
         .value = &s.plain,
         .help = "only run it, faster, on all cores: no races, bounds or counts"},
        {.name = "seconds",
         .kind = TT_CLI_NUMBER,
         .value = &s.seconds,
         .low = 0.01,
         .high = 1e6,
         .help = "CPU time that one launch may take"},
        {.name = "grid",
         .placeholder = "X,Y,Z",
         .kind = TT_CLI_TEXT,
         .value = &s.grid,
         .help = "without main: blocks"},
        {.name = "block",
         .placeholder = "X,Y,Z",
         .kind = TT_CLI_TEXT,
         .value = &s.block,
         .help = "without main: threads of a block"},
        {.name = "shared",
         .kind = TT_CLI_WHOLE,
         .value = &s.shared,
         .low = 0,
         .high = 1 << 20,
         .help = "without main: bytes of dynamic shared memory"},
        {.name = "n",
         .kind = TT_CLI_WHOLE,
         .value = &s.n,
         .low = 1,
         .high = 1 << 24,
         .help = "without main: cells of each array, and the value of whole numbers"},
        {0}};
    tt_cli_parse(
        &(tt_cli){.purpose =
                      "Runs a CUDA C file on the CPU and says what is wrong with it.",
                  .takes = TT_CLI_SEED,
                  .more = more,
                  .arguments = "FILE.cu",
                  .fewest = 1,
                  .most = 1},
        &s.o, argc, argv);
    read_size("grid", s.grid, s.grid_size);
    read_size("block", s.block, s.block_size);
    return simulate_in_folder(&s);
}
