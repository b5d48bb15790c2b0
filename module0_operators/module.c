/* Task 0.4: the module tree. The learner writes four walks over it (tt_train, tt_eval,
 * tt_collect_parameters, tt_named_parameters); how the tree is built, searched and printed is
 * given.
 *
 * Children and parameters are linked lists in the order they were added. A pointer to the last
 * link makes adding at the end one assignment. */
#include "module0_operators/module.h"

#include <math.h>
#include <string.h>

#include "support/ctx_struct.h"

/* ---- Task 0.4 ---------------------------------------------------------------------- */

void tt_train(tt_module *m, bool training)
{
    if (!m) return;
    // BEGIN SOLUTION 0.4
    m->training = training;
    for (tt_module *child = m->children; child; child = child->next)
        tt_train(child, training);
    // END SOLUTION
}

void tt_eval(tt_module *m)
{
    if (!m) return;
    // BEGIN SOLUTION 0.4
    tt_train(m, false);
    // END SOLUTION
}

void tt_collect_parameters(tt_ctx *c, tt_module *m, const char *prefix,
                           tt_parameter_list *list)
{
    if (!m) return;
    // BEGIN SOLUTION 0.4
    for (tt_parameter *p = m->parameters; p; p = p->next)
        tt_parameter_list_add(c, list, tt_dotted(c, prefix, p->name), p);
    for (tt_module *child = m->children; child; child = child->next)
        tt_collect_parameters(c, child, tt_dotted(c, prefix, child->name), list);
    // END SOLUTION
}

tt_parameter_list tt_named_parameters(tt_ctx *c, tt_module *m)
{
    // BEGIN SOLUTION 0.4
    tt_parameter_list list = {0};
    tt_collect_parameters(c, m, "", &list);
    return list;
    // END SOLUTION
}

/* What they need. The list doubles its room when it is full, so n additions copy fewer
 * than 2n. */

void tt_parameter_list_add(tt_ctx *c, tt_parameter_list *list, const char *name,
                           tt_parameter *p)
{
    if (!name || !p) return; /* memory was out: the error sticks in c */
    if (list->n == list->room) {
        size_t room = list->room ? 2 * list->room : 8;
        tt_named_parameter *at = tt_alloc(c, room * sizeof *at);
        if (!at) return;
        if (list->n) memcpy(at, list->at, list->n * sizeof *at);
        list->at = at;
        list->room = room;
    }
    list->at[list->n++] = (tt_named_parameter){.name = name, .parameter = p};
}

const char *tt_dotted(tt_ctx *c, const char *prefix, const char *name)
{
    if (!prefix || !name) return NULL;
    return prefix[0] ? tt_text(c, "%s.%s", prefix, name) : name;
}

/* ---- building the tree ------------------------------------------------------------- */

tt_module *tt_module_new(tt_ctx *c, size_t bytes, const char *kind, tt_forward_fn *forward)
{
    if (!c || tt_error(c)) return NULL;
    if (bytes < sizeof(tt_module))
        return tti_fail(c, TT_ERR_VALUE, "tt_module_new",
                        "%zu bytes cannot hold a tt_module, which takes %zu; the struct "
                        "must begin with one",
                        bytes, sizeof(tt_module));
    tt_module *m = tti_header_new(c, bytes);
    if (!m) return NULL;
    memset((char *)m + sizeof(tt_header), 0, bytes - sizeof(tt_header));
    m->kind = tt_text(c, "%s", kind && kind[0] ? kind : "Module");
    m->name = "";
    m->last_parameter = &m->parameters;
    m->last_buffer = &m->buffers;
    m->last_child = &m->children;
    m->training = true;
    m->forward = forward;
    return m->kind ? m : NULL;
}

/* True when m may be built on or searched: it is there, it lives (where that is checked), and
 * there is no error to which one more would only be noise. */
static bool ready(const tt_module *m)
{
    return m && m->header.ctx && !tt_error(m->header.ctx);
}

/* m's child of that name, or NULL. The name has `length` characters and need not end
 * there: it may be part of a dotted one. */
