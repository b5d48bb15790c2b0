/* Tensors as text: nested brackets, long dimensions shortened. */
#include <stdlib.h>

#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

enum { SHOWN = 8 }; /* a dimension longer than this shows its first and last SHOWN / 2 */

/* Prints the cells below index[0 .. d-1]. Depth is at most TT_MAX_DIMS. */
static void print_level(FILE *out, tt_tensor *a, int *index, int d)
{
    tt_shape shape = tt_shape_of(a);
    if (d == shape.ndim) {
        fprintf(out, "%.4g", (double)tt_get(a, index));
        return;
    }
    fputc('[', out);
    for (int i = 0; i < shape.dim[d]; i++) {
        if (i) fputc(' ', out);
        if (shape.dim[d] > SHOWN && i == SHOWN / 2) {
            fputs("... ", out);
            i = shape.dim[d] - SHOWN / 2;
        }
        index[d] = i;
        print_level(out, a, index, d + 1);
    }
    fputc(']', out);
}

char *tt_text_of(tt_ctx *c, tt_tensor *a)
{
    if (!a) return NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return tti_fail(c, TT_ERR_MEMORY, "tt_text_of", "no memory for a text");
    int index[TT_MAX_DIMS] = {0};
    print_level(out, a, index, 0);
    char *copy = fclose(out) == 0
                     ? tt_text(c, "%s", text)
                     : tti_fail(c, TT_ERR_MEMORY, "tt_text_of", "no memory for a text");
    free(text);
    return copy;
}

void tt_print(tt_tensor *a)
{
    if (!a || !tti_owner(a, "tt_print")) return;
    char shape[TT_SHAPE_TEXT];
    int index[TT_MAX_DIMS] = {0};
    if (a->node.name) printf("%s ", a->node.name);
    printf("%s ", tt_shape_text(tt_shape_of(a), shape));
    print_level(stdout, a, index, 0);
    putchar('\n');
}
