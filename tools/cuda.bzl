"""Kernels, built twice: for the simulator, and where there is nvcc for the GPU.

    tt_cuda_library(name = "swish", srcs = ["swish.cu"], deps = ["//module3_gpu/cuda:launch"])

In C, both builds' launchers can be called (module3_gpu/cuda/operator.h); whoever depends on the
library is compiled with TT_HAVE_CUDA=1 where the GPU's are there.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("@tt_cuda//:defs.bzl", "ARCHS", "HAVE_CUDA", "LINKOPTS", "NVCC")
load("//module3_gpu/sim:sim.bzl", "SIM_COPTS")

_NVCC_FLAGS = [
    "-std=c++17",
    "-O3",
    "-lineinfo",
    # A learner's file is not scolded for variables that the solution will use.
    "-diag-suppress=177",
    "-Xcompiler=-fPIC,-Wall,-Wextra",
]

# The cards that all_archs compiles for; a toolkit that no longer knows one says so.
ALL_ARCHS = [
    "75",
    "80",
    "86",
    "89",
    "90",
    "100",
]

def _cuda_object_impl(ctx):
    contexts = [dep[CcInfo].compilation_context for dep in ctx.attr.deps]
    out = ctx.actions.declare_file(ctx.label.name + ".o")
    arguments = ctx.actions.args()
    arguments.add_all(_NVCC_FLAGS)
    arguments.add_all(ctx.attr.archs)
    arguments.add("-I.")
    arguments.add("-I" + ctx.bin_dir.path)
    arguments.add_all(["-c", ctx.file.src, "-o", out])
    ctx.actions.run(
        executable = NVCC,
        arguments = [arguments],
        inputs = depset(
            [ctx.file.src] + ctx.files.hdrs,
            transitive = [context.headers for context in contexts],
        ),
        outputs = [out],
        mnemonic = "CudaCompile",
        progress_message = "Compiling %s with nvcc" % ctx.file.src.short_path,
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]))]

_cuda_object = rule(
    implementation = _cuda_object_impl,
    attrs = {
        "archs": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "hdrs": attr.label_list(allow_files = True),
        "src": attr.label(
            allow_single_file = [".cu"],
            mandatory = True,
        ),
    },
)

def _simulated(name, src, hdrs, deps, **kwargs):
    """One .cu for the simulator: by a .cc that includes it, so that messages name the .cu."""
    native.genrule(
        name = name + "_source",
        srcs = [src],
        outs = [name + ".cc"],
        cmd = "echo '#include \"%s/%s\"' > $@" % (native.package_name(), src),
    )
    cc_library(
        name = name,
        srcs = [name + ".cc"],
        hdrs = hdrs,
        copts = SIM_COPTS,
        linkstatic = True,
        textual_hdrs = [src],
        deps = deps + ["//module3_gpu/sim"],
        **kwargs
    )

def tt_cuda_library(name, srcs, hdrs = [], deps = [], **kwargs):
    """A library of CUDA kernels and their C launchers.

    Args:
      name: the library; NAME_all_archs (manual) compiles it for every card that ALL_ARCHS lists
      srcs: .cu files
      hdrs: headers, of C alone, that say the launchers
      deps: libraries whose headers the .cu files include
      **kwargs: visibility, testonly
    """
    libraries = []
    for src in srcs:
        base = "%s_%s" % (name, src.replace("/", "_")[:-len(".cu")])
        _simulated(base + "_sim", src, hdrs, deps, **kwargs)
        libraries.append(base + "_sim")
        if not HAVE_CUDA:
            continue
        _cuda_object(name = base + "_cuda_object", src = src, hdrs = hdrs, archs = ARCHS, deps = deps, **kwargs)
        _cuda_object(
            name = base + "_all_archs",
            src = src,
            hdrs = hdrs,
            archs = ["-Werror=all-warnings"] + [
                "-gencode=arch=compute_%s,code=sm_%s" % (arch, arch)
                for arch in ALL_ARCHS
            ],
            deps = deps,
            tags = ["manual"],
            **kwargs
        )
        cc_library(name = base + "_cuda", srcs = [base + "_cuda_object"], linkopts = LINKOPTS, linkstatic = True, **kwargs)
        libraries.append(base + "_cuda")
    native.filegroup(
        name = name + "_all_archs",
        srcs = [
            "%s_%s_all_archs" % (name, src.replace("/", "_")[:-len(".cu")])
            for src in srcs
        ] if HAVE_CUDA else [],
        tags = ["manual"],
        **kwargs
    )
    cc_library(
        name = name,
        hdrs = hdrs,
        defines = ["TT_HAVE_CUDA=1"] if HAVE_CUDA else [],
        deps = deps + libraries,
        **kwargs
    )
