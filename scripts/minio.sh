#!/usr/bin/env bash
# Builds MinIO, the S3 server of the tests, from its Go module, and says where it is:
#   GEOCROP_MINIO="$(scripts/minio.sh)" npm test
# Some three minutes on two cores the first time; kept in the user's cache, so at once after that. Needs Go, of any age.
set -euo pipefail
version=v0.0.0-20260212201848-7aac2a2c5b7c
# Of MinIO's go.mod. Go before 1.21 cannot fetch the Go that a module asks for by itself.
toolchain=1.24.8

dir="${XDG_CACHE_HOME:-$HOME/.cache}/geocrop/minio-$version"
if ! "$dir/minio" --version >/dev/null 2>&1; then
  command -v go >/dev/null || {
    echo "MinIO is built with Go, which is not here: apt-get install golang-go" >&2
    exit 1
  }
  go=go
  if [ "$(printf '%s\n' 1.21 "$(go env GOVERSION | sed 's/^go//')" | sort -V | head -n 1)" != 1.21 ]; then
    module="golang.org/toolchain@v0.0.1-go$toolchain.$(go env GOOS)-$(go env GOARCH)"
    goroot="$(go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')"
    # Modules hold no executables: Go sets the bits of its own toolchains, and so do we.
    chmod -R u+x "$goroot/bin" "$goroot/pkg/tool"
    go="$goroot/bin/go"
    export GOROOT="$goroot"
  fi
  mkdir -p "$dir"
  # The finished file is renamed into place: a build that was stopped leaves none.
  GOBIN="$dir" "$go" install "github.com/minio/minio@$version" >&2
fi
echo "$dir/minio"