static tt_module *child_called(const tt_module *m, const char *name, size_t length)
{
    for (tt_module *child = m->children; child; child = child->next)
        if (strlen(child->name) == length && memcmp(child->name, name, length) == 0)
            return child;
    return NULL;
}

/* The parameter, or buffer, of that name in a list of them, or NULL. */
static tt_parameter *called(tt_parameter *p, const char *name)
{
    while (p && strcmp(p->name, name) != 0) p = p->next;
    return p;
}

/* Children, parameters and buffers share one space of names, as attributes do in Python. */
static bool name_allowed(tt_module *m, const char *function, const char *name)
{
    const char *why = NULL;
    if (!name || !name[0]) why = "a name must not be empty";
    else if (strchr(name, '.'))
        why = "a name must not hold a dot: dots join the names of a path";
    else if (called(m->parameters, name)) why = "it has a parameter of that name already";
    else if (called(m->buffers, name)) why = "it has a buffer of that name already";
    else if (child_called(m, name, strlen(name)))
        why = "it has a child of that name already";
    if (why)
        tti_fail(m->header.ctx, TT_ERR_NAME, function, "cannot add \"%s\" to %s: %s",
                 name ? name : "(null)", m->kind, why);
    return !why;
}

/* Whether the child's scope ends while the parent lives on. The child is in the parent's
 * context or an ancestor: there, what counts is how many scopes were open when the
 * context below was made. */
static bool dies_before(const tt_module *child, const tt_module *parent)
{
    uint32_t level = parent->header.level;
    for (const tt_ctx *c = parent->header.ctx; c != child->header.ctx; c = c->parent)
        level = c->born;
    return child->header.level > level;
}

static bool child_allowed(tt_module *parent, const char *name, tt_module *child)
{
    tt_ctx *c = parent->header.ctx;
    if (child->parent) {
        tti_fail(c, TT_ERR_NAME, "tt_module_add",
                 "cannot add \"%s\" to %s: the %s is \"%s\" in a %s already", name,
                 parent->kind, child->kind, child->name, child->parent->kind);
        return false;
    }
    for (const tt_module *up = parent; up; up = up->parent) {
        if (up != child) continue;
        tti_fail(c, TT_ERR_NAME, "tt_module_add",
                 "cannot add \"%s\" to %s: the tree would become a ring", name,
                 parent->kind);
        return false;
    }
    if (dies_before(child, parent)) {
        tti_fail(
            c, TT_ERR_OWNER, "tt_module_add",
            "cannot add \"%s\" to %s: it was made in a TT_SCOPE that ends before the %s "
            "does; make it outside of the scope",
            name, parent->kind, parent->kind);
        return false;
    }
    return true;
}

/* A child that lives on after its parent must forget it. */
static void detach(void *object)
{
    tt_module *child = object;
    child->parent = child->next = NULL;
    child->name = "";
}

tt_module *tt_module_add(tt_module *parent, const char *name, tt_module *child)
{
    if (!ready(parent) || !child) return NULL;
    tt_ctx *c = parent->header.ctx;
    if (!name_allowed(parent, "tt_module_add", name) ||
        !tti_usable(c, &child->header, "tt_module_add", "child", name) ||
        !tti_outlives(c, &parent->header, "tt_module_add", "the name of a child") ||
        !child_allowed(parent, name, child))
        return NULL;
    const char *copy = tt_text(c, "%s", name);
    if (!copy) return NULL;
    bool lives_on = child->header.ctx != c || child->header.level < parent->header.level;
    if (lives_on && !tti_on_release(c, detach, child)) return NULL;
    child->name = copy;
    child->parent = parent;
    *parent->last_child = child;
    parent->last_child = &child->next;
    return child;
}

/* A new parameter or buffer at the end of its list, whose last link is *last. */
static tt_parameter *append(tt_module *m, tt_parameter ***last, const char *who,
                            const char *name, const tt_parameter_kind *kind, void *value)
{
    if (!ready(m) || !value) return NULL;
    tt_ctx *c = m->header.ctx;
    if (!name_allowed(m, who, name) || !tti_outlives(c, &m->header, who, "a parameter"))
        return NULL;
    tt_parameter *p = tt_alloc(c, sizeof *p);
    const char *copy = tt_text(c, "%s", name);
    if (!p || !copy) return NULL;
    *p = (tt_parameter){.name = copy, .kind = kind, .value = value};
    **last = p;
    *last = &p->next;
    return p;
}

