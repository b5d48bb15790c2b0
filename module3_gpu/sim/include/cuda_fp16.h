#error "the simulator does not have cuda_fp16.h: no half precision; TinyTorch's tensors are float"
