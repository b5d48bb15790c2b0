/* Findings and traffic for people, and as JSON. */
#include "module3_gpu/sim/report.h"

using namespace tti_sim;

static const char *const kind_words[] = {
#define TT_SIM_WORD(name, word) word,
    TT_SIM_KINDS(TT_SIM_WORD)
#undef TT_SIM_WORD
};

struct counter {
    const char *name;
    uint64_t tt_sim_traffic::*value;
};
#define TT_SIM_COUNTER(name)                                                             \
    {                                                                                    \
#name, &tt_sim_traffic::name                                                     \
    }
static const counter counters[] = {
    TT_SIM_COUNTER(global_loads),
    TT_SIM_COUNTER(global_stores),
    TT_SIM_COUNTER(global_atomics),
    TT_SIM_COUNTER(global_load_bytes),
    TT_SIM_COUNTER(global_store_bytes),
    TT_SIM_COUNTER(global_load_requests),
    TT_SIM_COUNTER(global_store_requests),
    TT_SIM_COUNTER(global_load_sectors),
    TT_SIM_COUNTER(global_store_sectors),
    TT_SIM_COUNTER(shared_loads),
    TT_SIM_COUNTER(shared_stores),
    TT_SIM_COUNTER(shared_atomics),
    TT_SIM_COUNTER(shared_load_bytes),
    TT_SIM_COUNTER(shared_store_bytes),
    TT_SIM_COUNTER(shared_requests),
    TT_SIM_COUNTER(bank_conflicts),
    TT_SIM_COUNTER(barriers),
    TT_SIM_COUNTER(shared_bytes),
};
#undef TT_SIM_COUNTER

static void json_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, ",\"%s\":\"", key);
    for (const char *c = text; *c; c++) {
        const unsigned char u = static_cast<unsigned char>(*c);
        if (u == '"' || u == '\\') fprintf(out, "\\%c", u);
        else if (u < 0x20) fprintf(out, "\\u%04x", u);
        else fputc(u, out);
    }
    fputc('"', out);
}

static void json_triple(FILE *out, const char *key, const unsigned i[3])
{
    fprintf(out, ",\"%s\":[%u,%u,%u]", key, i[0], i[1], i[2]);
}

static void json_finding(FILE *out, const tt_sim_finding &f)
{
    fprintf(out, "{\"event\":\"finding\"");
    json_text(out, "kind", kind_words[f.kind]);
    json_text(out, "kernel", f.kernel);
    json_text(out, "text", f.text);
    json_text(out, "file", f.at.file);
    fprintf(out, ",\"line\":%d", f.at.line);
    json_triple(out, "block", f.at.block);
    json_triple(out, "thread", f.at.thread);
    if (f.other.line > 0) {
        json_text(out, "other_file", f.other.file);
        fprintf(out, ",\"other_line\":%d", f.other.line);
    }
    /* A thread that never comes to a barrier is nowhere. */
    if (f.other.line > 0 || f.kind == TT_SIM_DIVERGENCE) {
        json_triple(out, "other_block", f.other.block);
        json_triple(out, "other_thread", f.other.thread);
    }
    fprintf(out, ",\"shared\":%s,\"times\":%llu}\n", f.shared ? "true" : "false",
            static_cast<unsigned long long>(f.times));
}

static void json_launch(FILE *out, const tt_sim_traffic &t)
{
    fprintf(out, "{\"event\":\"launch\"");
    json_text(out, "kernel", t.kernel);
    json_triple(out, "grid", t.grid);
    json_triple(out, "block", t.block);
    fprintf(out, ",\"error\":%d", t.error);
    for (const counter &c : counters)
        fprintf(out, ",\"%s\":%llu", c.name, static_cast<unsigned long long>(t.*c.value));
    fprintf(out, "}\n");
}

static double ratio(uint64_t a, uint64_t b)
{
    return b ? static_cast<double>(a) / static_cast<double>(b) : 0;
}

static void print_launch(FILE *out, const tt_sim_traffic &t)
{
    fprintf(out, "%s<<<(%u,%u,%u), (%u,%u,%u)>>>", t.kernel, t.grid[0], t.grid[1],
            t.grid[2], t.block[0], t.block[1], t.block[2]);
    if (t.error) fprintf(out, ": %s", tt_sim_error_text(t.error));
    fprintf(out, "\n");
    const auto n = [](uint64_t v) { return static_cast<unsigned long long>(v); };
    if (t.global_loads + t.global_stores + t.global_atomics > 0)
        fprintf(out,
                "  global  %llu loads, %llu stores, %llu atomics; sectors a warp: %.1f "
                "to load, "
                "%.1f to store\n",
                n(t.global_loads), n(t.global_stores), n(t.global_atomics),
                ratio(t.global_load_sectors, t.global_load_requests),
                ratio(t.global_store_sectors, t.global_store_requests));
    if (t.shared_requests > 0)
        fprintf(out,
                "  shared  %llu loads, %llu stores, %llu atomics; %llu bytes a block, "
                "%llu bank conflicts in %llu requests\n",
                n(t.shared_loads), n(t.shared_stores), n(t.shared_atomics),
                n(t.shared_bytes), n(t.bank_conflicts), n(t.shared_requests));
}

extern "C" bool tt_sim_print(FILE *out)
{
    for (size_t i = 0; i < tt_sim_finding_count(); i++) {
        const tt_sim_finding *f = tt_sim_finding_at(i);
        fprintf(out, "%s", f->text);
        if (f->times > 1)
            fprintf(out, " (%llu times)", static_cast<unsigned long long>(f->times));
        fprintf(out, "\n");
    }
    for (size_t i = 0; i < tt_sim_launch_count(); i++)
        print_launch(out, *tt_sim_launch_at(i));
    return !ferror(out);
}

extern "C" bool tt_sim_print_json(FILE *out)
{
    for (size_t i = 0; i < tt_sim_finding_count(); i++)
        json_finding(out, *tt_sim_finding_at(i));
    for (size_t i = 0; i < tt_sim_launch_count(); i++)
        json_launch(out, *tt_sim_launch_at(i));
    return !ferror(out);
}
