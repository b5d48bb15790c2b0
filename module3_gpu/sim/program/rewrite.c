#include "module3_gpu/sim/program/rewrite.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "module3_gpu/sim/program/pass.h"
#include "module3_gpu/sim/program/token.h"

/* `namespace a::b {` and `extern "C" {`: what stands in them stands outside still. */
static void opens_outside(sim_pass *p, const char *s, const char *end)
{
    const bool space = sim_token_is(s, end, "namespace");
    if (!sim_outside(p) || (!space && !sim_token_is(s, end, "extern"))) return;
    const char *name = sim_skip_blank(end), *name_end = name;
    if (!space && *name == '"') name_end = sim_token_end(name);
    while (space && (sim_part_of_name(*name_end) || *name_end == ':')) name_end++;
    if (*sim_skip_blank(name_end) != '{') return;
    p->is_outside = true;
    p->space = space ? tt_text(p->c, "%.*s", (int)(name_end - name), name) : NULL;
}

static void brace(sim_pass *p, const char *s)
{
    if (*s == '{' && p->depth < SIM_MOST_BRACES) {
        const bool within = p->depth > 0 && p->braces[p->depth - 1].kernel;
        p->braces[p->depth] = (sim_brace){.line = sim_line(p, s),
                                          .outside = p->is_outside && sim_outside(p),
                                          .kernel = p->is_kernel || within,
                                          .name = p->space};
        p->depth++;
    } else if (*s == '{') {
        sim_refuse(p, s, "braces nest deeper than the simulator reads");
    } else if (*s == '}' && p->depth > 0) p->depth--;
    if (!strchr(";{}", *s)) return;
    p->is_outside = p->is_template = p->is_kernel = false;
    p->space = NULL;
}

/* Only the preprocessor knows whether an #if is compiled: it tells our own main by a macro. */
static void main_seen(sim_pass *p, const char *s)
{
    if (p->if_count == 0) p->o->has_main = true;
    else {
        p->o->may_have_main = true;
        sim_put_directive(p, s, "#define TT_SIM_MAIN");
    }
}

/* Of these it has none: the compiler says so, unless an #if leaves them out. */
static void unsupported(sim_pass *p, const char *s, const char *end)
{
    const char *why = sim_unsupported_word(s, end);
    if (!why) return;
    p->o->stops = true;
    sim_put_directive(p, s,
                      tt_text(p->c, "#error \"%.*s: the simulator does not have %s\"",
                              (int)(end - s), s, why));
}

static void word(sim_pass *p, const char *s, const char *end)
{
    if (sim_in_macro(p, s)) return;
    opens_outside(p, s, end);
    unsupported(p, s, end);
    if (sim_token_is(s, end, "template")) p->is_template = true;
    if (sim_token_is(s, end, "namespace") && p->before &&
        sim_token_is(p->before, p->before_end, "using"))
        p->o->uses_namespace = true;
    if (sim_token_is(s, end, "__global__")) {
        p->is_kernel = true;
        sim_kernel_seen(p, s);
    }
    if (p->depth == 0 && sim_token_is(s, end, "main") && *sim_skip_blank(end) == '(')
        main_seen(p, s);
    sim_kernel_word(p, s, end);
}

/* NULL where s begins nothing of CUDA's. */
static const char *rewritten(sim_pass *p, const char *s, const char *end)
{
    const bool begins =
        !p->before || memchr(p->before_end, '\n', (size_t)(s - p->before_end));
    if (*s == '#' && begins && !sim_in_macro(p, s)) return sim_directive(p, s);
    if (strncmp(s, "<<<", 3) == 0 && p->out.n > 0) return sim_launch(p, s);
    if (sim_token_is(s, end, "extern") || sim_token_is(s, end, "__shared__"))
        return sim_shared(p, s);
    return NULL;
}

/* A macro could not hold it: the C++ library has attributes of this name. */
static bool is_noinline(const sim_pass *p, const char *s, const char *end)
{
    return sim_token_is(s, end, "__noinline__") && p->before && !strchr("(,", *p->before);
}

static void step(sim_pass *p, const char *s, const char *end)
{
    if (sim_is_name(s)) word(p, s, end);
    else if (!sim_in_macro(p, s)) brace(p, s);
    if (is_noinline(p, s, end)) sim_puts(&p->out, "__attribute__((noinline))");
    else sim_put(&p->out, s, (size_t)(end - s));
}

static bool pass(sim_pass *p)
{
    const bool marked = strncmp(p->source, "\xef\xbb\xbf", 3) == 0; /* as UTF-8 */
    for (const char *s = p->source + (marked ? 3 : 0); *s;) {
        const char *end = sim_token_end(s), *next = NULL;
        const bool blank = sim_skip_blank(s) != s;
        if (!blank) next = rewritten(p, s, end);
        if (tt_error(p->c)) return false;
        if (!next) step(p, s, next = end);
        if (!blank) {
            p->before = s;
            p->before_end = next;
        }
        s = next;
    }
    return !tt_error(p->c);
}

/* A main of our own can not stand behind it; with the file's own the compiler says the same. */
static bool closed(const sim_pass *p)
{
    if (p->depth == 0 || p->o->has_main) return true;
    return tti_fail(
               p->c, TT_ERR_FORMAT, "sim",
               "%s: line %d: the { of this line is never closed: a } is missing, here "
               "or further down",
               p->path, p->braces[0].line) != NULL;
}

/* The file of this path, new or old. */
static sim_file *file_of(tt_ctx *c, sim_source *o, const char *path, bool *is_new)
{
    int number = 0;
    sim_file **last = &o->files;
    for (; *last; last = &(*last)->next, number++)
        if (strcmp((*last)->path, path) == 0) return *last;
    *is_new = true;
    *last = tt_alloc(c, sizeof **last);
    if (*last)
        **last = (sim_file){.path = tt_text(c, "%s", path),
                            .as = tt_text(c, "tt_sim_included_%d.h", number)};
    return *last;
}

const char *sim_rewrite_file(tt_ctx *c, sim_source *o, const char *path, const char *text)
{
    bool is_new = false;
    char *real = realpath(path, NULL);
    sim_file *file = file_of(c, o, real ? real : path, &is_new);
    free(real);
    if (!file || !is_new) return file ? file->as : NULL;
    sim_pass *p = tt_alloc(c, sizeof *p);
    if (!p) return NULL;
    *p = (sim_pass){
        .c = c, .o = o, .path = path, .source = text, .line_at = text, .line = 1, .out.c = c};
    if (!pass(p) || (file == o->files && !closed(p))) return NULL;
    file->text = p->out.p ? p->out.p : tt_text(c, "%s", "");
    return file->text ? file->as : NULL;
}

bool sim_rewrite(tt_ctx *c, const char *path, const char *text, sim_source *o)
{
    *o = (sim_source){0};
    return sim_rewrite_file(c, o, path, text) != NULL;
}
