/* Tensors as parameters of modules. */
#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

static size_t parameter_count(const void *value)
{
    return tt_numel(value);
}

static void parameter_zero_grad(void *value)
{
    tt_zero_grad_of(value);
}

/* value -= rate * gradient, in place and without history. */
static tt_status parameter_descend(tt_ctx *c, void *value, double rate)
{
    tt_tensor *t = value;
    if (!t->grad_set) return TT_OK;
    return tti_backend(t)->axpy(c, t->data, -(float)rate, t->grad->data);
}

static void parameter_print(FILE *out, const void *value)
{
    char text[TT_SHAPE_TEXT];
    fputs(tt_shape_text(tt_shape_of(value), text), out);
}

const tt_parameter_kind tt_tensor_parameter_kind = {.name = "tensor",
                                                    .count = parameter_count,
                                                    .zero_grad = parameter_zero_grad,
                                                    .descend = parameter_descend,
                                                    .print = parameter_print};

/* "fc1.weight": the names from the root of the tree down to m, then `name`. */
static const char *dotted_name(tt_module *m, const char *name)
{
    for (; m; m = m->parent) name = tt_dotted(m->header.ctx, m->name, name);
    return name;
}

tt_tensor *tt_module_tensor(tt_module *m, const char *name, tt_tensor *value)
{
    if (!m || !value || !tt_requires_grad(value, true)) return NULL;
    if (!tt_module_parameter(m, name, &tt_tensor_parameter_kind, value)) return NULL;
    return tt_name(value, dotted_name(m, name));
}

tt_tensor *tt_module_tensor_buffer(tt_module *m, const char *name, tt_tensor *value)
{
    if (!m || !value) return NULL;
    if (!tt_module_buffer(m, name, &tt_tensor_parameter_kind, value)) return NULL;
    return tt_name(value, dotted_name(m, name));
}
