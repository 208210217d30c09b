#!/usr/bin/env bash
# Adds provlint to the PATH of a job: a release, verified by its checksum and by where it was built, or a build of this
# checkout.
#
#   PROVLINT_VERSION   the release; empty: the version of this checkout; `source`: build this checkout
#   PROVLINT_SHA256    the checksum of the archive; empty: the one in the release's SHA256SUMS
#   PROVLINT_RELEASES  the URL of the releases
#
# The release's SHA256SUMS only shows that a download is whole: whoever replaces an archive replaces both. The attestation in
# provenance.json is signed by the release workflow, which gh or cosign verifies. A job that has neither must pin the
# checksum.
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

# What signs a release: this workflow, for the tag of that version.
repository=provlint/provlint
identity=https://github.com/$repository/.github/workflows/release.yml@refs/tags/v$version
if gh attestation verify --help >/dev/null 2>&1; then
    verify=(gh attestation verify "$folder/$archive" --repo "$repository" --cert-identity "$identity")
    verify+=(--deny-self-hosted-runners --bundle "$folder/provenance.json")
elif cosign verify-blob-attestation --help >/dev/null 2>&1; then
    verify=(cosign verify-blob-attestation --new-bundle-format --bundle "$folder/provenance.json" --type slsaprovenance1)
    verify+=(--certificate-identity "$identity")
    verify+=(--certificate-oidc-issuer https://token.actions.githubusercontent.com "$folder/$archive")
elif [ -n "${PROVLINT_SHA256:-}" ]; then
    echo "::notice title=provlint::where $archive was built is not verified: neither gh nor cosign is installed; it has the checksum of this workflow"
    verify=()
else
    rm -f "$folder/$archive"
    fail "where $archive was built cannot be verified: install gh 2.49 or newer, or cosign; or set sha256; version: source builds it"
fi
if [ ${#verify[@]} -gt 0 ]; then
    download provenance.json
    "${verify[@]}" || {
        rm -f "$folder/$archive"
        fail "$archive of release $version was not built by the release workflow of $repository, or that could not be verified"
    }
fi

case $archive in
    *.zip) unzip -q -o "$folder/$archive" -d "$folder" ;;
    *) tar -xzf "$folder/$archive" -C "$folder" ;;
esac
echo "$folder/provlint-$target" >>"$GITHUB_PATH"
