/* #if, #include and their like. */
#include <stdlib.h>
#include <string.h>

#include "module3_gpu/sim/program/pass.h"
#include "module3_gpu/sim/program/token.h"
#include "support/file.h"

enum { MOST_INCLUDED = 16 << 20 };

static const char *line_end(const char *s)
{
    while (*s && *s != '\n') s += s[0] == '\\' && s[1] == '\n' ? 2 : 1;
    return s;
}

static const char *name_of(const char *s)
{
    return s + 1 + strspn(s + 1, " \t");
}

static bool is(const char *s, const char *word)
{
    const char *name = name_of(s);
    return sim_token_is(name, sim_token_end(name), word);
}

/* s stands behind the line of #if 0: the line of the #else or #endif that ends it. */
static const char *skipped_end(const char *s)
{
    int depth = 0;
    for (; *s; s = line_end(s) + (*line_end(s) != 0)) {
        const char *at = s + strspn(s, " \t");
        if (*at != '#') continue;
        const bool ends = is(at, "endif");
        if (depth == 0 && (ends || is(at, "else") || is(at, "elif"))) return s;
        depth += is(at, "if") || is(at, "ifdef") || is(at, "ifndef");
        depth -= ends;
    }
    return s;
}

/* Of two branches only one is compiled: its braces are closed once. */
static const char *condition(sim_pass *p, const char *s, const char *end)
{
    if (is(s, "endif")) p->if_count -= p->if_count > 0;
    else if (is(s, "else") || is(s, "elif")) {
        if (p->if_count > 0 && p->if_count <= SIM_MOST_IFS)
            p->depth = p->ifs[p->if_count - 1];
    } else {
        if (p->if_count < SIM_MOST_IFS) p->ifs[p->if_count] = p->depth;
        p->if_count++;
    }
    const char *value = is(s, "if") ? name_of(s) + 2 : end;
    value += strspn(value, " \t");
    if (*value == '0' && sim_skip_blank(value + 1) >= end) return skipped_end(end);
    return end;
}

static char *in_folder_of(tt_ctx *c, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    char *path = tt_text(c, "%.*s/%s", slash ? (int)(slash - file) : 0, file, name);
    return path && tt_file_exists(c, path) ? path : NULL;
}

/* The file that #include "name" means, if it lies beside this one or the one given. Owner: p->c. */
static char *beside(const sim_pass *p, const char *name)
{
    char *path = in_folder_of(p->c, p->path, name);
    return path ? path : in_folder_of(p->c, p->o->files->path, name);
}

static const char *include_beside(sim_pass *p, const char *path, const char *end)
{
    size_t size;
    const char *text = tt_file_read(p->c, path, MOST_INCLUDED, &size);
    const char *as = text ? sim_rewrite_file(p->c, p->o, path, text) : NULL;
    if (!as) return NULL;
    sim_puts(&p->out, tt_text(p->c, "#include \"%s\"", as));
    return end;
}

static const char *include(sim_pass *p, const char *s, const char *end)
{
    const char *open = name_of(s) + strlen("include");
    open += strspn(open, " \t");
    const char close = *open == '<' ? '>' : '"';
    const size_t n = *open == '<' || *open == '"' ? strcspn(open + 1, ">\"\n") : 0;
    if (n == 0 || open[1 + n] != close) return NULL;
    const char *name = tt_text(p->c, "%.*s", (int)n, open + 1);
    char *path = close == '"' && *name != '/' ? beside(p, name) : NULL;
    if (path) return include_beside(p, path, end);
    const char *why = sim_unsupported_header(name);
    if (!why) return NULL;
    p->o->stops = true;
    sim_puts(&p->out,
             tt_text(p->c, "#error \"the simulator does not have %s: %s\"", name, why));
    return end;
}

const char *sim_directive(sim_pass *p, const char *s)
{
    const char *end = line_end(s);
    if (is(s, "define")) {
        p->macro_end = end;
        return NULL;
    }
    const char *after = is(s, "include") ? include(p, s, end) : NULL;
    if (after || tt_error(p->c)) return after;
    after = end;
    if (is(s, "if") || is(s, "ifdef") || is(s, "ifndef") || is(s, "else") ||
        is(s, "elif") || is(s, "endif"))
        after = condition(p, s, end);
    sim_put(&p->out, s, (size_t)(after - s));
    return after;
}
