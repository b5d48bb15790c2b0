/* Matrix products beside OpenBLAS, oneDNN and PyTorch: internal to bench. */
#ifndef TT_MODULE3_GPU_BENCH_MATMUL_H
#define TT_MODULE3_GPU_BENCH_MATMUL_H

#include "module2_tensors/bench_work.h"
#include "support/bench.h"

/* One row of the table: (n, k) x (k, m), verified, then timed in turn with every peer that is
 * installed; the row's peer is the best of them. bar: the ratio to reach, 0 for none. Returns NULL, or
 * why it is not worth timing. */
const char *bench_matmul(tt_bench *b, tt_bench_peer *torch, tt_ctx *c, const int nkm[3],
                         double bar);

#endif
