"""//:install: the library for a world without Bazel.

    tt_install_files(name = "install_files", dep = ":tinytorch")

makes, always optimized and without sanitizers, whatever the command line says:

    libtinytorch.a      one object, in which every name but tt* is local
    libtinytorch.so.0   the same as a shared library, which exports tt* alone
    libraries           what a program must link beside libtinytorch.a

and brings all headers along; tools/install.py puts them in place.
"""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")

# The number changes when programs that use the library must be compiled again.
_SHARED = "libtinytorch.so.0"

_SETTINGS = {
    "//command_line_option:compilation_mode": "opt",
    "//command_line_option:copt": [],
    "//command_line_option:linkopt": [],
    "//command_line_option:platform_suffix": "install",
}

def _optimized_impl(_settings, _attr):
    return _SETTINGS

_optimized = transition(
    implementation = _optimized_impl,
    inputs = [],
    outputs = _SETTINGS.keys(),
)

# Groups go: a program's own copy of a C++ template would give way to one here that has become local.
# libstdc++ goes into the shared library, so that a C program needs none.
_LINK = """
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ld -r --force-group-allocation -o "$work/tinytorch.o" --whole-archive {archives}
objcopy --strip-debug --wildcard --keep-global-symbol='tt*' "$work/tinytorch.o"
rm -f {static}
ar crsD {static} "$work/tinytorch.o"
printf '{{ global: tt*; local: *; }};' >"$work/exports"
c++ -shared -o {shared} -Wl,-soname,{soname} -Wl,--version-script="$work/exports" \
    -Wl,--no-undefined -Wl,-z,now "$work/tinytorch.o" -static-libstdc++ -static-libgcc {flags}
"""

def _install_files_impl(ctx):
    context = ctx.attr.dep[0][CcInfo]
    archives = []
    flags = []
    for linked in context.linking_context.linker_inputs.to_list():
        archives += [
            library.pic_static_library or library.static_library
            for library in linked.libraries
        ]
        flags += [
            flag
            for flag in linked.user_link_flags
            if flag not in flags and flag != "-lstdc++"
        ]

    static = ctx.actions.declare_file("%s/libtinytorch.a" % ctx.label.name)
    shared = ctx.actions.declare_file("%s/%s" % (ctx.label.name, _SHARED))
    libraries = ctx.actions.declare_file("%s/libraries" % ctx.label.name)
    ctx.actions.run_shell(
        inputs = archives,
        outputs = [static, shared],
        command = _LINK.format(
            archives = " ".join([archive.path for archive in archives]),
            flags = " ".join(flags),
            shared = shared.path,
            soname = _SHARED,
            static = static.path,
        ),
        mnemonic = "InstallLibrary",
        progress_message = "Linking libtinytorch",
        use_default_shell_env = True,
    )
    ctx.actions.write(libraries, " ".join(flags + ["-lstdc++"]) + "\n")

    made = [static, shared, libraries]
    headers = context.compilation_context.headers
    return [DefaultInfo(
        files = depset(made),
        runfiles = ctx.runfiles(made, transitive_files = headers),
    )]

tt_install_files = rule(
    implementation = _install_files_impl,
    attrs = {
        "dep": attr.label(cfg = _optimized, mandatory = True, providers = [CcInfo]),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
