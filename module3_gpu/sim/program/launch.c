/* k<<<grid, block, bytes>>>(arguments) */
#include <ctype.h>
#include <string.h>

#include "module3_gpu/sim/program/pass.h"
#include "module3_gpu/sim/program/token.h"

/* Where the bracket was opened that is closed before `at`. */
static size_t opened(const sim_text *t, size_t at)
{
    const char close = t->p[at - 1];
    const char open = close == '>' ? '<' : close == ')' ? '(' : '[';
    int depth = 0;
    do {
        at--;
        depth += (t->p[at] == close) - (t->p[at] == open);
    } while (at > 0 && depth > 0);
    return at;
}

static bool ends_with(const sim_text *t, size_t at, const char *end)
{
    const size_t n = strlen(end);
    return at >= n && strncmp(t->p + at - n, end, n) == 0;
}

/* Where in what is already written the expression before <<< begins: name, ns::name, name<4>,
 * names[i], a.name, (c ? one : other). */
static size_t kernel_begin(const sim_text *t)
{
    size_t at = t->n;
    while (at > 0 && isspace((unsigned char)t->p[at - 1])) at--;
    for (;;) {
        while (at > 0 && strchr(">])", t->p[at - 1]) && !ends_with(t, at, "->"))
            at = opened(t, at);
        while (at > 0 && sim_part_of_name(t->p[at - 1])) at--;
        if (ends_with(t, at, "::") || ends_with(t, at, "->")) at -= 2;
        else if (ends_with(t, at, ".")) at--;
        else return at;
    }
}

/* The arguments of a template, whose types follow from them: of NULL alone none would. */
static void put_deduced(sim_pass *p, const char *open, const char *close)
{
    for (const char *from = open + 1; from <= close;) {
        const char *stop = sim_find(from, ")", true);
        const char *word = sim_skip_blank(from), *end = sim_token_end(word);
        const bool null = sim_token_is(word, end, "NULL") && sim_skip_blank(end) == stop;
        if (from == open + 1 && word == close) break;
        sim_puts(&p->out, ", ");
        if (null) sim_puts(&p->out, "nullptr");
        else sim_put(&p->out, from, (size_t)(stop - from));
        from = stop + 1;
    }
    sim_puts(&p->out, ")");
}

static void put_sizes(sim_pass *p, const char *from, const char *end)
{
    int parts = 0;
    for (; from <= end && parts < 3; parts++) {
        const char *stop = sim_find(from, ">>>", true);
        sim_puts(&p->out, ", ");
        sim_put(&p->out, from, (size_t)(stop - from));
        from = stop + 1;
    }
    sim_puts(&p->out, parts < 3 ? ", 0, " : ", ");
}

/* What has the kernel's type: a pointer to it, or the name of one function. NULL: which kernel is meant
 * only a call can say. */
static const char *type_of(const sim_pass *p, const char *kernel, const char *s)
{
    const char last = kernel[strlen(kernel) - 1];
    if (last == ']' || last == ')') return kernel;
    return sim_in_macro(p, s) ? NULL : sim_kernel_plain(p, kernel);
}

/* Of `kernel` <<< .. `end` >>> .. `open` ( .. `close` ); NULL: nothing. */
static const char *what_is_wrong(size_t kernel_length, const char *s, const char *end,
                                 const char *open, const char *close)
{
    if (kernel_length == 0) return "before <<< stands no kernel";
    if (!end)
        return "a launch is kernel<<<grid, block>>>(arguments), and of this one the >>> "
               "is missing";
    if (sim_find(s + 3, ">>>", true) == end)
        return "a launch is kernel<<<grid, block>>>(arguments), and this one has no "
               "block";
    if (*open != '(')
        return "a launch is kernel<<<grid, block>>>(arguments), and of this one the "
               "(arguments) are missing";
    if (!close)
        return "a launch is kernel<<<grid, block>>>(arguments), and of this one the ) is "
               "missing";
    return NULL;
}

static void put_kernel(sim_pass *p, const char *kernel, const char *type)
{
    if (type)
        sim_puts(&p->out,
                 tt_text(p->c, "%s, tti_parameters<std::decay_t<decltype(%s)>>::pack",
                         kernel, type));
    else sim_puts(&p->out, tt_text(p->c, "[=](auto... tt_a) { %s(tt_a...); }", kernel));
}

const char *sim_launch(sim_pass *p, const char *s)
{
    if (p->depth > 0 && p->braces[p->depth - 1].kernel)
        return sim_refuse(p, s,
                          "a kernel launches a kernel, which the simulator does not "
                          "have; launch it from the host");
    const size_t from = kernel_begin(&p->out);
    char *kernel = tt_text(p->c, "%s", p->out.p + from);
    size_t length = kernel ? strlen(kernel) : 0;
    while (length > 0 && isspace((unsigned char)kernel[length - 1])) kernel[--length] = 0;
    const char *end = sim_find(s + 3, ">>>", false);
    const char *open = end ? sim_skip_blank(end + 3) : "";
    const char *close = *open == '(' ? sim_find(open + 1, ")", false) : NULL;
    const char *wrong = what_is_wrong(length, s, end, open, close);
    if (wrong) return sim_refuse(p, s, wrong);
    const char *type = type_of(p, kernel, s);
    p->out.n = from;
    sim_puts(&p->out, type ? "tt_sim_launch_with(" : "tt_sim_launch_call(");
    if (sim_in_macro(p, s)) sim_puts(&p->out, tt_text(p->c, "TT_SIM_TEXT(%s)", kernel));
    else sim_put_quoted(&p->out, kernel);
    put_sizes(p, s + 3, end);
    put_kernel(p, kernel, type);
    sim_put_lines(p, end, open);
    if (!type) put_deduced(p, open, close);
    else {
        sim_put(&p->out, open, (size_t)(close + 1 - open));
        sim_puts(&p->out, ")");
    }
    return close + 1;
}
