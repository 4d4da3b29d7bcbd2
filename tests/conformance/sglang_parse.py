"""Asks SGLang's own argument parser, config merger and checks whether they take what a server container is given.

Reads a JSON list of {"id", "args", "config"} on stdin, where "config" is the text of the file that stands behind `--config`
(or null), and writes a JSON list of {"id", "problem"} on stdout: null, or the words in which SGLang refuses.
One process answers for hundreds of containers, since loading SGLang takes longer than parsing does.

No GPU, no torch and no model: libraries that are imported on the way but never used are stood in for, and of SGLang's checks
those are asked that look at flags alone.
"""

import abc
import argparse
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import sys
import tempfile
import traceback
import types

# What SGLang 0.5.23 imports on the way to its parser and checks, and what is gigabytes or needs a GPU.
# A release that needs one more fails with ModuleNotFoundError, which names it.
STOOD_IN = set("IPython PIL huggingface_hub pybase64 safetensors starlette torch tqdm transformers triton zmq".split())
# Packages of SGLang's own that load kernels or read a model's configuration.
STOOD_IN_PACKAGES = tuple("sglang." + it for it in "kernels srt.configs srt.layers srt.utils.hf_transformers".split())

# The checks of flags against each other, in the order in which SGLang runs them: module, function, and for which algorithms
# of speculative decoding alone.
CHECKS = (
    ("serving_hook", "handle_deprecated_args", None),
    ("serving_hook", "handle_tokenizer_batching", None),
    ("kv_cache_hook", "handle_cache_compatibility", None),
    ("speculative_hook", "_handle_eagle_family", ("EAGLE", "EAGLE3", "STANDALONE")),
    ("validation_hook", "check_server_args", None),
)
# What SGLang computes from the accelerator and the model before it checks, where nobody has said it.
COMPUTED = {"chunked_prefill_size": 8192, "page_size": 1, "served_model_name": "model"}


class Absent(abc.ABCMeta):
    """The metaclass of every name in a library that is not here: subclassed, called, indexed and joined at will."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(name, (), {})

    def __call__(cls, *args, **kwargs):
        # A decorator hands back what it decorates; anything else gives one more absent thing.
        return args[0] if args and callable(args[0]) else cls

    def __getitem__(cls, key):
        return cls

    def __iter__(cls):
        return iter(())

    def __int__(cls):
        return 0

    def __or__(cls, other):
        return cls

    __ror__ = __or__


class AbsentModule(types.ModuleType):
    __path__ = []
    __version__ = "999"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(name, (), {})


class Understudy(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for each library that is not here."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in STOOD_IN or name.startswith(STOOD_IN_PACKAGES):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return AbsentModule(spec.name)

    def exec_module(self, module):
        pass


class Refused(Exception):
    pass


class Parser(argparse.ArgumentParser):
    """argparse's parser, which raises where the original prints and exits."""

    def error(self, message):
        raise Refused(message)


def lay_package():
    """Registers `sglang` without running its own __init__, which patches libraries that are not here."""
    found = importlib.util.find_spec("sglang")
    package = types.ModuleType("sglang")
    package.__path__ = list(found.submodule_search_locations)
    package.__version__ = "0"
    sys.modules["sglang"] = package


def load_sglang():
    sys.meta_path.insert(0, Understudy())
    lay_package()
    from sglang.srt.server_args import ServerArgs
    from sglang.srt.utils.server_args_config_parser import ConfigArgumentMerger

    parser = Parser(prog="launch_server")
    ServerArgs.add_cli_args(parser)
    checks = [
        (getattr(importlib.import_module("sglang.srt.arg_groups." + module), function), algorithms)
        for module, function, algorithms in CHECKS
    ]
    overrides = importlib.import_module("sglang.srt.arg_groups.overrides")
    return parser, ConfigArgumentMerger(parser), Checks(ServerArgs, overrides, checks)


class Checks:
    """SGLang's own checks of what its parser has taken."""

    def __init__(self, server_args, overrides, checks):
        self.server_args = server_args
        self.overrides = overrides
        self.checks = checks

    def run(self, parsed):
        for name, value in COMPUTED.items():
            if getattr(parsed, name) is None:
                setattr(parsed, name, value)
        if parsed.speculative_algorithm is not None:
            # As `handle_speculative_decoding` does, before it looks at the draft model.
            parsed.speculative_algorithm = parsed.speculative_algorithm.upper()
        server_args = self.server_args.from_cli_args(parsed)
        # Pipelines turn off what their check would refuse.
        self.overrides.run_post_process_pass(server_args, self.overrides._pipeline_parallel_overlap_disable)
        for check, algorithms in self.checks:
            if algorithms is None or parsed.speculative_algorithm in algorithms:
                check(server_args)


def in_words(error):
    """What an exception says; an assertion without a text tells its place."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return str(error) or f"{place.line} ({pathlib.Path(place.filename).name}:{place.lineno})"


def with_config_at(args, path):
    """Replaces the path behind `--config` as two words; SGLang itself overlooks `--config=FILE`, and so do we."""
    return [path if index and args[index - 1] == "--config" else arg for index, arg in enumerate(args)]


def problem(parser, merger, checks, item, folder):
    args = item["args"]
    if item["config"] is not None:
        config = folder / "config.yaml"
        config.write_text(item["config"], encoding="utf-8")
        args = with_config_at(args, str(config))
    try:
        checks.run(parser.parse_args(merger.merge_config_with_args(args)))
    except (Refused, ValueError, AssertionError, argparse.ArgumentTypeError) as error:
        return in_words(error)
    except SystemExit as exit:
        return f"the parser exits with {exit.code}"
    return None


def main():
    items = json.load(sys.stdin)
    # Whatever SGLang prints while it loads would mix with the answer.
    with contextlib.redirect_stdout(io.StringIO()), tempfile.TemporaryDirectory() as folder:
        asked = load_sglang()
        answers = [{"id": it["id"], "problem": problem(*asked, it, pathlib.Path(folder))} for it in items]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
