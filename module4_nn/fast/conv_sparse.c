/* Convolution where most numbers of one operand are 0: see conv_fast.h.
 *
 * Channels lie innermost, (H,W,C): then what a kernel's row covers of the image is one run of
 * KW C numbers, and the whole patch under the window KH such runs. A number d of the gradient that is
 * not 0 adds d times the weights to a patch of dx (spread), and d times a patch of x to dweight
 * (collect). 3x3 and 4 channels are three registers of AVX-512: three multiplications instead of 36.
 */
#include <string.h>

#include "module3_gpu/fast/threads.h"
#include "module4_nn/fast/conv_fast.h"
#include "module4_nn/fast/nn_simd.h"
#include "support/ctx_struct.h"

enum { MOST_CELLS = 1 << 16, LINE = 16, SLACK = 64 };

typedef struct sparse {
    const tti_nn_simd *simd;
    const float *zeros; /* (B,D,I,J), mostly 0, its planes in order */
    tt_layout layout;
    size_t places; /* I J */
    /* The image under the patches, channels innermost: rows x columns x channels. */
    size_t rows, columns, channels, numbers;
    size_t kernel[2];
    int registers;                   /* of a patch */
    uint32_t offset[TTI_PATCH_MOST]; /* of its registers */
    const uint32_t *table;           /* where the patch of place i begins */
    float *room;                     /* for each thread: image, places, values */
    size_t room_one;
    /* spread: */
    const float *weight; /* (D, registers) */
    float *out;
    const int *size; /* of out: rows, columns */
    int base[2];     /* out's row of the image's row 0 */
    /* collect: */
    const float *x;
    tt_layout x_layout;
    int pad[2];
    size_t outs;
    float *parts; /* (pieces, D, registers) */
} sparse;

static size_t up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* How much work the two ways are, in registers: from the first image's share of zeros. Dense tiles and
 * dots reach about half of what they could (//module4_nn:bench, layers); a patch that is spread is read
 * and written, one that is collected only read; and finding the numbers is a pass over them. */
static bool pays(const sparse *g, size_t found, int times)
{
    double lanes = (double)g->simd->lanes, cells = (double)g->layout.shape.dim[1];
    double dense = cells * (double)g->places * (double)g->kernel[0] *
                   (double)(g->kernel[1] * g->channels) / lanes;
    double sparse_way = (double)found * (double)(times * g->registers + 3) +
                        4.0 * cells * (double)g->places / lanes +
                        0.75 * (double)(g->rows * g->columns * g->channels);
    return sparse_way < 1.5 * dense;
}

static float *values_of(const sparse *g, float *room)
{
    return room + up(g->numbers, LINE);
}

static uint32_t *places_of(const sparse *g, float *room)
{
    return (uint32_t *)(values_of(g, room) + up(g->places + SLACK, LINE));
}

/* Where a plane is not 0: its values, and where their patches begin. Returns how many. */
static size_t scan(const sparse *g, size_t image, size_t d, float *room)
{
    uint32_t *place = places_of(g, room);
    float *value = values_of(g, room);
    const float *plane = g->zeros + image * g->layout.stride[0] + d * g->layout.stride[1];
    size_t n = g->simd->nonzeros(plane, g->places, place);
    for (size_t i = 0; i < n; i++) {
        value[i] = plane[place[i]];
        place[i] = g->table[place[i]];
    }
    return n;
}

/* Sets out what both ways need; false where it is not for them. */
static bool sparse_of(sparse *g, const tt_data *zeros, const int kernel[2], int channels)
{
    const tt_layout *l = &zeros->layout;
    const int *dim = l->shape.dim;
    size_t width = (size_t)dim[3];
    g->simd = tti_nn_simd_best();
    g->zeros = zeros->storage->host + l->offset;
    g->layout = *l;
    g->places = (size_t)dim[2] * width;
    g->rows = (size_t)(dim[2] + kernel[0] - 1),
    g->columns = (size_t)(dim[3] + kernel[1] - 1);
    g->channels = (size_t)channels;
    g->kernel[0] = (size_t)kernel[0], g->kernel[1] = (size_t)kernel[1];
    size_t lanes = (size_t)g->simd->lanes;
    size_t row = (g->kernel[1] * g->channels + lanes - 1) / lanes;
    bool in_order = l->stride[3] == 1 && l->stride[2] == width;
    if (!in_order || g->places == 0 || g->places > MOST_CELLS ||
        g->rows * g->columns * g->channels > MOST_CELLS * 4 ||
        row * g->kernel[0] > TTI_PATCH_MOST || row * g->kernel[0] == 0)
        return false;
    g->registers = (int)(row * g->kernel[0]);
    for (size_t r = 0; r < (size_t)g->registers; r++)
        g->offset[r] = (uint32_t)(r / row * g->columns * g->channels + r % row * lanes);
    g->numbers = g->rows * g->columns * g->channels + SLACK;
    g->room_one = up(g->numbers, LINE) + 2 * up(g->places + SLACK, LINE);
    return true;
}

static void fill_table(const sparse *g, uint32_t *table)
{
    size_t width = (size_t)g->layout.shape.dim[3], rows = g->places / width;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < width; j++)
            *table++ = (uint32_t)((i * g->columns + j) * g->channels);
}

