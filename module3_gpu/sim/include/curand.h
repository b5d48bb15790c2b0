#error "the simulator does not have curand.h: no cuRAND; random numbers from the host"