tt_parameter *tt_module_parameter(tt_module *m, const char *name,
                                  const tt_parameter_kind *kind, void *value)
{
    return m ? append(m, &m->last_parameter, "tt_module_parameter", name, kind, value)
             : NULL;
}

tt_parameter *tt_module_buffer(tt_module *m, const char *name,
                               const tt_parameter_kind *kind, void *value)
{
    return m ? append(m, &m->last_buffer, "tt_module_buffer", name, kind, value) : NULL;
}

static void collect_buffers(tt_ctx *c, tt_module *m, const char *prefix,
                            tt_parameter_list *list)
{
    for (tt_parameter *p = m->buffers; p; p = p->next)
        tt_parameter_list_add(c, list, tt_dotted(c, prefix, p->name), p);
    for (tt_module *child = m->children; child; child = child->next)
        collect_buffers(c, child, tt_dotted(c, prefix, child->name), list);
}

tt_parameter_list tt_named_buffers(tt_ctx *c, tt_module *m)
{
    tt_parameter_list list = {0};
    if (m) collect_buffers(c, m, "", &list);
    return list;
}

/* ---- parameters that are plain numbers --------------------------------------------- */

static size_t number_count(const void *value)
{
    (void)value;
    return 1;
}

static void number_zero_grad(void *value)
{
    (void)value;
}

static tt_status number_descend(tt_ctx *c, void *value, double rate)
{
    (void)value;
    (void)rate;
    return tti_fail_status(
        c, TT_ERR_VALUE, "tt_optim_step",
        "a plain number has no gradient to follow; make the parameter a "
        "tt_scalar (module 1) or a tt_tensor (module 2)");
}

static void number_print(FILE *out, const void *value)
{
    fprintf(out, "%.6g", *(const double *)value);
}

double *tt_module_number(tt_module *m, const char *name, double x)
{
    static const tt_parameter_kind number = {"number", number_count, number_zero_grad,
                                             number_descend, number_print};
    if (!ready(m)) return NULL;
    double *value = tt_alloc(m->header.ctx, sizeof *value);
    if (!value || !tt_module_parameter(m, name, &number, value)) return NULL;
    *value = x;
    return value;
}

/* ---- finding ----------------------------------------------------------------------- */

/* The names that a message lists: as many as fit, and how many more there are. Written
 * without tt_collect_parameters, so that messages work while Task 0.4 is still to do. */
typedef struct name_list {
    char text[480];
    size_t used;
    size_t left_out;
} name_list;

static void list_name(name_list *list, const char *prefix, const char *name)
{
    size_t room = sizeof list->text - list->used;
    int n = snprintf(list->text + list->used, room, "%s%s%s%s", list->used ? ", " : "",
                     prefix, prefix[0] ? "." : "", name);
    if (n < 0 || (size_t)n >= room) {
        list->text[list->used] = '\0';
        list->left_out++;
        return;
    }
    list->used += (size_t)n;
}

static void list_names(name_list *list, const tt_module *m, const char *prefix, bool modules)
{
    for (const tt_parameter *p = modules ? NULL : m->parameters; p; p = p->next)
        list_name(list, prefix, p->name);
    for (const tt_module *child = m->children; child; child = child->next) {
        char path[256];
        int n = snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] ? "." : "",
                         child->name);
        if (modules) list_name(list, prefix, child->name);
        if (n < 0 || (size_t)n >= sizeof path)
            list->left_out++; /* too deep for a message */
        else list_names(list, child, path, modules);
    }
}

static void *not_found(tt_module *m, const char *function, const char *dotted, bool modules)
{
    name_list list = {.text = ""};
    list_names(&list, m, "", modules);
    char more[48] = "";
    if (list.left_out) snprintf(more, sizeof more, " and %zu more", list.left_out);
    return tti_fail(m->header.ctx, TT_ERR_NAME, function,
                    "%s has no %s called \"%s\"; it has %s%s", m->kind,
                    modules ? "module" : "parameter", dotted ? dotted : "(null)",
                    list.used ? list.text : "none", more);
}

