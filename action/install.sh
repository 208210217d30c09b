#!/usr/bin/env bash
# Adds provlint to the PATH of a job: a release, verified by its checksum, or a build of this checkout.
#
#   PROVLINT_VERSION   the release; empty: the version of this checkout; `source`: build this checkout
#   PROVLINT_SHA256    the checksum of the archive; empty: the one in the release's SHA256SUMS
#   PROVLINT_RELEASES  the URL of the releases
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${RUNNER_TEMP:-/tmp}/provlint-bin
releases=${PROVLINT_RELEASES:-https://github.com/provlint/provlint/releases/download}
version=${PROVLINT_VERSION:-}
mkdir -p "$folder"

fail() {
    # A newline would end the command that GitHub reads.
    echo "::error title=provlint::${1//$'\n'/ }"
    exit 2
}

if [ "$version" = source ]; then
    cargo install --locked --path "$here" --root "$folder/built"
    echo "$folder/built/bin" >>"$GITHUB_PATH"
    exit
fi

if [ -z "$version" ]; then
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1)
fi
version=${version#v}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "the version must be like 0.1.0, or source"

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
    *) fail "there is no release for $(uname -s) on $(uname -m); version: source builds it" ;;
esac
archive=provlint-$target.tar.gz
case $target in *windows*) archive=provlint-$target.zip ;; esac

download() {
    curl --proto "=https,file" --proto-redir "=https" --fail --silent --show-error --location --retry 3 --output "$folder/$1" "$releases/v$version/$1" ||
        fail "$1 of release $version could not be downloaded; version: source builds it"
}
download "$archive"
expected=${PROVLINT_SHA256:-}
if [ -z "$expected" ]; then
    download SHA256SUMS
    expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
fi
if command -v sha256sum >/dev/null; then
    actual=$(sha256sum "$folder/$archive")
else
    actual=$(shasum -a 256 "$folder/$archive")
fi
actual=${actual%% *}
# Git's shell on Windows writes a backslash before the checksum if the path contains backslashes.
actual=${actual#\\}
if [ -z "$expected" ] || [ "$(tr '[:upper:]' '[:lower:]' <<<"$expected")" != "$actual" ]; then
    rm -f "$folder/$archive"
    fail "$archive of release $version has the SHA-256 $actual, not ${expected:-one that the release names}"
fi

case $archive in
    *.zip) unzip -q -o "$folder/$archive" -d "$folder" ;;
    *) tar -xzf "$folder/$archive" -C "$folder" ;;
esac
echo "$folder/provlint-$target" >>"$GITHUB_PATH"
