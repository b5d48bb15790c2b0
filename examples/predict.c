/* Load a trained network, say what images show, save a copy.
 *
 *   bazel run -c opt //module4_nn:train -- --model mlp --hidden 128 --save mlp.safetensors
 *   bazel run -c opt //examples:predict -- mlp.safetensors shirt.png bag.png
 */
#include "tinytorch.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc < 3) return fprintf(stderr, "predict WEIGHTS.safetensors IMAGE...\n"), 2;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *net = tt_nn_mlp(c, 28 * 28, 128, 10);
    if (tt_load(c, argv[1], net, NULL) !=
        TT_OK) /* all or nothing: what does not fit is named */
        return tt_exit(c);
    tt_eval(net);
    tt_no_grad(c);
    for (int i = 2; i < argc; i++)
        TT_SCOPE (c) {
            tt_tensor *x = tt_image(c, argv[i], TT_SHAPE(1, 28, 28));
            tt_tensor *p = tt_softmax(c, tt_forward(c, net, x), 1); /* NULL in, NULL out */
            if (p) printf("%s: class %g\n", argv[i], (double)tt_item(tt_argmax(c, p, 1)));
        }
    tt_save(c, "copy.safetensors", net,
            NULL); /* fourth argument: an optimiser, to go on training */
    return tt_exit(c);
}
