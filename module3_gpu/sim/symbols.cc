/* The program's own variables: `__shared__` arrays are thread-local, `__device__` ones global. Where
 * each begins and ends stands in the executable's symbol table. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>
#include <cstring>
#include <cxxabi.h>
#include <fcntl.h>
#include <link.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tti_sim
{

struct symbol {
    uintptr_t value, size;
    bool shared;
    bool constant;     /* __constant__ */
    const char *name;  /* in the mapped file, which stays mapped */
    mutable bool used; /* by the launch that runs */
};

static std::vector<segment> segments;
static std::vector<symbol> symbols;
static bool symbols_read;

/* Our own executable, mapped; NULL when it cannot be read. */
static const char *map_executable(size_t *size)
{
    const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat s;
    void *p = MAP_FAILED;
    if (file >= 0 && fstat(file, &s) == 0) {
        *size = static_cast<size_t>(s.st_size);
        p = mmap(nullptr, *size, PROT_READ, MAP_PRIVATE, file, 0);
    }
    if (file >= 0) close(file);
    return p == MAP_FAILED ? nullptr : static_cast<const char *>(p);
}

/* Of the thread-local variables, `__shared__` arrays begin at multiples of 128 bytes
 * (include/cuda_runtime.h); the others, of the simulator itself and of C, are nobody's to touch. */
constexpr uintptr_t SHARED_ALIGNMENT = 128;

/* One of the program's, and not of the simulator. */
static bool of_program(const ElfW(Sym) & s, const char *name)
{
    const unsigned type = s.st_info & 0xf;
    if (s.st_size == 0 || s.st_shndx == 0 || strstr(name, "7tti_sim")) return false;
    return type == STT_OBJECT || (type == STT_TLS && s.st_value % SHARED_ALIGNMENT == 0);
}

/* How the tag that include/cuda_runtime.h gives them stands in a mangled name. */
constexpr const char *CONSTANT_TAG = "B12__constant__";

static void add_symbols(const char *file, const ElfW(Shdr) & table, const ElfW(Shdr) & names)
{
    const ElfW(Sym) *s = reinterpret_cast<const ElfW(Sym) *>(file + table.sh_offset);
    for (size_t i = 0; i < table.sh_size / sizeof *s; i++) {
        const char *name = file + names.sh_offset + s[i].st_name;
        if (!of_program(s[i], name)) continue;
        symbols.push_back({s[i].st_value, s[i].st_size, (s[i].st_info & 0xf) == STT_TLS,
                           strstr(name, CONSTANT_TAG) != nullptr, name, false});
    }
}

static void read_symbols()
{
    if (symbols_read) return;
    symbols_read = true;
    size_t size = 0;
    const char *file = map_executable(&size);
    const ElfW(Ehdr) *head = reinterpret_cast<const ElfW(Ehdr) *>(file);
    if (!file || size < sizeof *head || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
        return;
    const ElfW(Shdr) *section = reinterpret_cast<const ElfW(Shdr) *>(file + head->e_shoff);
    for (unsigned i = 0; i < head->e_shnum; i++)
        if (section[i].sh_type == SHT_SYMTAB)
            add_symbols(file, section[i], section[section[i].sh_link]);
    std::sort(symbols.begin(), symbols.end(), [](const symbol &a, const symbol &b) {
        return a.shared != b.shared ? a.shared < b.shared : a.value < b.value;
    });
}

static void add_segment(uintptr_t begin, size_t bytes, uintptr_t base, bool shared,
                        bool constant, bool named)
{
    segment s = {};
    s.memory.begin = begin;
    s.memory.end = begin + bytes;
    s.shared = shared;
    s.constant = constant;
    s.named = named && !symbols.empty();
    s.base = base;
    snprintf(s.memory.name, sizeof s.memory.name, "a variable");
    segments.push_back(s);
}

/* A segment of data begins with what is read-only once the program is linked, and of which parts have
 * no symbol. */
static void add_data(const struct dl_phdr_info *info, const ElfW(Phdr) & h, bool named)
{
    uintptr_t relocated = 0;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) &r = info->dlpi_phdr[i];
        if (r.p_type == PT_GNU_RELRO && r.p_vaddr == h.p_vaddr)
            relocated = std::min(r.p_memsz, h.p_memsz);
    }
    const uintptr_t begin = info->dlpi_addr + h.p_vaddr;
    if (relocated) add_segment(begin, relocated, info->dlpi_addr, false, false, false);
    add_segment(begin + relocated, h.p_memsz - relocated, info->dlpi_addr, false,
                !(h.p_flags & PF_W), named && (h.p_flags & PF_W));
}