/* Memory of a run: for its threads, the table, and `more` numbers. The rest is the run's. */
static float *room_for(tt_ctx *c, sparse *g, int threads, size_t more)
{
    size_t shared = up(g->places, LINE) + up(more, LINE);
    float *room = tti_block_get(c, (shared + g->room_one * (size_t)threads) * sizeof *room);
    if (!room) return NULL;
    fill_table(g, (uint32_t *)room);
    g->table = (const uint32_t *)room;
    g->room = room + shared;
    return room;
}

static int threads_for(const sparse *g)
{
    size_t images = (size_t)g->layout.shape.dim[0];
    size_t cells = (size_t)g->layout.shape.dim[1] * g->places + 2 * g->numbers;
    int threads = tti_threads_for(images * cells);
    return (size_t)threads <= images ? threads : 1;
}

static bool first_image_pays(const sparse *g, int times)
{
    size_t found = 0;
    for (int d = 0; d < g->layout.shape.dim[1]; d++)
        found += scan(g, 0, (size_t)d, g->room);
    return pays(g, found, times);
}

/* ---- spread: out from mostly zeros ------------------------------------------------------------- */

/* weight[d][register]: rows of the patch, channels innermost, as the window meets them. */
static void pack_patches(const sparse *g, float *to, const float *weight,
                         const tt_layout *w, const tt_window *window)
{
    size_t lanes = (size_t)g->simd->lanes, all = (size_t)g->registers * lanes;
    size_t row = all / g->kernel[0];
    memset(to, 0, (size_t)w->shape.dim[1] * all * sizeof *to);
    for (size_t d = 0; d < (size_t)w->shape.dim[1]; d++)
        for (size_t i = 0; i < g->kernel[0]; i++)
            for (size_t j = 0; j < g->kernel[1]; j++) {
                size_t k = window->dilation[0] < 0 ? i : g->kernel[0] - 1 - i;
                size_t l = window->dilation[1] < 0 ? j : g->kernel[1] - 1 - j;
                const float *at =
                    weight + d * w->stride[1] + k * w->stride[2] + l * w->stride[3];
                for (size_t o = 0; o < g->channels; o++)
                    to[d * all + i * row + j * g->channels + o] = at[o * w->stride[0]];
            }
}

/* Row i of out's image, all channels, from the image with channels innermost. */
static void give_row(const sparse *g, float *out, int i, const float *image)
{
    size_t plane = (size_t)g->size[0] * (size_t)g->size[1];
    int from = g->base[1] > 0 ? g->base[1] : 0, end = (int)g->columns + g->base[1];
    int r = i - g->base[0];
    if (end > g->size[1]) end = g->size[1];
    bool there = r >= 0 && r < (int)g->rows && from < end;
    out += (size_t)i * (size_t)g->size[1];
    if (!there || from > 0 || end < g->size[1])
        for (size_t o = 0; o < g->channels; o++)
            memset(out + o * plane, 0, (size_t)g->size[1] * sizeof *out);
    if (there)
        g->simd->separate(out + from, plane,
                          image + ((size_t)r * g->columns + (size_t)(from - g->base[1])) *
                                      g->channels,
                          g->channels, (size_t)(end - from));
}

static void spread_image(const sparse *g, size_t image, float *room)
{
    size_t plane = (size_t)g->size[0] * (size_t)g->size[1];
    size_t all = (size_t)g->registers * (size_t)g->simd->lanes;
    memset(room, 0, g->numbers * sizeof *room);
    for (size_t d = 0; d < (size_t)g->layout.shape.dim[1]; d++) {
        size_t n = scan(g, image, d, room);
        g->simd->spread(g->registers, g->offset, n, places_of(g, room),
                        values_of(g, room), room, g->weight + d * all);
    }
    for (int i = 0; i < g->size[0]; i++)
        give_row(g, g->out + image * g->channels * plane, i, room);
}

static void spread_body(void *user, size_t thread, size_t team)
{
    const sparse *g = user;
    size_t n = (size_t)g->layout.shape.dim[0];
    for (size_t i = n * thread / team; i < n * (thread + 1) / team; i++)
        spread_image(g, i, g->room + thread * g->room_one);
}

static bool plain(const tt_window *w, int d, bool turned)
{
    return w->step[d] == 1 && w->spread[d] == 1 &&
           (w->dilation[d] == 1 || (turned && w->dilation[d] == -1));
}