/* Goes down from m by the names before each dot; *rest is what stands behind the last
 * one. */
static tt_module *go_down(tt_module *m, const char *dotted, const char **rest)
{
    const char *dot;
    while (m && (dot = strchr(dotted, '.')) != NULL) {
        m = child_called(m, dotted, (size_t)(dot - dotted));
        dotted = dot + 1;
    }
    *rest = dotted;
    return m;
}

tt_parameter *tt_find_parameter(tt_module *m, const char *dotted)
{
    if (!ready(m)) return NULL;
    const char *name = NULL;
    tt_module *at = dotted ? go_down(m, dotted, &name) : NULL;
    tt_parameter *p = at ? called(at->parameters, name) : NULL;
    return p ? p : not_found(m, "tt_find_parameter", dotted, false);
}

tt_module *tt_find_module(tt_module *m, const char *dotted)
{
    if (!ready(m)) return NULL;
    if (dotted && !dotted[0]) return m;
    const char *name = NULL;
    tt_module *at = dotted ? go_down(m, dotted, &name) : NULL;
    tt_module *found = at ? child_called(at, name, strlen(name)) : NULL;
    return found ? found : not_found(m, "tt_find_module", dotted, true);
}

/* ---- using ------------------------------------------------------------------------- */

size_t tt_module_count(const tt_module *m)
{
    if (!m) return 0;
    size_t n = 0;
    for (const tt_parameter *p = m->parameters; p; p = p->next)
        n += p->kind->count(p->value);
    for (const tt_module *child = m->children; child; child = child->next)
        n += tt_module_count(child);
    return n;
}

void tt_zero_grad(tt_module *m)
{
    if (!m) return;
    for (tt_parameter *p = m->parameters; p; p = p->next) p->kind->zero_grad(p->value);
    for (tt_module *child = m->children; child; child = child->next) tt_zero_grad(child);
}

/* True when m lives and c may use it. Nothing of m but its header is read before that. */
static bool usable(tt_ctx *c, const tt_module *m, const char *function)
{
    return tti_usable(c, &m->header, function, "module", m->header.ctx ? m->kind : NULL);
}

static void no_forward(tt_ctx *c, const tt_module *m, const char *function,
                       const char *numbers)
{
    tti_fail(c, TT_ERR_VALUE, function, "module %s%s%s%s has no forward for %s", m->kind,
             m->name[0] ? " \"" : "", m->name, m->name[0] ? "\"" : "", numbers);
}

tt_tensor *tt_forward(tt_ctx *c, tt_module *m, tt_tensor *x)
{
    if (!c || !m || !x || !usable(c, m, "tt_forward")) return NULL;
    if (m->forward) return m->forward(c, m, x);
    no_forward(c, m, "tt_forward", "tensors");
    return NULL;
}

void tts_forward(tt_ctx *c, tt_module *m, tt_scalar *const *x, tt_scalar **y)
{
    if (!c || !m || !x || !y || !usable(c, m, "tts_forward")) return;
    if (m->forward_scalars) m->forward_scalars(c, m, x, y);
    else no_forward(c, m, "tts_forward", "scalars");
}

double tt_forward_number(const tt_module *m, const double *x)
{
    if (!ready(m) || !x) return (double)NAN;
    if (m->forward_number) return m->forward_number(m, x);
    no_forward(m->header.ctx, m, "tt_forward_number", "numbers");
    return (double)NAN;
}

static void print_indented(FILE *out, const tt_module *m, int indent)
{
    fprintf(out, "%*s%s%s%s", indent, "", m->name, m->name[0] ? ": " : "", m->kind);
    for (const tt_parameter *p = m->parameters; p; p = p->next) {
        fprintf(out, "%s%s ", p == m->parameters ? "  " : ", ", p->name);
        p->kind->print(out, p->value);
    }
    putc('\n', out);
    for (const tt_module *child = m->children; child; child = child->next)
        print_indented(out, child, indent + 2);
}

void tt_module_print(FILE *out, const tt_module *m)
{
    if (m) print_indented(out, m, 0);
}
