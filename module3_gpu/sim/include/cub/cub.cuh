#error "the simulator does not have cub/cub.cuh: no CUB; a reduction of your own"
