/* What is known of memory: who gave it, who accessed it last, and how much was moved. */
#ifndef TT_MODULE3_GPU_SIM_SHADOW_H
#define TT_MODULE3_GPU_SIM_SHADOW_H

#include "module3_gpu/sim/report.h"

namespace tti_sim
{

/* An access of the current thread, before it happens. Does not come back when out of bounds. */
void shadow_access(const void *p, size_t bytes, deed act, uintptr_t pc);

/* An access by the host's part of a .cu file: on a GPU, device memory is not there for it. */
void host_access(const void *p, size_t bytes, deed act, uintptr_t pc);

/* The hardware moves 2, 4, 8 or 16 bytes from and to multiples of their number; p is none. Called after
 * shadow_access, and as that does it ends the kernel. */
void misaligned(const void *p, size_t bytes, deed act, uintptr_t pc);

void shadow_launch_begins(const launch &l);
void shadow_launch_ends(const launch &l);

/* ---- what happened before what (order.cc) ------------------------------------------------ */

/* Accesses of one kind to bytes of a cell, by lanes of a warp that were at the same place of the
 * program between two of the warp's operations. */
struct access_record {
    uint32_t epoch; /* counts the phases between barriers, of all blocks and launches */
    uint32_t clock; /* of the warp: how many warp operations and fences it had done */
    uint32_t lanes;
    uint32_t site : 21, warp : 5, mask : 4 /* which of the 4 bytes */, act : 2;
};
struct cell;

/* The phases that run now and that began with this block and this launch. */
struct phases {
    uint32_t now, block, launch;
};
extern phases phase;

void order_launch_begins();
uint32_t order_clock(unsigned warp);
uint64_t order_block_of(uint32_t epoch); /* the block's number */
void order_fence();
/* The current thread's atomic on c: it publishes what was fenced and learns what others published. */
void order_atomic(const cell *c, bool shared);
/* The current thread accesses global memory. */
void order_unfenced();
/* A lane of r, an access to c, that nothing orders before the current thread; -1: none. */
int order_missing(const access_record &r, const cell *c);
/* False: no thread of this launch has called __threadfence. */
bool order_fences();
/* True when an atomic behind a fence has published all of r. */
bool order_published(const access_record &r);

/* ---- races (race.cc) --------------------------------------------------------------------- */

constexpr unsigned MOST_RECORDS = 7;

/* 4 bytes and the accesses that a later one may collide with, the newest first. */
struct cell {
    access_record records[MOST_RECORDS];
    uint32_t written_epoch; /* written_mask holds if this is in the current block */
    uint8_t written_mask, count;
};

/* Notes that the current thread is at a site, once for each access. */
void race_visit(uint32_t site);
/* Notes an access to the bytes `mask` of c and reports the first collision. */
void race_access(cell *c, uint8_t mask, deed act, bool shared, uint32_t site);
/* True for bytes of shared memory that this block has written. */
bool race_written(const cell &c, uint8_t mask);
/* True the first time that the block touches the cell. */
bool race_touched_first(const cell &c);

/* ---- counts (traffic.cc) ------------------------------------------------------------------ */

/* Program locations get small numbers. */
uint32_t site_of(uintptr_t pc);
uintptr_t site_pc(uint32_t site);

void traffic_access(const thread &t, uintptr_t address, size_t bytes, deed act,
                    bool shared, uint32_t site);
void traffic_resume();         /* another thread goes on */
void traffic_flush(engine *e); /* matches the accesses of each warp and counts them */
void traffic_launch_begins();

/* One access of a warp, for --trace (trace.cc). */
struct warp_access {
    uint64_t key;
    uint32_t site;
    uint16_t warp;
    uint8_t bytes;
    bool shared;
    deed act;
    uint32_t lanes; /* those that took part */
    uintptr_t address[WARP];
};
void trace_access(const engine *e, const warp_access &a, unsigned sectors,
                  unsigned conflicts);
void trace_print(const char *kernel);
void trace_launch_begins(int most);

/* ---- memory that kernels may touch (memory.cc, symbols.cc) -------------------------------- */

constexpr size_t PAGE = 4096;  /* bytes whose cells are made together */
constexpr size_t NEAR = 65536; /* bytes beside an array that are said to be beside it */

struct region {
    uintptr_t begin, end;
    uint64_t number; /* counts cudaMalloc */
    bool own;        /* from cudaMalloc, to be freed */
    bool managed;    /* from cudaMallocManaged: the host may access it */
    char name[64];
    cell **pages; /* made when touched */
};
/* The cell of an address in r; NULL when the shadow has grown too large. */
cell *region_cell(region *r, uintptr_t address);
void region_forget(region *r); /* its cells */
void regions_forget_all();     /* theirs, when they have become many */
bool regions_are_many();
region *region_of(uintptr_t address);   /* NULL: in none */
region *region_near(uintptr_t address); /* the one before or after, within 64 KiB */
const region *region_freed(uintptr_t address); /* what was there and is freed */
int fail(int error);

/* Variables of the program, for bounds and names: `__shared__` arrays and `__device__` ones. */
struct segment {
    region memory;
    bool shared;    /* __shared__: thread-local */
    bool constant;  /* nobody can write there */
    bool named;     /* its symbols are known */
    uintptr_t base; /* what a symbol's value counts from */
};
segment *segment_of(uintptr_t address);
/* The `__shared__` arrays, where the address lies not far behind all of them; else NULL. */
segment *segment_of_shared_before(uintptr_t address);
void segments_begin(); /* finds those of this CPU thread */
void segments_forget();
/* The variable at an address of s: its bounds and name. False when there is none. */
bool variable_named(const segment &s, uintptr_t address, uintptr_t *begin, uintptr_t *end,
                    char *name, size_t size);
/* The same, but without the name where 16 bytes from here on are within its bounds. */
bool variable_at(const segment &s, uintptr_t address, uintptr_t *begin, uintptr_t *end,
                 char *name, size_t size);
bool variable_constant(const segment &s, uintptr_t address); /* __constant__ */
size_t variables_shared_bytes(); /* of the `__shared__` arrays that this launch has used */
} // namespace tti_sim
#endif
