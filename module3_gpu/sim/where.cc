/* From a return address to file:line, by addr2line, which comes with every compiler's linker. A
 * process is started once for all the addresses that a launch asks about. */
#include "module3_gpu/sim/report.h"

#include <cstring>
#include <dlfcn.h>
#include <execinfo.h>
#include <iterator>
#include <link.h>
#include <string>
#include <unistd.h>
#include <unordered_map>

namespace tti_sim
{

/* Not a plain variable: the witness asks before those are made. */
static std::unordered_map<uintptr_t, line> &known()
{
    static std::unordered_map<uintptr_t, line> lines;
    return lines;
}

/* The file that the code at pc came from, and where in that file it is. */
static bool locate(uintptr_t pc, std::string *module, uintptr_t *offset)
{
    Dl_info info;
    struct link_map *map = nullptr;
    if (!dladdr1(reinterpret_cast<void *>(pc), &info, reinterpret_cast<void **>(&map),
                 RTLD_DL_LINKMAP) ||
        !map)
        return false;
    *offset = pc - map->l_addr;
    *module = map->l_name;
    if (!module->empty()) return true;
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return false;
    module->assign(path, static_cast<size_t>(n));
    return true;
}

static const void *module_of(const void *p)
{
    Dl_info info;
    return dladdr(p, &info) ? info.dli_fbase : nullptr;
}

void callers_of(raw_finding *f)
{
    constexpr size_t MOST = std::size(raw_finding().callers);
    static const int here = 0;
    void *frames[32];
    const int n = backtrace(frames, 32);
    size_t kept = 0;
    for (int i = 0; i < n && kept < MOST; i++)
        if (module_of(frames[i]) == module_of(&here))
            f->callers[kept++] = reinterpret_cast<uintptr_t>(frames[i]);
}

static std::string quoted(const std::string &text)
{
    std::string q = "'";
    for (char c : text) q += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return q + "'";
}

/* True for a frame of ours, of the compiler's headers or of the C library. */
static bool foreign(const char *path)
{
    return strstr(path, "/sim/include/") ||
           (strstr(path, "module3_gpu/sim/") && strstr(path, ".cc:")) ||
           strncmp(path, "/usr/", 5) == 0 || strstr(path, "/sysdeps/") ||
           strncmp(path, "./", 2) == 0 || path[0] == '?';
}

static void remember(uintptr_t pc, char *answer)
{
    line &l = known()[pc];
    if (l.file[0] || foreign(answer)) return;
    char *colon = strrchr(answer, ':');
    if (!colon) return;
    *colon = 0;
    const char *slash = strrchr(answer, '/');
    l.number = atoi(colon + 1);
    if (l.number > 0)
        snprintf(l.file, sizeof l.file, "%.150s", slash ? slash + 1 : answer);
}

/* addr2line -a prints each address and then, innermost first, the frames inlined there. */
static void ask(const std::string &module, const std::vector<uintptr_t> &pcs, uintptr_t base)
{
    std::string command = "addr2line -a -i -e " + quoted(module);
    char number[32];
    for (uintptr_t pc : pcs) {
        snprintf(number, sizeof number, " 0x%zx", static_cast<size_t>(pc - 1 - base));
        command += number;
    }
    FILE *f = popen((command + " 2>/dev/null").c_str(), "r");
    if (!f) return;
    char text[4096];
    size_t i = 0;
    while (fgets(text, sizeof text, f)) {
        if (strncmp(text, "0x", 2) == 0) i++;
        else if (i > 0 && i <= pcs.size()) remember(pcs[i - 1], text);
    }
    pclose(f);
}

void lines_look_up(const std::vector<uintptr_t> &pcs)
{
    std::unordered_map<std::string, std::vector<uintptr_t>> modules;
    std::unordered_map<std::string, uintptr_t> bases;
    for (uintptr_t pc : pcs) {
        std::string module;
        uintptr_t offset;
        if (!pc || known().count(pc)) continue;
        known()[pc] = line{"", 0};
        if (!locate(pc - 1, &module, &offset)) continue;
        modules[module].push_back(pc);
        bases[module] = pc - 1 - offset;
    }
    for (const auto &m : modules) ask(m.first, m.second, bases[m.first]);
}

line line_of(uintptr_t pc)
{
    const auto i = known().find(pc);
    return i == known().end() ? line{"", 0} : i->second;
}

} // namespace tti_sim
