/* Task 0.5: a linear model of two weights and a bias, which are set by hand. */
#include "module0_operators/manual.h"

#include "module0_operators/operators.h"

tt_manual *tt_manual_new(tt_ctx *c, double w1, double w2, double b)
{
    tt_manual *m = tt_nn_module(c, tt_manual, "Manual", NULL);
    if (!m) return NULL;
    m->base.forward_number = tt_manual_forward;
    // BEGIN SOLUTION 0.5
    m->w1 = tt_module_number(&m->base, "w1", w1);
    m->w2 = tt_module_number(&m->base, "w2", w2);
    m->b = tt_module_number(&m->base, "b", b);
    // END SOLUTION
    return m->w1 && m->w2 && m->b ? m : NULL;
}

double tt_manual_forward(const tt_module *self, const double *x)
{
    const tt_manual *m = (const tt_manual *)self;
    // BEGIN SOLUTION 0.5
    return tt_op_sigmoid(*m->w1 * x[0] + *m->w2 * x[1] + *m->b);
    // END SOLUTION
}

void tt_manual_by_hand(double weights[3])
{
    // BEGIN SOLUTION 0.5
    weights[0] = -20.0; /* ones lie to the left: the answer falls as x1 grows */
    weights[1] = 0.0;   /* x2 does not matter */
    weights[2] = 10.0;  /* -20 * 0.5 + 10 = 0: the line is x1 = 0.5 */
    // END SOLUTION
}
