#error "the simulator does not have cooperative_groups.h: no thread groups of its own; use __syncthreads and __syncwarp"
