#!/usr/bin/env bash
# //:install and programs that use what it puts in place: C, C++, shared, static, CMake.
set -u

install=$PWD/$1 consumer=$PWD/examples/consumer
folder=$(mktemp -d "${TEST_TMPDIR:-/tmp}/install.XXXXXX")
prefix=$folder/prefix
failures=0

fail() {
    printf 'FAILED: %s\n' "$1"
    tail -n 20 "$folder/log"
    failures=$((failures + 1))
}

# works WHAT COMMAND...
works() {
    "${@:2}" >"$folder/log" 2>&1 || fail "$1 (status $?)"
}

# refused WORDS COMMAND...: fails and says so
refused() {
    if "${@:2}" >"$folder/log" 2>&1; then
        fail "not refused: ${*:2}"
    else
        grep -qF -e "$1" "$folder/log" || fail "says nothing of: $1"
    fi
}

# What pkg-config answers; where there is none, the same read from the file.
flags() {
    local file=$prefix/lib/pkgconfig/tinytorch.pc
    if command -v pkg-config >/dev/null; then
        PKG_CONFIG_PATH=${file%/*} pkg-config "$@" tinytorch
    else
        sed -n 's/^Cflags: //p; s/^Libs: //p' "$file" |
            sed "s|\${includedir}|$prefix/include/tinytorch|g; s|\${libdir}|$prefix/lib|g"
    fi
}

works 'install' "$install" --prefix "$prefix"
works 'install over what is there' "$install" --prefix "$prefix"
left=$(find "$prefix" -name '.tinytorch*')
[[ ! $left ]] || fail "left behind: $left"
works 'install for a package' "$install" --prefix /usr --destdir "$folder/package"
grep -qx 'prefix=/usr' "$folder/package/usr/lib/pkgconfig/tinytorch.pc" ||
    fail '--destdir is named in tinytorch.pc'
refused 'cannot name a folder with spaces' "$install" --prefix "$folder/a b"
touch "$folder/file"
refused 'install: ' "$install" --prefix "$folder/file"
refused 'required: --prefix' "$install"

foreign=$(nm -D --defined-only "$prefix/lib/libtinytorch.so" | awk '$3 !~ /^tt/ { print $3 }')
[[ ! $foreign ]] || fail "libtinytorch.so exports $foreign"
foreign=$(nm --defined-only --extern-only "$prefix/lib/libtinytorch.a" |
    awk 'NF == 3 && $3 !~ /^tt/ { print $3 }')
[[ ! $foreign ]] || fail "libtinytorch.a exports $foreign"

read -ra all <<<"$(flags --cflags --libs)"
strict=(-Wall -Wextra -Wconversion -Werror)
works 'xor.c, compiled' cc -std=c11 "${strict[@]}" "$consumer/xor.c" "${all[@]}" -o "$folder/xor"
works 'xor.c, run' env -i "$folder/xor"
works 'line.cc, compiled' c++ -std=c++11 "${strict[@]}" "$consumer/line.cc" "${all[@]}" -o "$folder/line"
works 'line.cc, run' env -i "$folder/line"

read -ra private <<<"$(sed -n 's/^Libs.private: //p' "$prefix/lib/pkgconfig/tinytorch.pc")"
works 'xor.c, compiled with the static library' cc "-I$prefix/include/tinytorch" "$consumer/xor.c" \
    "$prefix/lib/libtinytorch.a" "${private[@]}" -o "$folder/xor_static"
works 'xor.c, run with the static library' env -i "$folder/xor_static"

if command -v cmake >/dev/null; then
    works 'cmake' cmake -S "$consumer" -B "$folder/build" "-DCMAKE_PREFIX_PATH=$prefix"
    works 'cmake --build' cmake --build "$folder/build"
    for program in xor xor_static line; do
        works "$program by CMake" "$folder/build/$program"
    done
else
    echo 'cmake is not installed: its package was written, not tried'
fi

((failures == 0)) && echo 'all passed'
exit $((failures > 0))
