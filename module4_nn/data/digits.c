/* Drawn digits: see tt_data_digits in data.h.
 *
 * A digit is a few strokes through control points. For each image the points are shaken, as a hand
 * would, the whole is sheared, turned, stretched and moved, and a pen of random width follows the
 * curves; then come spots and noise. Every choice is a number of the image's own piece of the data
 * stream, so that image i is the same however many are drawn, and in whatever order.
 */
#include <math.h>
#include <string.h>

#include "module4_nn/data/data.h"
#include "support/random.h"

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10, MAX_STROKES = 3, MAX_POINTS = 9 };

typedef struct point {
    float x, y; /* x to the right, y down */
} point;

typedef struct stroke {
    int n;
    point at[MAX_POINTS];
} stroke;

typedef struct glyph {
    int n;
    stroke strokes[MAX_STROKES];
} glyph;

/* In a box from (0,0) to (1,1). A corner is where one stroke ends and the next begins. */
/* clang-format off */
static const glyph glyphs[CLASSES] = {
    {1, {{9, {{.50f, .00f}, {.83f, .18f}, {.90f, .50f}, {.83f, .82f}, {.50f, 1.0f},
              {.17f, .82f}, {.10f, .50f}, {.17f, .18f}, {.50f, .00f}}}}},
    {2, {{2, {{.28f, .22f}, {.55f, .00f}}},
         {2, {{.55f, .00f}, {.55f, 1.0f}}}}},
    {2, {{7, {{.14f, .25f}, {.28f, .05f}, {.58f, .00f}, {.82f, .20f}, {.74f, .45f},
              {.44f, .72f}, {.12f, 1.0f}}},
         {2, {{.12f, 1.0f}, {.90f, .98f}}}}},
    {2, {{5, {{.14f, .12f}, {.45f, .00f}, {.80f, .15f}, {.74f, .40f}, {.42f, .48f}}},
         {5, {{.42f, .48f}, {.80f, .58f}, {.85f, .83f}, {.50f, 1.0f}, {.10f, .88f}}}}},
    {3, {{2, {{.62f, .00f}, {.08f, .66f}}},
         {2, {{.08f, .66f}, {.94f, .64f}}},
         {2, {{.70f, .32f}, {.66f, 1.0f}}}}},
    {3, {{2, {{.84f, .00f}, {.26f, .02f}}},
         {2, {{.26f, .02f}, {.18f, .46f}}},
         {6, {{.18f, .46f}, {.50f, .36f}, {.85f, .55f}, {.80f, .86f}, {.45f, 1.0f},
              {.10f, .88f}}}}},
    {1, {{9, {{.74f, .02f}, {.40f, .16f}, {.16f, .52f}, {.20f, .86f}, {.50f, 1.0f},
              {.80f, .86f}, {.80f, .62f}, {.52f, .50f}, {.20f, .70f}}}}},
    {2, {{2, {{.10f, .02f}, {.90f, .00f}}},
         {3, {{.90f, .00f}, {.58f, .45f}, {.40f, 1.0f}}}}},
    {2, {{7, {{.50f, .47f}, {.20f, .30f}, {.25f, .07f}, {.50f, .00f}, {.75f, .07f},
              {.80f, .30f}, {.50f, .47f}}},
         {7, {{.50f, .47f}, {.12f, .70f}, {.20f, .94f}, {.50f, 1.0f}, {.80f, .94f},
              {.88f, .70f}, {.50f, .47f}}}}},
    {1, {{9, {{.28f, .98f}, {.62f, .84f}, {.84f, .48f}, {.80f, .14f}, {.50f, .00f},
              {.20f, .14f}, {.20f, .38f}, {.48f, .50f}, {.80f, .30f}}}}},
};
/* clang-format on */

/* ---- chance ----------------------------------------------------------------------------------- */

/* An image's own piece of the stream: DRAWS numbers, taken one after the other. */
typedef struct dice {
    tt_rng r;
    uint64_t next;
} dice;

enum { DRAW_BITS = 12, PART_BITS = 48 };

static dice dice_of(uint64_t seed, bool test, int image)
{
    tt_rng r = tt_rng_of(seed, TT_STREAM_DATA);
    r.first = ((uint64_t)test << PART_BITS) + ((uint64_t)image << DRAW_BITS);
    return (dice){r, 0};
}

static float between(dice *d, float low, float high)
{
    return low + (high - low) * tt_rng_uniform(d->r, d->next++);
}

static int below(dice *d, int n)
{
    return (int)tt_rng_below(d->r, d->next++, (uint32_t)n);
}

static float normal(dice *d, float deviation)
{
    return deviation * tt_rng_normal(d->r, d->next++);
}

/* ---- geometry --------------------------------------------------------------------------------- */

/* From the glyph's box to pixels: q = m (p - centre) + middle. */
typedef struct affine {
    float xx, xy, yx, yy;
    point middle;
} affine;

/* Stretched, sheared, then turned by up to 14 degrees, and moved by up to two pixels. */
static affine random_affine(dice *d)
{
    float wide = between(d, 10.0f, 15.0f), high = between(d, 15.5f, 20.5f);
    float shear = between(d, -0.25f, 0.25f), angle = between(d, -0.25f, 0.25f);
    float s = sinf(angle), k = cosf(angle);
    affine a = {wide * k, high * (shear * k - s), wide * s, high * (shear * s + k), {0, 0}};
    a.middle.x = (SIDE - 1) / 2.0f + between(d, -2.0f, 2.0f);
    a.middle.y = (SIDE - 1) / 2.0f + between(d, -2.0f, 2.0f);
    return a;
}

