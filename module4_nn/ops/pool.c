#include "module4_nn/ops/pool.h"

#include "module4_nn/ops/max.h"
#include "module4_nn/ops/shortcuts.h"

/* Whether tiles of kh x kw cover x exactly. */
static bool tiles_fit(tt_ctx *c, const char *who, tt_tensor *x, int kh, int kw)
{
    char text[TT_SHAPE_TEXT];
    if (!x || tt_error(c)) return false;
    tt_shape s = tt_shape_of(x);
    if (s.ndim == 4 && kh > 0 && kw > 0 && s.dim[2] % kh == 0 && s.dim[3] % kw == 0)
        return true;
    tt_shape_text(s, text);
    if (s.ndim != 4)
        tti_fail(c, TT_ERR_SHAPE, who, "image is %s; needed is (B,C,H,W) (%s)", text,
                 tt_node_label(&x->node));
    else
        tti_fail(
            c, TT_ERR_SHAPE, who,
            "tiles of %dx%d do not divide the image %s: its height is %d, its width %d "
            "(%s)",
            kh, kw, text, s.dim[2], s.dim[3], tt_node_label(&x->node));
    return false;
}

/* Tiles that fit: (B,C,H,W) -> (B,C,nh,nw,kh kw). */
static tt_tensor *tiled(tt_ctx *c, tt_tensor *x, int kh, int kw)
{
    // BEGIN SOLUTION 4.3
    tt_shape s = tt_shape_of(x);
    int batch = s.dim[0], channels = s.dim[1], nh = s.dim[2] / kh, nw = s.dim[3] / kw;
    x = tt_view(c, tt_contiguous(c, x), TT_SHAPE(batch, channels, nh, kh, nw, kw));
    x = tt_permute(c, x, (int[]){0, 1, 2, 4, 3, 5}); /* (B,C,nh,nw,kh,kw) */
    return tt_view(c, tt_contiguous(c, x), TT_SHAPE(batch, channels, nh, nw, kh * kw));
    // END SOLUTION
}

/* (B,C,nh,nw,1) -> (B,C,nh,nw) */
static tt_tensor *without_last(tt_ctx *c, tt_tensor *x)
{
    tt_shape s = tt_shape_of(x);
    s.ndim = 4;
    return tt_view(c, x, s);
}

tt_tensor *tt_tile2d(tt_ctx *c, tt_tensor *x, int kh, int kw)
{
    return tiles_fit(c, "tt_tile2d", x, kh, kw) ? tiled(c, x, kh, kw) : NULL;
}

tt_tensor *tt_avgpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw)
{
    if (!tiles_fit(c, "tt_avgpool2d", x, kh, kw)) return NULL;
    if (TTI_SHORTCUT(x, avgpool2d)) return tti_avgpool2d(c, x, kh, kw);
    // BEGIN SOLUTION 4.3
    return without_last(c, tt_mean(c, tiled(c, x, kh, kw), 4));
    // END SOLUTION
}

tt_tensor *tt_maxpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw)
{
    if (!tiles_fit(c, "tt_maxpool2d", x, kh, kw)) return NULL;
    if (TTI_SHORTCUT(x, maxpool2d)) return tti_maxpool2d(c, x, kh, kw);
    // BEGIN SOLUTION 4.4
    return without_last(c, tt_max(c, tiled(c, x, kh, kw), 4));
    // END SOLUTION
}
