/* The same library from C++: a line through four points.
 *
 *   c++ line.cc $(pkg-config --cflags --libs tinytorch) -o line
 */
#include <tinytorch.h>

#include <cmath>
#include <cstdio>

int main()
{
    tt_ctx *c = tt_ctx_new(nullptr);
    tt_seed(c, 1);
    const float xs[] = {0, 1, 2, 3}, ys[] = {1, 3, 5, 7}; /* y = 2 x + 1 */
    tt_tensor *x = tt_from(c, TT_SHAPE(4, 1), xs), *y = tt_from(c, TT_SHAPE(4, 1), ys);
    tt_module *line = tt_nn_linear(c, nullptr, "line", 1, 1);
    tt_sgd_options options = {};
    options.lr = 0.1f;
    tt_optim *sgd = tt_optim_sgd_with(line, options);

    for (int step = 0; step < 400; step++) {
        TT_SCOPE (c) {
            tt_tensor *error = tt_sub(c, tt_forward(c, line, x), y);
            tt_zero_grad(line);
            tt_backward(tt_mean_all(c, tt_mul(c, error, error)));
            tt_optim_step(sgd);
        }
    }
    double at4 = tt_item(tt_forward(c, line, tt_full(c, TT_SHAPE(1, 1), 4)));
    std::printf("at 4: %.2f\n", at4);
    return tt_exit(c) || std::fabs(at4 - 9) > 0.01;
}