static point place(const affine *a, point p)
{
    float x = p.x - 0.5f, y = p.y - 0.5f;
    return (point){a->xx * x + a->xy * y + a->middle.x,
                   a->yx * x + a->yy * y + a->middle.y};
}

/* The Catmull-Rom curve through b and c with neighbours a and d, at t from 0 (b) to 1 (c). */
static float curve(float a, float b, float c, float d, float t)
{
    return b + 0.5f * t *
                   (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

static point on_curve(const stroke *s, int i, float t)
{
    const point *b = &s->at[i], *c = b + 1;
    const point *a = i > 0 ? b - 1 : b, *d = i + 2 < s->n ? c + 1 : c;
    return (point){curve(a->x, b->x, c->x, d->x, t), curve(a->y, b->y, c->y, d->y, t)};
}

/* ---- ink -------------------------------------------------------------------------------------- */

typedef struct canvas {
    float ink[PIXELS]; /* 0 .. 1 */
    float radius;      /* of the pen, in pixels */
} canvas;

static float distance(point p, point a, point b)
{
    float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    float t = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
    t = fminf(fmaxf(t, 0), 1);
    return hypotf(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static int clamp(float x)
{
    return x < 0 ? 0 : x > SIDE - 1 ? SIDE - 1 : (int)x;
}

/* A piece of line, its edge softened over a pixel. Only pixels near it are looked at. */
static void draw_line(canvas *k, point a, point b)
{
    float reach = k->radius + 1;
    int left = clamp(fminf(a.x, b.x) - reach), right = clamp(fmaxf(a.x, b.x) + reach);
    int top = clamp(fminf(a.y, b.y) - reach), bottom = clamp(fmaxf(a.y, b.y) + reach);
    for (int y = top; y <= bottom; y++) {
        for (int x = left; x <= right; x++) {
            float ink = k->radius + 0.5f - distance((point){(float)x, (float)y}, a, b);
            float *at = &k->ink[y * SIDE + x];
            *at = fmaxf(*at, fminf(ink, 1));
        }
    }
}

static void draw_stroke(canvas *k, const stroke *s)
{
    enum { PIECES = 6 };
    point from = s->at[0];
    for (int i = 0; i + 1 < s->n; i++) {
        for (int j = 1; j <= PIECES; j++) {
            point to = on_curve(s, i, (float)j / PIECES);
            draw_line(k, from, to);
            from = to;
        }
    }
}

/* The strokes with every point shaken and placed. Strokes that met in a corner still do. */
static void draw_glyph(canvas *k, const glyph *g, const affine *a, dice *d)
{
    enum { DEVIATION_PERCENT = 4 };
    point end = {0, 0}, old_end = {-1, -1};
    for (int i = 0; i < g->n; i++) {
        stroke s = g->strokes[i];
        for (int j = 0; j < s.n; j++) {
            bool joined = j == 0 && s.at[0].x == old_end.x && s.at[0].y == old_end.y;
            point p = s.at[j];
            old_end = p;
            p.x += normal(d, DEVIATION_PERCENT / 100.0f);
            p.y += normal(d, DEVIATION_PERCENT / 100.0f);
            s.at[j] = end = joined ? end : place(a, p);
        }
        draw_stroke(k, &s);
    }
}

/* Ink to bytes, with noise everywhere and a few spots. */
static void finish(const canvas *k, dice *d, uint8_t *image)
{
    float strength = between(d, 170, 255), deviation = between(d, 4, 24);
    for (int i = 0; i < PIXELS; i++) {
        float value = k->ink[i] * strength + normal(d, deviation);
        image[i] = (uint8_t)fminf(fmaxf(value, 0), 255);
    }
    int spots = below(d, 16);
    for (int i = 0; i < spots; i++) {
        int at = below(d, PIXELS);
        image[at] = (uint8_t)between(d, 60, 255);
    }
}

static uint8_t draw_digit(dice d, uint8_t *image)
{
    canvas k = {.radius = 0};
    int digit = below(&d, CLASSES);
    affine a = random_affine(&d);
    k.radius = between(&d, 0.5f, 1.7f);
    draw_glyph(&k, &glyphs[digit], &a, &d);
    finish(&k, &d, image);
    return (uint8_t)digit;
}

bool tt_data_digits(tt_ctx *c, const char *part, int n, uint64_t seed, tt_data_set *set)
{
    static const char *const names[CLASSES] = {"0", "1", "2", "3", "4",
                                               "5", "6", "7", "8", "9"};
    const char *who = "tt_data_digits";
    if (tt_error(c)) return false;
    bool test = strcmp(part, "test") == 0;
    if (!test && strcmp(part, "train") != 0) {
        tti_fail(c, TT_ERR_NAME, who, "no part \"%s\"; there are \"train\" and \"test\"",
                 part);
        return false;
    }
    if (n < 1) {
        tti_fail(c, TT_ERR_VALUE, who, "%d digits; at least 1 is needed", n);
        return false;
    }
    uint8_t *images = tt_alloc(c, (size_t)n * PIXELS), *labels = tt_alloc(c, (size_t)n);
    char *name = tt_text(c, "drawn digits %s", part);
    if (!images || !labels || !name) return false;
    for (int i = 0; i < n; i++)
        labels[i] = draw_digit(dice_of(seed, test, i), images + (size_t)i * PIXELS);
    *set = (tt_data_set){.name = name,
                         .n = n,
                         .rows = SIDE,
                         .columns = SIDE,
                         .classes = CLASSES,
                         .images = images,
                         .labels = labels,
                         .class_names = names};
    return true;
}
