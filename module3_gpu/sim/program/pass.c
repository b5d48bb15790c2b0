#include "module3_gpu/sim/program/pass.h"

#include <string.h>

void sim_put(sim_text *t, const char *from, size_t n)
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

void sim_puts(sim_text *t, const char *s)
{
    if (s) sim_put(t, s, strlen(s));
}

void sim_put_quoted(sim_text *t, const char *s)
{
    sim_puts(t, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') sim_puts(t, "\\");
        sim_put(t, *s == '\n' ? " " : s, 1);
    }
    sim_puts(t, "\"");
}

bool sim_in_macro(const sim_pass *p, const char *s)
{
    return p->macro_end && s < p->macro_end;
}

void sim_put_lines(sim_pass *p, const char *from, const char *to)
{
    for (const char *s = from; s < to; s++)
        if (*s == '\n') sim_puts(&p->out, sim_in_macro(p, s) ? "\\\n" : "\n");
}

int sim_line(sim_pass *p, const char *s)
{
    if (s < p->line_at) {
        p->line_at = p->source;
        p->line = 1;
    }
    for (; p->line_at < s; p->line_at++) p->line += *p->line_at == '\n';
    return p->line;
}

bool sim_outside(const sim_pass *p)
{
    return p->depth == 0 || p->braces[p->depth - 1].outside;
}

void sim_put_directive(sim_pass *p, const char *s, const char *directive)
{
    const int line = sim_line(p, s);
    sim_puts(&p->out, tt_text(p->c, "\n#line %d\n%s\n#line %d\n", line, directive, line));
}

void *sim_refuse(sim_pass *p, const char *s, const char *what)
{
    return tti_fail(p->c, TT_ERR_FORMAT, "sim", "%s: line %d: %s: %.*s", p->path,
                    sim_line(p, s), what, (int)strcspn(s, "\r\n"), s);
}
