/* //module3_gpu:sim -- my_kernel.cu: ordinary CUDA C, compiled by the host's compiler and run on the
 * simulator, which says what is wrong with it and what it moves. */
#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module3_gpu/sim/program/rewrite.h"
#include "support/cli.h"
#include "support/file.h"

enum { MOST_SOURCE = 16 << 20, EXIT_USAGE = 2 };

typedef struct settings {
    const char *order, *grid, *block;
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

/* The main of a file that has none: each kernel once. */
static bool skeleton(const settings *s, sim_source *source)
{
    if (source->kernel_count == 0) {
        fprintf(stderr, "sim: neither a main nor a __global__ function with a body that "
                        "is no template: "
                        "there is nothing to run\n");
        return false;
    }
    fprintf(s->o.json ? stderr : stdout,
            "no main: each kernel runs once as <<<(%s), (%s), %d>>>; its pointers get "
            "arrays of n = "
            "%d cells, its whole numbers n (--grid, --block, --shared, --n)\n",
            s->grid, s->block, s->shared, s->n);
    return true;
}

static bool write_main(FILE *f, const settings *s, const sim_source *source)
{
    fprintf(
        f,
        "\n#include \"tt_sim_try.h\"\nint main()\n{\n    const tti_try t = {dim3(%s), "
        "dim3(%s), %d, %d};\n",
        s->grid, s->block, s->shared, s->n);
    for (int i = 0; i < source->kernel_count; i++)
        fprintf(f, "    tti_try_kernel(\"%s\", t, %s);\n", source->kernels[i],
                source->kernels[i]);
    fprintf(f, "    return 0;\n}\n");
    return !ferror(f);
}

static bool write_source(tt_ctx *c, const settings *s, const char *path, const char *as)
{
    size_t size;
    const char *text = tt_file_read(c, s->o.arguments[0], MOST_SOURCE, &size);
    sim_source source;
    if (!text) return false;
    if (size == 0 || memchr(text, 0, size))
        return tti_fail(c, TT_ERR_FORMAT, "sim", "%s: %s", s->o.arguments[0],
                        size ? "holds a zero byte: no text, so no CUDA C" : "is empty") !=
               NULL;
    if (!sim_rewrite(c, text, &source)) return false;
    if (!source.has_main && !skeleton(s, &source)) return false;
    FILE *f = fopen(path, "w");
    if (!f)
        return tti_fail(c, TT_ERR_FILE, "sim", "%s: %s", path, strerror(errno)) != NULL;
    fprintf(f, "#line 1 \"%s\"\n%s\n", as, source.text);
    bool good = source.has_main || write_main(f, s, &source);
    good &= fclose(f) == 0;
    return good;
}

static int compile(tt_ctx *c, const settings *s, const char *root, const char *source,
                   const char *binary)
{
    const char *compiler = getenv("CXX");
    char *arguments[40];
    int n = 0;
    arguments[n++] = tt_text(c, "%s", compiler && *compiler ? compiler : "c++");
    const char *const *extra = s->plain ? PLAIN : DIAGNOSED;
    for (int i = 0; FLAGS[i]; i++) arguments[n++] = tt_text(c, "%s", FLAGS[i]);
    for (int i = 0; extra[i]; i++) arguments[n++] = tt_text(c, "%s", extra[i]);
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
    setenv("TT_SIM_REPORT", s->o.json ? "json" : "text", 1);
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
    const char *as = tt_path_absolute(c, s->o.arguments[0]);
    const char *source = tt_text(c, "%s/kernel.cc", folder);
    char *binary = tt_text(c, "%s/kernel", folder);
    if (!write_source(c, s, source, as)) return 1;
    if (compile(c, s, root, source, binary) != 0) {
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

/* "32,8" and the like: it becomes C++. */
static void check_size(const char *option, const char *value)
{
    unsigned x, y, z;
    int end = 0, n = sscanf(value, "%9u%n,%9u%n,%9u%n", &x, &end, &y, &end, &z, &end);
    if (n < 1 || value[end] != 0)
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
    static const char *const orders[] = {"forward", "reverse", "random", NULL};
    settings s = {.order = "forward", .grid = "4", .block = "256", .n = 1000, .seconds = 10};
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
    check_size("grid", s.grid);
    check_size("block", s.block);
    return simulate_in_folder(&s);
}
