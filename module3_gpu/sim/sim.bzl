"""How kernels are compiled for the simulator, by the host's C++ compiler.

    cc_library(name = "map_sim", srcs = [...], copts = SIM_COPTS, deps = ["//module3_gpu/sim"])
"""

_KERNELS = [
    # Kernels end in .cu, which the host's compiler does not know.
    "-x",
    "c++",
    "-std=c++17",
    "-D_GNU_SOURCE",
    # DWARF 4: of DWARF 5 by gcc, addr2line names the file that includes instead of the one included.
    "-gdwarf-4",
    # Coroutines abandon kernels without unwinding; a tail call would hide the line it stands in.
    "-fno-exceptions",
    "-fno-optimize-sibling-calls",
    # The configurations' own sanitizers do not know the coroutines' stacks.
    "-fno-sanitize=all",
    # -D_FORTIFY_SOURCE and stack protectors only blur what a kernel does.
    "-U_FORTIFY_SOURCE",
    "-fno-stack-protector",
    # Large local arrays touch every page on their way down, so that none steps over the guard page.
    "-fstack-clash-protection",
    # C++ lets compilers remove a loop that never ends; a learner shall hear of it.
    "-fno-finite-loops",
]

# For diagnosis: the compiler announces every access to the simulator, which stands in for libtsan.
# -O1 keeps values in registers, as nvcc does, and lines where they are.
# What an index outside of a known array means is the simulator's to say, also in a sanitized build.
SIM_COPTS = _KERNELS + [
    "-fsanitize=thread",
    "-fsanitize=object-size",
    "-fsanitize-recover=object-size",
    "-O1",
]

# Only runs. Findings of the scheduler (barriers, launches, faults) are still there.
SIM_FAST_COPTS = _KERNELS + ["-O2"]

# For the simulator's own sources.
SIM_INSIDE_COPTS = [
    "-std=c++17",
    "-D_GNU_SOURCE",
    "-O2",
    "-g",
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-fno-exceptions",
    "-fno-sanitize=all",
]
