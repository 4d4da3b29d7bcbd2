# The commands of this project; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: demo test check bless bench bench-server conformance conformance-all fuzz help fmt clippy deny tidy advisories target tools

# demo, test, clippy and bench name the same packages and the same profile, so that they share one build of wasmtime.
BUILD := --release --locked --workspace
# A test's error is its message; where anyhow made it says nothing.
export RUST_LIB_BACKTRACE := 0
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
# Asked when it is needed: `make help` works without Rust.
RELEASE = $(TARGET_DIR)/$(shell rustc --print host-tuple)/release

demo: target ## Builds cmp-host and prints the prod manifests of examples/llama-8b; stdout carries YAML only
	@cargo build $(BUILD) >&2
	@$(RELEASE)/cmp-host generate examples/llama-8b --env prod

test: target tools check ## Runs everything that can fail: the checks below, and every test with the tools that it asks
	@cargo test $(BUILD) --no-fail-fast

check: fmt clippy deny tidy ## Looks at the code: format, lints as errors, licences and dependencies, invariants

bless: target ## Rewrites what the tests expect, and generated pages; read that diff as carefully as code
	@BLESS=1 cargo test $(BUILD) --no-fail-fast --lib --test golden --test hostile --test archives --test faults --test proto --test schema

bench-server: target ## Measures `serve` against argocd-cmp-server, asked by Argo CD's own client; fails beyond a goal
	@tests/tools/install.sh argocd-v3.6
	@cargo bench --locked --workspace --bench server

bench: target ## Measures against kustomize and the native guest; fails beyond a goal
	@command -v kubectl >/dev/null || tests/tools/install.sh kustomize
	@tests/tools/install.sh guest-python
	@cargo bench --locked -p cmp-host --bench goals

conformance: ## Holds `cmp-host serve` against the newest and the oldest Argo CD, linked as released; the first time takes long
	@$(MAKE) --no-print-directory argocd-v3.6 argocd-v2.8
	@tests/tools/install.sh argocd-applications
	@.tools/bin/argocd-applications tests/applications/*
	@tests/tools/install.sh argocd-delivery
	@$(RELEASE)/cmp-host argocd config >$(TARGET_DIR)/settings.yaml
	@.tools/bin/argocd-delivery -settings $(TARGET_DIR)/settings.yaml -manifests .tools/argocd-install.yaml $$(find tests/cases examples -name delivery.yaml)

conformance-all: conformance ## The same against the releases between, a whole argocd-repo-server, and Kubernetes' own rules
	@$(MAKE) --no-print-directory argocd-v3.2 argocd-v2.14
	@tests/tools/install.sh redis kubernetes
	@.tools/bin/argocd-v3.6 render -host $(RELEASE)/cmp-host >/dev/null
	@.tools/bin/kubernetes $$(find tests/cases examples -name 'manifests*.yaml')

# Every case and example through a release's own client and server, and what both say of themselves.
argocd-%: target
	@cargo build $(BUILD)
	@tests/tools/install.sh $@
	@.tools/bin/$@ compare -host $(RELEASE)/cmp-host
	@.tools/bin/$@ describe -host $(RELEASE)/cmp-host

fuzz: target ## Looks for inputs that we do not withstand, for FUZZ_SECONDS (60) in each place
	@tests/tools/install.sh c++
	@FUZZ_CORPUS=$(abspath $(TARGET_DIR))/fuzz/seeds cargo test $(BUILD) --test fuzzed
	@fuzz/run

advisories: ## Asks RustSec about our dependencies; needs github.com, so it runs by itself every night
	@tests/tools/install.sh deny
	@.tools/bin/cargo-deny --locked check advisories

help: ## Prints this list
	@sed -nE 's/^([a-z-]+):.* ## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 23

fmt:
	@cargo fmt --all --check

clippy: target
	@cargo clippy $(BUILD) --all-targets -- -D warnings

deny:
	@tests/tools/install.sh deny
	@.tools/bin/cargo-deny --locked check bans licenses sources

tidy: target
	@cargo test $(BUILD) --test tidy

# rustup brings the pinned toolchain with it; a cargo from elsewhere must know the target already.
target:
	@tests/tools/install.sh linker
	@if command -v rustup >/dev/null; then rustup --quiet target add wasm32-unknown-unknown >&2; fi

tools:
	@tests/tools/install.sh python go shell
