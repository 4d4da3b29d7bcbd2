// A guest that expands a spec of a name, an image and replicas into a Deployment and a Service.

import { parse as parseToml, TomlError } from "smol-toml";

const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    name: { type: "string", pattern: "^[a-z0-9-]+$" },
    image: { type: "string" },
    env: {
      type: "object",
      propertyNames: { pattern: "^[a-z0-9-]+$" },
      additionalProperties: {
        type: "object",
        properties: { replicas: { type: "integer", minimum: 0 } },
        additionalProperties: false,
      },
    },
    // The host's own keys.
    guest: { type: "string" },
    limits: { type: "object" },
  },
  required: ["name", "image"],
  additionalProperties: false,
};

// The host takes 500, and nobody reads as many.
const MOST_PROBLEMS = 100;

export const expander = {
  describe: () => ({ name: "app", version: "0.1.0", schema: JSON.stringify(SCHEMA), parameters: [] }),

  inputs: () => [],

  environments: (files) => Object.keys(parse(files).env).sort(),

  settings(files, environment) {
    const { env } = parse(files);
    const name = choose(env, environment);
    return name === null ? [] : [{ setting: "replicas", value: String(env[name].replicas ?? 1), key: `env.${quote(name)}.replicas` }];
  },

  init(answers) {
    const [answer, ...more] = answers;
    if (more.length === 0 && answer?.[0] === "name" && isName(answer[1])) {
      return `name = "${answer[1]}"\nimage = "registry.example.com/${answer[1]}:1.0.0"\n`;
    }
    throw [problem("APP004", "a first spec needs `name`, in lower case, and nothing else")];
  },

  expand(request) {
    const { name, image, env } = parse(request.files);
    if (request.parameters.length > 0 || request.output.tag === "delivery") {
      throw [problem("APP003", "this guest knows no parameters, and writes no delivery objects")];
    }
    const replicas = env[choose(env, request.environment)]?.replicas ?? 1;
    const manifests = build(name, image, replicas).map((it) => ({ json: JSON.stringify(it), origins: [] }));
    return { manifests, allowEmpty: false, warnings: [] };
  },
};

/** The environment's name; null for a spec without any. */
function choose(env, name) {
  const names = Object.keys(env);
  const chosen = name ?? (names.length === 1 ? names[0] : null);
  if (chosen === null ? names.length > 1 : !names.includes(chosen)) {
    throw [problem("APP002", `there is no environment \`${chosen ?? ""}\``)];
  }
  return chosen;
}

/** The spec, or every problem at once. */
function parse(files) {
  const spec = { env: {}, ...readToml(files[0].text) };
  const problems = check(spec);
  if (problems.length > MOST_PROBLEMS) {
    problems.splice(MOST_PROBLEMS, Infinity, problem("APP005", `there are more than these ${MOST_PROBLEMS} problems`));
  }
  if (problems.length > 0) throw problems;
  return spec;
}

function readToml(text) {
  try {
    return parseToml(text, { maxDepth: 50 });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const before = text.split("\n").slice(0, error.line - 1).map((it) => it + "\n").join("");
    const start = nBytes(before);
    throw [problem("APP001", error.message.split("\n")[0], { tag: "span", val: { file: 0, start, end: start } })];
  }
}

/** `guest` and `limits` are the host's keys, which it has read already. */
function check({ name, image, env, guest, limits, ...others }) {
  const problems = Object.keys(others).map((it) => unknown(it, ""));
  const wrong = (message, path) => problems.push(problem("APP001", message, atKey(path)));
  if (typeof name !== "string" || !isName(name)) wrong("`name` has lower-case letters, digits and `-`", "name");
  if (typeof image !== "string") wrong("`image` is a text", "image");
  if (!isTable(env)) wrong("`env` is a table", "env");
  for (const [key, settings] of isTable(env) ? Object.entries(env) : []) {
    const path = `env.${quote(key)}`;
    if (!isName(key)) wrong("an environment's name has lower-case letters, digits and `-`", path);
    if (!isTable(settings)) {
      wrong("an environment is a table", path);
      continue;
    }
    const { replicas = 1, ...others } = settings;
    problems.push(...Object.keys(others).map((it) => unknown(it, `${path}.`)));
    const isCount = Number.isInteger(replicas) && replicas >= 0 && replicas < 2 ** 32;
    if (!isCount) wrong("`replicas` is a whole number", `${path}.replicas`);
  }
  return problems;
}

function unknown(key, path) {
  return problem("APP001", `there is no key ${quote(key)}`, atKey(path + quote(key)));
}

/** As TOML writes it: unlike JSON it takes no U+007F. */
function quote(key) {
  return JSON.stringify(key).replaceAll("\x7f", "\\u007f");
}

function isTable(value) {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

function isName(text) {
  return /^[a-z0-9-]+$/.test(text);
}

/** Of the text as UTF-8, which is what places are counted in. */
function nBytes(text) {
  return unescape(encodeURIComponent(text)).length;
}

function build(name, image, replicas) {
  const labels = { "app.kubernetes.io/name": name };
  const container = { name: "app", image, ports: [{ name: "http", containerPort: 8080 }] };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, labels },
    spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  };
  return [deployment, service];
}

function atKey(path) {
  return { tag: "key", val: { file: 0, path } };
}

function problem(code, message, at = null) {
  return { severity: "error", code, message, at, secret: false, help: null, related: [] };
}
