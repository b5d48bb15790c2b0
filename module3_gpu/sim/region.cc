/* The cells of memory, made a page at a time when it is touched. */
#include "module3_gpu/sim/shadow.h"

namespace tti_sim
{

/* A page of 4 KiB has 120 KiB of cells: 32 MiB of a kernel's memory take 1 GiB. What is beyond is
 * checked for bounds, but not for races. */
constexpr size_t MOST_PAGES = 8192;
constexpr size_t KEPT_PAGES = 256;

static size_t pages_in_use;

static size_t page_count(const region &r)
{
    return (r.end - 1) / PAGE - r.begin / PAGE + 1;
}

cell *region_cell(region *r, uintptr_t address)
{
    if (!r->pages)
        r->pages = static_cast<cell **>(calloc(page_count(*r), sizeof *r->pages));
    if (!r->pages) return nullptr;
    const uintptr_t low = address < r->begin ? r->begin : address;
    cell *&page = r->pages[low / PAGE - r->begin / PAGE];
    if (!page && pages_in_use < MOST_PAGES) {
        page = static_cast<cell *>(calloc(PAGE / 4, sizeof *page));
        pages_in_use += page != nullptr;
    }
    return page ? &page[low % PAGE / 4] : nullptr;
}

void region_forget(region *r)
{
    if (!r->pages) return;
    for (size_t i = 0; i < page_count(*r); i++) {
        pages_in_use -= r->pages[i] != nullptr;
        free(r->pages[i]);
    }
    free(r->pages);
    r->pages = nullptr;
}

/* Accesses of an ended launch collide with nothing; small ones are cheaper kept. */
bool regions_are_many()
{
    return pages_in_use > KEPT_PAGES;
}

} // namespace tti_sim
