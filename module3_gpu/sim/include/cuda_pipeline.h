#error "the simulator does not have cuda_pipeline.h: no asynchronous copies"
