#!/usr/bin/env bash
# Writes host/startup.ld: the functions that `cmp-host generate` runs, for the linker to lay side by side.
#
# Hashes are left out of names, since each release of a crate or of Rust has others. A name that is gone costs nothing, and one
# that is missing a page at most: write the list anew when `make bench` says that a start has become slower.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C CMP_HOST_CACHE=$work/cache

# What callgrind counts it names: `fn=(12) _ZN…17h0123456789abcdefE.llvm.34'2`, where the last part is a recursion's depth. The
# sections of glibc have no names.
functions() {
    valgrind --tool=callgrind --demangle=no --callgrind-out-file="$work/$1" \
        "$program" generate examples/llama-8b --env prod --format "$1" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    sed -nE "s/^c?fn=\([0-9]+\) (_(ZN|R)[^' ]+).*/\1/p" "$work/$1"
}

{
    echo "/* host/startup.sh writes this file: what \`cmp-host generate\` runs lies side by side in the program, and not in each"
    echo "   of its 300 windows of 64 KiB that the kernel maps at a touch. */"
    echo "SECTIONS"
    echo "{"
    echo "  .text.startup_first :"
    echo "  {"
    { functions json; functions yaml; } | sed -E 's/(17h[0-9a-f]{16}E|\.llvm\.).*/*/; s/Cs[0-9A-Za-z]+_/Cs*_/g' | sort -u | sed -E 's/.*/    *(.text.*&)/'
    echo "  }"
    echo "}"
    echo "INSERT BEFORE .text;"
} >"$work/startup.ld"
mv "$work/startup.ld" host/startup.ld
