/* Task 4.5: the network for sentences, by its definition and by its gradients.
 * The rules stand in module4_nn/README.md, "Task 4.5". */
#include <criterion/criterion.h>
#include <math.h>

#include "module1_autodiff/optim.h"
#include "module4_nn/loss.h"
#include "module4_nn/sentence_network.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(task4_5, .timeout = 60);

enum { DIM = 3, MAPS = 4, WORDS = 7, SENTENCES = 2 };

static double *cells_of(tt_ctx *c, tt_module *net, const char *name)
{
    tt_parameter *p = tt_find_parameter(net, name);
    cr_assert(p, "there is no parameter %s", name);
    return nn_cells(c, p->value);
}

/* What kernels of k words add to the score of sentence x (dim,words): for each map the largest of
 * max(0, bias + sum) over the words where the kernel begins, times fc's weight; words beyond the end
 * count as 0. */
static double branch_by_definition(tt_ctx *c, tt_module *net, int k, const double *x)
{
    double *weight = cells_of(c, net, tt_text(c, "conv%d.weight", k)); /* (maps,dim,k) */
    double *bias = cells_of(c, net, tt_text(c, "conv%d.bias", k));
    double *fc = cells_of(c, net, tt_text(c, "fc%d.weight", k)); /* (maps,1) */
    double score = *cells_of(c, net, tt_text(c, "fc%d.bias", k));
    for (int m = 0; m < MAPS; m++) {
        double most = 0;
        for (int t = 0; t < WORDS; t++) {
            double sum = bias[m];
            for (int d = 0; d < DIM; d++)
                for (int i = 0; i < k && t + i < WORDS; i++)
                    sum += weight[(m * DIM + d) * k + i] * x[d * WORDS + t + i];
            most = fmax(most, sum);
        }
        score += fc[m] * most;
    }
    return score;
}

Test(task4_5, a_sentence_scores_what_its_largest_features_add_up_to)
{
    tt_ctx *c = nn_begin(5);
    tt_module *net = tt_nn_sentence_cnn(c, DIM, MAPS, 0.5f);
    cr_assert(net, "%s", tt_error(c));
    tt_eval(net);
    tt_tensor *x = nn_random(c, TT_SHAPE(SENTENCES, DIM, WORDS));
    double *cells = nn_cells(c, x), want[SENTENCES] = {0};
    for (int b = 0; b < SENTENCES; b++)
        for (int k = 3; k <= 5; k++)
            want[b] += branch_by_definition(c, net, k, cells + b * DIM * WORDS);
    nn_expect(c, tt_forward(c, net, x), TT_SHAPE(SENTENCES, 1), want, "4.5",
              "the network for sentences");
    tt_ctx_free(c);
}

Test(task4_5, sentences_shorter_than_a_kernel_have_a_score)
{
    tt_ctx *c = nn_begin(5);
    tt_module *net = tt_nn_sentence_cnn(c, DIM, MAPS, 0.5f);
    tt_tensor *score = tt_forward(c, net, nn_random(c, TT_SHAPE(1, DIM, 1)));
    cr_assert(score, "%s", tt_error(c));
    cr_expect(isfinite(tt_item(score)));
    tt_ctx_free(c);
}

Test(task4_5, dropout_puts_features_out_while_the_sentence_network_trains)
{
    tt_ctx *c = nn_begin(5);
    tt_module *net = tt_nn_sentence_cnn(c, DIM, MAPS, 1.0f);
    tt_tensor *x = nn_random(c, TT_SHAPE(1, DIM, WORDS));
    double only_bias = 0;
    for (int k = 3; k <= 5; k++)
        only_bias += *cells_of(c, net, tt_text(c, "fc%d.bias", k));
    NN_EXPECT(c, tt_forward(c, net, x), TT_SHAPE(1, 1), "4.5", "at rate 1 in training",
              only_bias);
    tt_eval(net);
    tt_tensor *score = tt_forward(c, net, x);
    cr_assert(score, "%s", tt_error(c));
    cr_expect(fabs((double)tt_item(score) - only_bias) > 1e-4,
              "dropout is off after tt_eval");
    tt_ctx_free(c);
}

Test(task4_5, every_parameter_of_the_sentence_network_gets_a_gradient)
{
    tt_ctx *c = nn_begin(2);
    tt_module *net = tt_nn_sentence_cnn(c, DIM, MAPS, 0.0f);
    tt_tensor *x = nn_random(c, TT_SHAPE(4, DIM, WORDS));
    tt_tensor *y = tt_from(c, TT_SHAPE(4, 1), (float[]){0, 1, 1, 0});
    tt_tensor *loss = tt_bce_with_logits(c, tt_forward(c, net, x), y);
    cr_assert_eq(tt_backward(loss), TT_OK, "%s", tt_error(c));
    tt_parameter_list list = tt_named_parameters(c, net);
    cr_assert_eq(list.n, 12);
    for (size_t i = 0; i < list.n; i++) {
        tt_tensor *g = tt_grad(list.at[i].parameter->value);
        cr_assert(g, "%s has no gradient: is it used by forward?", list.at[i].name);
        double *v = nn_cells(c, g), most = 0;
        for (size_t n = 0; n < tt_numel(g); n++) most = fmax(most, fabs(v[n]));
        cr_expect(most > 0, "the gradient of %s is 0 everywhere", list.at[i].name);
    }
    tt_ctx_free(c);
}
