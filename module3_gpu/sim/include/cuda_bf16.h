#error "the simulator does not have cuda_bf16.h: no bfloat16; TinyTorch's tensors are float"
