"""@tt_cuda for MODULE.bazel (Bazel 7 to 9); WORKSPACE has it by tools/workspace.bzl."""

load(":cuda_repository.bzl", "cuda_repository")

def _cuda_extension_impl(_):
    cuda_repository(name = "tt_cuda")

cuda_extension = module_extension(implementation = _cuda_extension_impl)
