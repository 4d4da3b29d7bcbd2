"""Measures which flags each release of SGLang takes, by asking the release's own argument parser; writes flags.tsv.

    for it in 0.4.6.post5 0.5.5.post3 0.5.9 0.5.15 0.5.23; do
        pip download --no-deps --dest wheels sglang==$it && unzip -q wheels/sglang-$it-*.whl -d $it
    done
    pip install msgspec pyyaml
    python3 measure.py 0.4.6=0.4.6.post5 0.5.5=0.5.5.post3 0.5.9=0.5.9 0.5.15=0.5.15 0.5.23=0.5.23 > flags.tsv

After that, `BLESS=1 cargo test -p cmp-guest` writes table.rs out of flags.tsv.

The columns: the flag; its canonical name; for each release how it is given there (`-`: not at all; `switch`; `either`, a
switch that also has a `--no-` form; `int`; `size`, an int that may end in k, M, Ki …; `float`; `text`; `json`; a `+` behind
the word: one or more; a `!`: deprecated); whether each of these releases takes it in a `--config` file; what replaces it; the
closed list of its values (`*` stands for any), each with a bit for every release that takes it unless all of the flag's do.

No GPU and no torch: whatever the parser's definition imports but never calls is stood in for.
"""

import argparse
import importlib.machinery
import json
import subprocess
import sys
import types
from unittest.mock import MagicMock

# Packages of SGLang's own that load kernels or models; and everything else that is not installed.
STOOD_IN = tuple(
    "sglang." + it
    for it in """kernels jit_kernel srt.layers srt.distributed srt.configs srt.connector srt.lora srt.entrypoints srt.managers
    srt.utils.hf_transformers_utils""".split()
)
KEPT = {"sglang", "msgspec", "yaml"} | set(sys.stdlib_module_names)

# Replacements that SGLang names in a flag's help text alone, where no program can read them.
SAID_IN_HELP = {
    "disable-cuda-graph": 'cuda-graph-backend-decode = "disabled"` and `cuda-graph-backend-prefill = "disabled"',
    "disable-fast-image-processor": 'image-processor-backend = "pil"',
    "enable-dp-attention": "attn-dp-size",
    "enable-flashinfer-allreduce-fusion": 'flashinfer-allreduce-fusion-backend = "auto"',
    "enable-flashinfer-mla": 'attention-backend = "flashinfer"',
    "enable-flashmla": 'attention-backend = "flashmla"',
    "grpc-mode": "smg-grpc-mode",
    "hybrid-kvcache-ratio": "swa-full-tokens-ratio",
    "monokernel-backend": "enable-amd-monokernel",
}


class Named(type):
    """The class of a class that is not here: it can be subclassed, called, indexed, iterated and joined with |."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock()

    def __getitem__(cls, key):
        return cls

    def __iter__(cls):
        return iter(())

    def __or__(cls, other):
        return cls

    __ror__ = __or__


class Absent(types.ModuleType):
    """A module that is not here: capitalised names are classes, all others are modules that can be called."""

    __path__ = []
    __version__ = "9.9.9"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name.lstrip("_")[:1].isupper():
            return Named(name, (), {"__init__": lambda self, *_, **__: None})
        return importlib.import_module(f"{self.__name__}.{name}")

    def __call__(self, *_, **__):
        return MagicMock()


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in KEPT or name.startswith(STOOD_IN):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return Absent(spec.name)

    def exec_module(self, module):
        pass


def ask(wheel):
    """Prints one release's flags as JSON."""
    sys.meta_path.insert(0, Finder())
    sys.path.insert(0, wheel)
    sglang = types.ModuleType("sglang")
    sglang.__path__ = [wheel + "/sglang"]
    sys.modules["sglang"] = sglang
    from sglang.srt.server_args import ServerArgs

    parser = argparse.ArgumentParser()
    ServerArgs.add_cli_args(parser)
    print(json.dumps([flag for action in parser._actions for flag in described(action)]))


def described(action):
    names = [it[2:] for it in action.option_strings if it.startswith("--") and not it.startswith("--no-")]
    own = action.dest.replace("_", "-")
    canonical = own if own in names else (names or [""])[0]
    for name in names:
        if name != "help":
            yield {
                "name": name,
                "canonical": canonical,
                "kind": kind(action),
                "file": isinstance(action, (argparse._StoreAction, argparse._StoreTrueAction)),
                "new": getattr(action, "new_flag", None),
                "choices": [str(it) for it in action.choices or ()],
            }


def kind(action):
    parse = getattr(action.type, "__name__", "")
    if isinstance(action, argparse.BooleanOptionalAction):
        word = "either"
    elif action.nargs == 0:
        word = "switch"
    else:
        word = {"int": "int", "human_readable_int": "size", "float": "float"}.get(parse, "text")
        if parse in ("loads", "json_list_type", "parse_cuda_graph_config_arg"):
            word = "json"
    many = "+" if action.nargs in ("+", "*") else ""
    help_text = (action.help or "").lower()
    words = ("deprecated", "[deprecated]", "(deprecated", "note: ")
    old = type(action).__name__.startswith("Deprecated") or help_text.startswith(words) and "deprecated" in help_text
    return word + many + ("!" if old else "")


def replacement(name, answers):
    """What SGLang says is the new name, as a line of a spec."""
    said = [it["new"] for it in answers if it["new"]]
    if name in SAID_IN_HELP or not said:
        return SAID_IN_HELP.get(name, "")
    new, _, value = said[-1].removeprefix("--").partition("=")
    return f'{new} = "{value}"' if value else new


def choices(answers):
    """The values of a closed list; `*` marks the releases that take any."""
    words = {word for it in answers if it for word in it["choices"]}
    if not words:
        return ""
    every = bits(answers, lambda it: True)
    masks = {word: bits(answers, lambda it: word in it["choices"]) for word in words}
    masks["*"] = bits(answers, lambda it: not it["choices"])
    shown = {word: mask for word, mask in masks.items() if "1" in mask}
    return " ".join(word if mask == every else f"{word}:{mask}" for word, mask in sorted(shown.items()))


def bits(answers, test):
    return "".join("1" if it and test(it) else "0" for it in answers)


def main():
    releases = dict(it.split("=") for it in sys.argv[1:])
    asked = {}
    for release, wheel in releases.items():
        answer = subprocess.run([sys.executable, __file__, wheel], check=True, stdout=subprocess.PIPE, text=True).stdout
        asked[release] = {it["name"]: it for it in json.loads(answer.splitlines()[-1])}
    print("flag", "canonical", *releases, "file", "new", "choices", sep="\t")
    for name in sorted({name for it in asked.values() for name in it}):
        answers = [it.get(name) for it in asked.values()]
        known = [it for it in answers if it]
        file = "yes" if all(it["file"] for it in known) else "no"
        kinds = [it["kind"] if it else "-" for it in answers]
        print(name, known[-1]["canonical"], *kinds, file, replacement(name, known), choices(answers), sep="\t")


if len(sys.argv) == 2:
    ask(sys.argv[1])
else:
    main()