static int visit(struct dl_phdr_info *info, size_t, void *first)
{
    const bool executable = *static_cast<bool *>(first);
    *static_cast<bool *>(first) = false;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) &h = info->dlpi_phdr[i];
        const uintptr_t tls = reinterpret_cast<uintptr_t>(info->dlpi_tls_data);
        if (h.p_type == PT_TLS && tls && h.p_memsz)
            add_segment(tls, h.p_memsz, tls, true, false, executable);
        if (h.p_type == PT_LOAD) add_data(info, h, executable);
    }
    return 0;
}

void segments_begin()
{
    read_symbols();
    bool executable = true;
    segments.clear();
    for (const symbol &s : symbols) s.used = false;
    dl_iterate_phdr(visit, &executable);
}

void segments_forget()
{
    for (segment &s : segments) region_forget(&s.memory);
}

segment *segment_of(uintptr_t address)
{
    for (segment &s : segments)
        if (address >= s.memory.begin && address < s.memory.end) return &s;
    return nullptr;
}

segment *segment_of_shared_before(uintptr_t address)
{
    for (segment &s : segments)
        if (s.shared && s.named && address - s.memory.end < NEAR) return &s;
    return nullptr;
}

/* kernel(float*)::tile, of which the last part is what the reader wrote. */
static void readable(const symbol &s, char *name, size_t size)
{
    int status = 0;
    char *demangled = abi::__cxa_demangle(s.name, nullptr, nullptr, &status);
    const char *text = demangled ? demangled : s.name;
    for (const char *at; (at = strstr(text, "::"));) text = at + 2;
    /* A static of a C function is called tile.0 by gcc; a tag follows in brackets. */
    snprintf(name, size, "%.*s", static_cast<int>(strcspn(text, ".[")), text);
    free(demangled);
}

/* The last variable that begins at or before an address; NULL when there is none. */
static const symbol *symbol_before(const segment &s, uintptr_t address)
{
    const uintptr_t value = address - s.base;
    auto i = std::upper_bound(
        symbols.begin(), symbols.end(), value, [&](uintptr_t v, const symbol &y) {
            return s.shared != y.shared ? s.shared < y.shared : v < y.value;
        });
    return i == symbols.begin() || (i - 1)->shared != s.shared ? nullptr : &*(i - 1);
}

bool variable_named(const segment &s, uintptr_t address, uintptr_t *begin, uintptr_t *end,
                    char *name, size_t size)
{
    const symbol *found = symbol_before(s, address);
    name[0] = 0;
    if (!found) return false;
    *begin = s.base + found->value;
    *end = *begin + found->size;
    readable(*found, name, size);
    return address < *end;
}

bool variable_at(const segment &s, uintptr_t address, uintptr_t *begin, uintptr_t *end,
                 char *name, size_t size)
{
    const symbol *found = symbol_before(s, address);
    if (found) found->used = true;
    if (found && address + 16 < s.base + found->value + found->size) {
        *begin = s.base + found->value;
        *end = *begin + found->size;
        return true;
    }
    return variable_named(s, address, begin, end, name, size);
}

bool variable_constant(const segment &s, uintptr_t address)
{
    const symbol *found = s.shared ? nullptr : symbol_before(s, address);
    return found && found->constant;
}

/* Each begins at a multiple of its alignment, which costs its block a little more. */
size_t variables_shared_bytes()
{
    size_t bytes = 0;
    for (const symbol &s : symbols)
        if (s.shared && s.used) bytes += s.size;
    return bytes;
}

} // namespace tti_sim
