"""Measures which environment variables each release of SGLang names in its own code; writes variables.tsv.

    for it in 0.4.6.post5 0.5.5.post3 0.5.9 0.5.15 0.5.23; do
        pip download --no-deps --dest wheels sglang==$it && unzip -q wheels/sglang-$it-*.whl -d $it
    done
    python3 measure.py 0.4.6.post5 0.5.5.post3 0.5.9 0.5.15 0.5.23 > variables.tsv

The columns: the variable without `SGLANG_`; a bit for every release that names it, the oldest first; what the last release
declares it to be in environ.py: `switch`, `int`, `float`, or nothing. A name that ends with `_` is the beginning of names that
are put together. Whatever is named counts, in a comment too: a variable that is told to be unknown should be one. The server's
packages are looked into, and not those for images and video.
"""

import pathlib
import re
import sys

PLACES = ("*", "srt/**/*", "jit_kernel/**/*", "kernels/**/*")
SUFFIXES = {".py", ".cpp", ".cu", ".cuh", ".h"}
NAME = re.compile(r"\bSGLANG_([A-Z0-9_]*[A-Z0-9]\b|[A-Z0-9_]+_(?=[{\"']))")
DECLARED = re.compile(r"^    SGLANG_(\w+) = Env(Bool|Int|Float)", re.MULTILINE)
KINDS = {"Bool": "switch", "Int": "int", "Float": "float"}


def named(release):
    files = {it for place in PLACES for it in (release / "sglang").glob(place) if it.suffix in SUFFIXES}
    return {name for it in files for name in NAME.findall(it.read_text(encoding="utf-8", errors="replace"))}


def main():
    releases = [pathlib.Path(it) for it in sys.argv[1:]]
    names = [named(it) for it in releases]
    environ = (releases[-1] / "sglang/srt/environ.py").read_text(encoding="utf-8")
    kinds = {name: KINDS[kind] for name, kind in DECLARED.findall(environ)}
    for name in sorted(set().union(*names)):
        bits = "".join("1" if name in it else "0" for it in names)
        print(name, bits, kinds.get(name, ""), sep="\t")


main()
