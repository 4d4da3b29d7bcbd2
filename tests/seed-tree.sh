#!/usr/bin/env bash
# Makes the whole tree of the guide that this project began with out of examples/llama-8b, and looks whether anything of it is
# missing. The commands are those of docs/migrate.md, taken out of the page, so that the page cannot rot.
#
#     tests/seed-tree.sh [CMP_HOST]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(realpath "${1:-$root/target/$(rustc --print host-tuple)/release/cmp-host}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "seed-tree.sh: $*" >&2
    exit 1
}

# The block of shell that follows the page's mark.
commands() {
    awk '/^<!-- tests\/seed-tree.sh runs this -->$/ { marked = 1; next }
         marked && /^```sh$/ { inside = 1; next }
         inside && /^```$/ { exit }
         inside' "$root/docs/migrate.md"
}

# expect FOLDER KIND/NAME…: an object of each, and no other.
expect() {
    local folder=$1 found wanted
    shift
    found=$(cat "$folder"/*.yaml | awk '/^kind: / { kind = $2 } /^  name: / && kind { print kind "/" $2; kind = "" }' | sort)
    wanted=$(printf '%s\n' "$@" | sort)
    diff <(echo "$wanted") <(echo "$found") || fail "$folder is not what the guide has"
}

[[ -n $(commands) ]] || fail "docs/migrate.md has no commands for this script"
mkdir "$work/bin" "$work/repository"
ln -s "$program" "$work/bin/cmp-host"
cd "$work/repository"
git init --quiet
mkdir -p services/chat
cp "$root/examples/llama-8b/sglang.toml" services/chat/
commands >"$work/commands.sh"
PATH=$work/bin:$PATH bash -euo pipefail "$work/commands.sh"

# What the guide has, by the file that has it there.
objects=(
    Deployment/sglang-streaming                                                   # deployment.yaml
    Service/sglang-streaming                                                      # service.yaml, in place of two
    ConfigMap/sglang-streaming-config                                             # configmap.yaml
    PersistentVolumeClaim/sglang-streaming-models                                 # pvc.yaml, in place of two
    SecretStore/sglang-streaming-store ExternalSecret/sglang-streaming-secrets    # secrets.yaml
    ServiceMonitor/sglang-streaming HTTPRoute/sglang-streaming                    # monitoring.yaml, the route in place of an Ingress
    # And what it lacks.
    ServiceAccount/sglang-streaming ServiceAccount/sglang-streaming-store
    NetworkPolicy/sglang-streaming PrometheusRule/sglang-streaming
)
expect rendered/applications/sglang-dev "${objects[@]}"
expect rendered/applications/sglang-staging "${objects[@]}"
expect rendered/applications/sglang-prod "${objects[@]}" PodDisruptionBudget/sglang-streaming
expect rendered/argocd-apps AppProject/sglang-streaming \
    Application/sglang-streaming-dev Application/sglang-streaming-staging Application/sglang-streaming-prod

for environment in dev staging prod; do
    for file in rendered/applications/sglang-$environment/*.yaml; do
        grep -q "^  namespace: sglang-$environment$" "$file" || fail "$file is not for sglang-$environment"
    done
    grep -q "namespace: sglang-$environment$" rendered/argocd-apps/*.yaml || fail "nothing delivers to sglang-$environment"
done
echo "the tree is complete: $(find rendered -name '*.yaml' | wc -l) files"
