#include "support/quarantine.h"

#include "support/arena.h"
#include "support/pool.h"

/* Stands in front of a header. */
typedef struct slot {
    struct slot *link; /* alive: the next older one of its context; dead: the next younger one */
    uint64_t died; /* the number of rewinds then */
    unsigned size_class;
} slot;

/* The dead of one size class, oldest first. */
typedef struct fifo {
    slot *oldest, *youngest;
    slot *readable; /* the oldest that is not poisoned yet (AddressSanitizer) */
} fifo;

struct tti_quarantine {
    tti_arena arena; /* never rewound */
    uint64_t rewinds;
    fifo dead[TTI_SIZE_CLASSES];
};

enum { HEAD = 32, REST = TTI_ASAN ? 2 * TT_QUARANTINE : TT_QUARANTINE };

_Static_assert(sizeof(slot) <= HEAD && HEAD % TTI_ALIGN == 0, "a header stays aligned");

static tt_header *header_of(slot *s)
{
    return s != NULL ? (tt_header *)((char *)s + HEAD) : NULL;
}

static slot *slot_of(tt_header *h)
{
    return h != NULL ? (slot *)((char *)h - HEAD) : NULL;
}

struct tti_quarantine *tti_quarantine_new(tti_pool *pool)
{
    struct tti_quarantine *q = tti_pool_take(pool, sizeof *q);
    if (q != NULL) *q = (struct tti_quarantine){0};
    return q;
}

static void append(fifo *dead, slot *s)
{
    s->link = NULL;
    if (dead->oldest == NULL) dead->oldest = s;
    if (dead->youngest != NULL) dead->youngest->link = s;
    dead->youngest = s;
    if (dead->readable == NULL) dead->readable = s;
}

static slot *remove_oldest(fifo *dead)
{
    slot *s = dead->oldest;
    dead->oldest = s->link;
    if (dead->oldest == NULL) dead->youngest = NULL;
    if (dead->readable == s) dead->readable = s->link;
    return s;
}

static slot *slot_new(tt_ctx *c, unsigned size_class)
{
    slot *s =
        tti_arena_take(&c->quarantine->arena, c->pool, HEAD + tti_class_bytes(size_class));
    if (s != NULL) s->size_class = size_class;
    return s;
}

tt_header *tti_quarantine_take(tt_ctx *c, size_t bytes)
{
    if (bytes > PTRDIFF_MAX / 2) return NULL; /* so that no sum below overflows */
    struct tti_quarantine *q = c->quarantine;
    unsigned size_class = tti_size_class(bytes);
    fifo *dead = &q->dead[size_class];
    slot *s = NULL;
    if (dead->oldest != NULL && q->rewinds - dead->oldest->died >= REST)
        s = remove_oldest(dead);
    if (s == NULL) s = slot_new(c, size_class);
    if (s == NULL && dead->oldest != NULL)
        s = remove_oldest(dead); /* better than to fail */
    if (s == NULL) return NULL;
    tt_header *h = header_of(s);
    tti_poison(h, tti_class_bytes(size_class));
    tti_unpoison(h, bytes);
    s->link = slot_of(c->newest);
    c->newest = h;
    return h;
}

/* Those whose time of being named is over: from now on AddressSanitizer reports their use. */
static void poison_rested(struct tti_quarantine *q)
{
    for (unsigned i = 0; i < TTI_SIZE_CLASSES; i++) {
        fifo *dead = &q->dead[i];
        while (dead->readable != NULL &&
               q->rewinds - dead->readable->died >= TT_QUARANTINE) {
            tti_poison(header_of(dead->readable), tti_class_bytes(i));
            dead->readable = dead->readable->link;
        }
    }
}

void tti_quarantine_end(tt_ctx *c, tt_header *until)
{
    struct tti_quarantine *q = c->quarantine;
    if (c->newest == until) return;
    q->rewinds++;
    while (c->newest != until) {
        slot *s = slot_of(c->newest);
        TT_ASSERT(s != NULL); /* `until` is older than the oldest: no mark of c */
        c->newest->ctx = NULL;
        c->newest = header_of(s->link);
        s->died = q->rewinds;
        append(&q->dead[s->size_class], s);
    }
    if (TTI_ASAN) poison_rested(q);
}
