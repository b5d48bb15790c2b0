#include "module3_gpu/sim/program/rewrite.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A text that grows; the context owns every version of it. */
typedef struct text {
    tt_ctx *c;
    char *p;
    size_t n, room;
} text;

static void put(text *t, const char *from, size_t n)
{
    if (t->n + n + 1 > t->room) {
        const size_t room = 2 * (t->n + n + 1);
        char *p = tt_alloc(t->c, room);
        if (!p) return;
        if (t->n) memcpy(p, t->p, t->n);
        t->p = p;
        t->room = room;
    }
    memcpy(t->p + t->n, from, n);
    t->n += n;
    t->p[t->n] = 0;
}

static void puts_to(text *t, const char *s)
{
    put(t, s, strlen(s));
}

static bool part_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The end of the comment, text or character that begins at s; s when none does. */
static const char *skip_quoted(const char *s)
{
    if (s[0] == '/' && s[1] == '/') return s + strcspn(s, "\n");
    if (s[0] == '/' && s[1] == '*') {
        const char *end = strstr(s + 2, "*/");
        return end ? end + 2 : s + strlen(s);
    }
    if (s[0] != '"' && s[0] != '\'') return s;
    const char quote = *s++;
    while (*s && *s != quote && *s != '\n') s += s[0] == '\\' && s[1] ? 2 : 1;
    return *s == quote ? s + 1 : s;
}

/* The word at s: its length, or 0 inside of another word. */
static bool word_is(const char *start, const char *s, const char *word)
{
    const size_t n = strlen(word);
    return strncmp(s, word, n) == 0 && !part_of_name(s[n]) &&
           (s == start || !part_of_name(s[-1]));
}

/* Where in what is already written the expression before <<< begins: name, ns::name, name<4>. */
static size_t kernel_begin(const text *t)
{
    size_t at = t->n;
    while (at > 0 && isspace((unsigned char)t->p[at - 1])) at--;
    if (at > 0 && t->p[at - 1] == '>') {
        int depth = 0;
        do {
            at--;
            depth += (t->p[at] == '>') - (t->p[at] == '<');
        } while (at > 0 && depth > 0);
    }
    while (at > 0 && (part_of_name(t->p[at - 1]) || t->p[at - 1] == ':')) at--;
    return at;
}

/* From s to `end` ("," or ">>>" or ")") at depth 0; NULL when it never comes. */
static const char *find_end(const char *s, const char *end, bool comma)
{
    int depth = 0;
    while (*s) {
        const char *after = skip_quoted(s);
        if (after != s) {
            s = after;
            continue;
        }
        if (depth == 0 && (strncmp(s, end, strlen(end)) == 0 || (comma && *s == ',')))
            return s;
        depth += strchr("([{", *s) != NULL;
        depth -= strchr(")]}", *s) != NULL;
        s++;
    }
    return NULL;
}

/* Says what is wrong with the launch at s, and in which line. */
static bool refuse(tt_ctx *c, const char *source, const char *s, const char *what)
{
    int line = 1;
    for (const char *at = source; at < s; at++) line += *at == '\n';
    return tti_fail(c, TT_ERR_FORMAT, "sim", "line %d: %s: %.*s", line, what,
                    (int)strcspn(s, "\n"), s) != NULL;
}

/* s stands on <<<; the kernel is the end of out. Returns where to go on, NULL for no launch. */
static const char *launch(text *out, const char *s)
{
    const size_t from = kernel_begin(out);
    char *kernel = tt_text(out->c, "%s", out->p + from);
    size_t length = kernel ? strlen(kernel) : 0;
    while (length > 0 && isspace((unsigned char)kernel[length - 1])) kernel[--length] = 0;
    if (length == 0) return NULL;
    const char *end = find_end(s + 3, ">>>", false);
    if (!end) return NULL;
    const char *open = end + 3 + strspn(end + 3, " \t\r\n\\");
    const char *close = *open == '(' ? find_end(open + 1, ")", false) : NULL;
    if (!close) return NULL;
    out->n = from;
    puts_to(out, tt_text(out->c, "tt_sim_launch_call(\"%s\", ", kernel));
    int parts = 0;
    for (const char *part = s + 3; part <= end && parts < 3; parts++) {
        const char *stop = find_end(part, ">>>", true);
        if (parts > 0) puts_to(out, ", ");
        put(out, part, (size_t)(stop - part));
        part = stop + 1;
    }
    puts_to(out, parts < 3 ? ", 0, " : ", ");
    puts_to(out, tt_text(out->c, "[=](auto... tt_a) { %s(tt_a...); }", kernel));
    put(out, end + 3, (size_t)(open - end - 3)); /* line ends stay */
    if (open[1 + strspn(open + 1, " \t\r\n")] != ')') puts_to(out, ", ");
    return open + 1;
}

