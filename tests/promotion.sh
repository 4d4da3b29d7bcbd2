#!/usr/bin/env bash
# A release on its way through three environments, on a real git repository: a new image in dev, promoted to staging, promoted
# to prod, and taken back there. After each commit the manifests of all three environments are compared, whole.
#
#     tests/promotion.sh            # with what `make demo` built, or with $CMP_HOST
#
# Of the new image, the manifests are those of examples/llama-8b/expected. Of the old one, tests/promotion/ENV.diff says what
# differs from them: the image, the labels with its version, and a folder for kernels that the old release does not take.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cmp_host=${CMP_HOST:-$root/target/$(rustc --print host-tuple)/release/cmp-host}
old=v0.5.22 new=v0.5.23

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
repository=$work/repository

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_AUTHOR_DATE=2026-01-01T00:00:00Z
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com GIT_COMMITTER_DATE=2026-01-01T00:00:00Z

# The manifests that each environment must have with either image.
for environment in dev staging prod; do
    mkdir -p "$work/$new" "$work/$old"
    cp "$root/examples/llama-8b/expected/manifests.$environment.yaml" "$work/$new/$environment.yaml"
    cp "$work/$new/$environment.yaml" "$work/$old/$environment.yaml"
    (cd "$work/$old" && git apply "$root/tests/promotion/$environment.diff")
done

# Says what is expected of dev, staging and prod, and compares all of it.
expect() {
    local step=$1 environment tag
    shift
    for environment in dev staging prod; do
        tag=$1
        shift
        "$cmp_host" generate "$repository" --env "$environment" >"$work/now.yaml"
        diff -u --label "$step: $environment, expected" --label now "$work/$tag/$environment.yaml" "$work/now.yaml"
    done
    echo "$step: as expected"
}

# Runs a verb and commits what it wrote, which must be what it printed.
step() {
    local message=$1
    shift
    "$cmp_host" "$@" >"$work/printed.diff" 2>"$work/said"
    git -C "$repository" apply --reverse --check "$work/printed.diff"
    [ "$(git -C "$repository" status --porcelain)" = " M sglang.toml" ]
    git -C "$repository" commit --quiet --all --message "$message"
}

git init --quiet --initial-branch main "$repository"
sed "s/^tag = \"$new\"$/tag = \"$old\"/" "$root/examples/llama-8b/sglang.toml" >"$repository/sglang.toml"
git -C "$repository" add sglang.toml
git -C "$repository" commit --quiet --message "the old image everywhere"
expect "the first commit" $old $old $old

step "dev: $new" image set "$repository" --env dev --tag $new
expect "a new image in dev" $new $old $old

step "staging: $new" promote "$repository" --from dev --to staging
expect "promoted to staging" $new $new $old

step "prod: $new" promote "$repository" --from staging --to prod
expect "promoted to prod" $new $new $new

# Argo CD refuses its own rollback where it syncs by itself; this one is a commit like any other.
step "prod: back" rollback "$repository" --env prod
expect "taken back in prod" $new $new $old
grep -qx "the values are those of $(git -C "$repository" rev-parse --short HEAD~2); commit the change to deliver them" "$work/said"

[ "$(git -C "$repository" rev-list --count HEAD)" = 5 ]
[ -z "$(git -C "$repository" status --porcelain)" ]
