/* What is known of memory: who gave it, who accessed it last, and how much was moved. */
#ifndef TT_MODULE3_GPU_SIM_SHADOW_H
#define TT_MODULE3_GPU_SIM_SHADOW_H

#include "module3_gpu/sim/report.h"

namespace tti_sim
{

/* An access of the current thread, before it happens. Does not come back when it is out of bounds. */
void shadow_access(const void *p, size_t bytes, deed act, uintptr_t pc);

void shadow_launch_begins(const launch &l);
void shadow_launch_ends(const launch &l);

/* Counting (traffic.cc). `site` is the number of a program location. */
void traffic_access(const thread &t, uintptr_t address, size_t bytes, deed act,
                    bool shared, uint32_t site);
void traffic_flush(engine *e); /* matches the accesses of each warp and counts them */
void traffic_begin(const launch &l);
uint32_t site_of(uintptr_t pc);
uintptr_t site_pc(uint32_t site);

/* Memory that kernels may touch (memory.cc). */
struct cell;
struct region {
    uintptr_t begin, end;
    uint64_t number; /* counts cudaMalloc */
    bool own;        /* from cudaMalloc, to be freed */
    char name[64];
    cell **pages; /* of CELLS each, made when touched */
};
const region *region_of(uintptr_t address); /* NULL: in none */
const region *region_near(uintptr_t address); /* the one before or after, within a few KiB */
const region *region_freed(uintptr_t address); /* what was there and is freed */
int fail(int error);
} // namespace tti_sim
#endif
