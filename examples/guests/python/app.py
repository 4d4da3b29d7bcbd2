"""A guest that expands a spec of a name, an image and replicas into a Deployment and a Service."""

import json
import re
import tomllib

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import expander

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "image": {"type": "string"},
        "env": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z0-9-]+$"},
            "additionalProperties": {
                "type": "object",
                "properties": {"replicas": {"type": "integer", "minimum": 0}},
                "additionalProperties": False,
            },
        },
        # The host's own keys.
        "guest": {"type": "string"},
        "limits": {"type": "object"},
    },
    "required": ["name", "image"],
    "additionalProperties": False,
}

# tomllib takes quadratic time over the parts of a key: ten thousand of them use up a guest's fuel.
MOST_DOTS = 100

# The host takes 500, and nobody reads as many.
MOST_PROBLEMS = 100


class Expander(exports.Expander):
    def describe(self):
        return expander.GuestInfo("app", "0.1.0", json.dumps(SCHEMA), [])

    def inputs(self, files):
        return []

    def environments(self, files):
        return sorted(parse(files)["env"])

    def settings(self, files, environment):
        environments = parse(files)["env"]
        name = choose(environments, environment)
        if name is None:
            return []
        replicas = str(environments[name].get("replicas", 1))
        return [expander.SettingValue(expander.Setting.REPLICAS, replicas, f"env.{quote(name)}.replicas")]

    def init(self, answers):
        match answers:
            case [("name", name)] if is_name(name):
                return f'name = "{name}"\nimage = "registry.example.com/{name}:1.0.0"\n'
        raise Err([problem("APP004", "a first spec needs `name`, in lower case, and nothing else")])

    def expand(self, request):
        spec = parse(request.files)
        if request.parameters or isinstance(request.output, expander.Output_Delivery):
            raise Err([problem("APP003", "this guest knows no parameters, and writes no delivery objects")])
        chosen = spec["env"].get(choose(spec["env"], request.environment), {})
        manifests = build(spec["name"], spec["image"], chosen.get("replicas", 1))
        return expander.Expansion([expander.Manifest(json.dumps(it), []) for it in manifests], False, [])


def choose(environments, name):
    """The environment's name; None for a spec without any."""
    if name is None and len(environments) < 2:
        return next(iter(environments), None)
    if name in environments:
        return name
    raise Err([problem("APP002", f"there is no environment `{name or ''}`")])


def parse(files):
    """The spec, or every problem at once."""
    text = files[0].text
    start = 0
    for line in text.splitlines(keepends=True):
        if line.count(".") > MOST_DOTS:
            raise Err([problem("APP001", "this line has too many dots", at_byte(text, start))])
        start += len(line)
    try:
        spec = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Err([problem("APP001", error.msg, at_byte(text, error.pos))])
    except RecursionError:
        raise Err([problem("APP001", "this is nested too deep", at_key(""))])
    spec.setdefault("env", {})
    problems = list(check(spec))
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = [problem("APP005", f"there are more than these {MOST_PROBLEMS} problems")]
    if problems:
        raise Err(problems)
    return spec


def check(spec):
    # `guest` and `limits` are the host's keys, which it has read already.
    yield from unknown(spec, {"name", "image", "env", "guest", "limits"}, "")
    if not isinstance(spec.get("name"), str) or not is_name(spec["name"]):
        yield problem("APP001", "`name` has lower-case letters, digits and `-`", at_key("name"))
    if not isinstance(spec.get("image"), str):
        yield problem("APP001", "`image` is a text", at_key("image"))
    if not isinstance(spec["env"], dict):
        yield problem("APP001", "`env` is a table", at_key("env"))
        return
    for name, settings in spec["env"].items():
        path = f"env.{quote(name)}"
        if not is_name(name):
            yield problem("APP001", "an environment's name has lower-case letters, digits and `-`", at_key(path))
        if not isinstance(settings, dict):
            yield problem("APP001", "an environment is a table", at_key(path))
            continue
        yield from unknown(settings, {"replicas"}, path + ".")
        replicas = settings.get("replicas", 1)
        if type(replicas) is not int or not 0 <= replicas < 2**32:
            yield problem("APP001", "`replicas` is a whole number", at_key(path + ".replicas"))


def unknown(table, known, path):
    for key in sorted(table.keys() - known):
        yield problem("APP001", f"there is no key {quote(key)}", at_key(path + quote(key)))


def quote(key):
    """As TOML writes it: unlike JSON it knows no halves of characters, and takes no U+007F."""
    return json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")


def is_name(text):
    return re.fullmatch("[a-z0-9-]+", text) is not None


def build(name, image, replicas):
    labels = {"app.kubernetes.io/name": name}
    container = {"name": "app", "image": image, "ports": [{"name": "http", "containerPort": 8080}]}
    yield {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": labels},
        "spec": {"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
    }


def at_byte(text, position):
    """Places are counted in bytes, and Python counts characters."""
    start = len(text[:position].encode())
    return expander.Location_Span(expander.Span(0, start, start))


def at_key(path):
    return expander.Location_Key(expander.Key(0, path))


def problem(code, message, at=None):
    return expander.Problem(expander.Severity.ERROR, code, message, at, False, None, [])