/* s stands on `extern`. Returns where to go on, NULL when it is no dynamic shared memory. */
static const char *dynamic_shared(text *out, const char *s, bool outside)
{
    const char *end = s + strcspn(s, ";{(");
    const char *shared = strstr(s, "__shared__");
    const char *bracket = strchr(s, '[');
    if (*end == '(' && strncmp(end - 9, "__align__", 9) == 0) {
        const char *close = strchr(end, ')');
        end = close ? close + strcspn(close, ";{") : end;
    }
    if (*end != ';' || !shared || shared > end || !bracket || bracket > end) return NULL;
    const char *name = bracket;
    while (name > s && isspace((unsigned char)name[-1])) name--;
    const char *name_end = name;
    while (name > s && part_of_name(name[-1])) name--;
    const char *type = shared + strlen("__shared__");
    if (strncmp(type + strspn(type, " "), "__align__", 9) == 0)
        type = strchr(type, ')') + 1;
    if (type > name) return NULL;
    puts_to(out, tt_text(out->c, "%s(%.*s, %.*s);",
                         outside ? "TT_SIM_DYNAMIC_SHARED_OUTSIDE" : "TT_SIM_DYNAMIC_SHARED",
                         (int)(name - type), type, (int)(name_end - name), name));
    for (const char *line = s; line < end; line++)
        if (*line == '\n') puts_to(out, "\n");
    return end + 1;
}

/* s stands behind `__global__`: the name is the word before the parameters. */
static void kernel(tt_ctx *c, sim_source *o, const char *s, bool is_template)
{
    const char *open = s + strcspn(s, "(;{");
    if (strncmp(open, "(", 1) == 0 && open - s >= 17 &&
        strncmp(open - 17, "__launch_bounds__", 17) == 0) {
        const char *close = strchr(open, ')');
        if (!close) return;
        open = close + strcspn(close, "(;{");
    }
    if (*open != '(') return;
    const char *close = find_end(open + 1, ")", false);
    if (!close || close[1 + strspn(close + 1, " \t\r\n")] != '{')
        return; /* only declared */
    if (is_template) {
        o->templates++;
        return;
    }
    const char *end = open;
    while (end > s && isspace((unsigned char)end[-1])) end--;
    const char *name = end;
    while (name > s && part_of_name(name[-1])) name--;
    if (o->kernel_count < SIM_MOST_KERNELS)
        o->kernels[o->kernel_count++] = tt_text(c, "%.*s", (int)(end - name), name);
}

/* What the pass has seen. */
typedef struct state {
    int depth; /* open braces of functions and types */
    int outer; /* open braces of namespaces and extern "C", none of them within those */
    bool opens_outer; /* since the last ; or }: the next { is one of these */
    bool is_template; /* likewise */
    bool is_kernel;   /* since the last ; or }: the next { is a kernel's */
    bool in_kernel;
} state;

static void brace(state *st, char c)
{
    if (c == '{' && st->depth == 0) st->in_kernel = st->is_kernel;
    if (c == '{' && st->opens_outer && st->depth == 0) st->outer++;
    else if (c == '{') st->depth++;
    else if (c == '}' && st->depth > 0) st->depth--;
    else if (c == '}' && st->outer > 0) st->outer--;
    if (st->depth == 0 && c == '}') st->in_kernel = false;
    if (strchr(";{}", c)) st->opens_outer = st->is_template = st->is_kernel = false;
}

static void words(tt_ctx *c, sim_source *o, state *st, const char *start, const char *s)
{
    if (word_is(start, s, "namespace") || word_is(start, s, "extern"))
        st->opens_outer = true;
    if (word_is(start, s, "template")) st->is_template = true;
    if (word_is(start, s, "__global__")) {
        st->is_kernel = true;
        kernel(c, o, s + strlen("__global__"), st->is_template);
    }
    if (st->depth == 0 && word_is(start, s, "main") && s[4 + strspn(s + 4, " ")] == '(')
        o->has_main = true;
}

bool sim_rewrite(tt_ctx *c, const char *source, sim_source *o)
{
    memset(o, 0, sizeof *o);
    text out = {.c = c};
    state st = {0};
    for (const char *s = source; *s;) {
        const char *after = skip_quoted(s);
        if (after == s && strncmp(s, "<<<", 3) == 0 && out.n > 0) {
            if (st.in_kernel)
                return refuse(c, source, s,
                              "a kernel launches a kernel, which the simulator does not "
                              "have; launch it from the host");
            after = launch(&out, s);
            if (!after)
                return refuse(
                    c, source, s,
                    "a launch is kernel<<<grid, block>>>(arguments), and of this "
                    "one the >>> or the ) is missing");
            s = after;
            continue;
        }
        if (after == s && word_is(source, s, "extern") &&
            (after = dynamic_shared(&out, s, st.depth == 0))) {
            s = after;
            continue;
        }
        after = skip_quoted(s);
        if (after == s) {
            words(c, o, &st, source, s);
            brace(&st, *s);
            after = s + 1;
        }
        put(&out, s, (size_t)(after - s));
        s = after;
    }
    o->text = out.p ? out.p : tt_text(c, "%s", "");
    return o->text != NULL;
}
