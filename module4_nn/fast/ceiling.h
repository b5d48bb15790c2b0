/* What this machine can do at most: the lines that a roofline is drawn from.
 *
 * A loop is bound by arithmetic or by memory. The ceilings are measured, on as many threads as are
 * set, when they are asked for: what the innermost tile of convolutions and matrix products reaches
 * on data in the first-level cache, and what a plain copy of 64 MB moves, reading and writing.
 * Ref: Williams, Waterman, Patterson, "Roofline", 2009. Internal to module 4. */
#ifndef TT_MODULE4_NN_FAST_CEILING_H
#define TT_MODULE4_NN_FAST_CEILING_H

#ifdef __cplusplus
extern "C" {
#endif

/* GFLOP/s. Cost: about 10 ms. */
double tti_ceiling_arithmetic(void);

/* GB/s; 0 when there is no memory for it. Cost: about 0.1 s. */
double tti_ceiling_memory(void);

#ifdef __cplusplus
}
#endif
#endif
