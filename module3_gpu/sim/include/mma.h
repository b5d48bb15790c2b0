#error "the simulator does not have mma.h: no tensor cores"
