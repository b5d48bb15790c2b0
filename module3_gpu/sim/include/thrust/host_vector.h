#error "the simulator does not have thrust/host_vector.h: no Thrust; std::vector"