bool tti_sparse_conv2d(tt_ctx *c, tt_data out, tt_data in, tt_data weight, tt_window window)
{
    const int *w = weight.layout.shape.dim;
    sparse g = {0};
    if (!plain(&window, 0, true) || !plain(&window, 1, true) ||
        !sparse_of(&g, &in, w + 2, w[0]))
        return false;
    int threads = threads_for(&g);
    size_t packed = (size_t)w[1] * (size_t)g.registers * (size_t)g.simd->lanes;
    float *room = room_for(c, &g, threads, packed);
    if (!room) return true;
    bool do_it = first_image_pays(&g, 2);
    if (do_it) {
        g.out = out.storage->host + out.layout.offset;
        g.size = out.layout.shape.dim + 2;
        for (int d = 0; d < 2; d++)
            g.base[d] = window.pad[d] - (window.dilation[d] < 0 ? 0 : w[2 + d] - 1);
        float *patches = room + up(g.places, LINE);
        pack_patches(&g, patches, weight.storage->host + weight.layout.offset,
                     &weight.layout, &window);
        g.weight = patches;
        tti_parallel(threads, spread_body, &g);
    }
    tti_block_put(c, room);
    return do_it;
}

/* ---- collect: the weight's gradient ------------------------------------------------------------- */

/* The image with its border, channels innermost. */
static void take_image(const sparse *g, float *to, const float *image)
{
    const tt_layout *l = &g->x_layout;
    int height = l->shape.dim[2], width = l->shape.dim[3];
    int from = g->pad[1], end = width + g->pad[1];
    if (end > (int)g->columns) end = (int)g->columns;
    memset(to, 0, g->numbers * sizeof *to);
    for (int r = 0; r < (int)g->rows; r++) {
        int y = r - g->pad[0];
        if (y < 0 || y >= height || from >= end) continue;
        g->simd->interleave(to + ((size_t)r * g->columns + (size_t)from) * g->channels,
                            image + (size_t)y * l->stride[2], l->stride[1], g->channels,
                            (size_t)(end - from));
    }
}

static void collect_body(void *user, size_t thread, size_t team)
{
    const sparse *g = user;
    size_t images = (size_t)g->layout.shape.dim[0], pieces = tti_pieces(images);
    size_t all = (size_t)g->registers * (size_t)g->simd->lanes;
    float *room = g->room + thread * g->room_one;
    for (size_t i = pieces * thread / team; i < pieces * (thread + 1) / team; i++) {
        float *part = g->parts + i * g->outs * all;
        memset(part, 0, g->outs * all * sizeof *part);
        for (size_t n = tti_piece_begin(images, i); n < tti_piece_begin(images, i + 1);
             n++) {
            take_image(g, room, g->x + n * g->x_layout.stride[0]);
            for (size_t o = 0; o < g->outs; o++) {
                size_t found = scan(g, n, o, room);
                g->simd->collect(g->registers, g->offset, found, places_of(g, room),
                                 values_of(g, room), room, part + o * all);
            }
        }
    }
}

/* dweight[o,c,i,j] from the registers of patches. */
static void unpack(const sparse *g, float *to, const float *sums)
{
    size_t all = (size_t)g->registers * (size_t)g->simd->lanes, row = all / g->kernel[0];
    for (size_t o = 0; o < g->outs; o++)
        for (size_t c = 0; c < g->channels; c++)
            for (size_t i = 0; i < g->kernel[0]; i++)
                for (size_t j = 0; j < g->kernel[1]; j++)
                    *to++ = sums[o * all + i * row + j * g->channels + c];
}

bool tti_sparse_weight(tt_ctx *c, tt_data dweight, tt_data x, tt_data dy, tt_window window)
{
    const int *w = dweight.layout.shape.dim;
    sparse g = {0};
    if (!plain(&window, 0, false) || !plain(&window, 1, false) || window.pad[0] < 0 ||
        window.pad[1] < 0 || x.layout.stride[3] != 1 || !sparse_of(&g, &dy, w + 2, w[1]))
        return false;
    int threads = threads_for(&g);
    size_t pieces = tti_pieces((size_t)dy.layout.shape.dim[0]);
    size_t sums = (size_t)w[0] * (size_t)g.registers * (size_t)g.simd->lanes;
    float *room = room_for(c, &g, threads, (pieces + 1) * sums);
    if (!room) return true;
    bool do_it = first_image_pays(&g, 1);
    if (do_it) {
        g.x = x.storage->host + x.layout.offset;
        g.x_layout = x.layout;
        g.pad[0] = window.pad[0], g.pad[1] = window.pad[1];
        g.outs = (size_t)w[0];
        float *total = room + up(g.places, LINE);
        g.parts = total + sums;
        tti_parallel(threads, collect_body, &g);
        tti_add_pieces(total, g.parts, pieces, sums);
        unpack(&g, dweight.storage->host + dweight.layout.offset, total);
    }
    tti_block_put(c, room);
    return do_it;
}
