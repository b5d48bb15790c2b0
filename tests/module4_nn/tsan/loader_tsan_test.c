/* A batch is filled on a thread while the one before is used: every example comes once, whatever the
 * caller does in between, and ThreadSanitizer sees no race. */
#include <stdio.h>

#include "module4_nn/data/loader.h"

enum { N = 500, PIXELS = 4 };

static uint8_t images[N * PIXELS], labels[N];

/* Uses a batch: reads it, and writes into it, as an operation in place would. */
static int use(tt_batch *b, int *seen)
{
    float *x = tt_storage_change(b->x->data.storage);
    const float *y = tt_storage_read(b->y->data.storage);
    int wrong = 0;
    for (int i = 0; i < b->n; i++) {
        int number = (int)(x[PIXELS * i] * 255.0f + 0.5f) * 256 +
                     (int)(x[PIXELS * i + 1] * 255.0f + 0.5f);
        wrong += number >= N || (int)y[i] != number % 10;
        if (number < N) seen[number]++;
        x[PIXELS * i] = x[PIXELS * i + 1] = -1.0f;
    }
    return wrong;
}

/* An epoch with batches of `first` examples at first, then of `then`. Returns how much was wrong. */
static int epoch(tt_ctx *c, tt_loader *loader, int first, int then)
{
    int seen[N] = {0}, wrong = 0, batch = first;
    for (tt_batch b; tt_next(c, loader, batch, &b); batch = then) wrong += use(&b, seen);
    for (int i = 0; i < N; i++) wrong += seen[i] != 1;
    return wrong;
}

int main(void)
{
    int wrong = 0;
    for (int i = 0; i < N; i++) {
        images[PIXELS * i] = (uint8_t)(i >> 8);
        images[PIXELS * i + 1] = (uint8_t)i;
        labels[i] = (uint8_t)(i % 10);
    }
    tt_data_set set = {"numbered", N, 2, 2, 10, images, labels, NULL};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_loader *loader = tt_loader_new(c, &set, true), *other = tt_loader_new(c, &set, true);
    for (int batch = 1; batch < 70; batch += 7) {
        wrong += epoch(c, loader, batch, batch);
        wrong += epoch(c, loader, batch, 64);
        tt_batch b;
        TT_SCOPE (c)
            wrong += !tt_next(c, other, batch, &b); /* left while the next is filled */
        if (batch % 2) tt_loader_restart(other);
        else wrong += !tt_loader_put(other, (tt_loader_place){3, 2 * batch});
    }
    printf("%d wrong\n", wrong);
    return tt_exit(c) || wrong > 0;
}
