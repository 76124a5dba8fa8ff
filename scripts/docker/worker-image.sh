#!/usr/bin/env bash
# Builds millrace/worker as docker/worker.Dockerfile would, for an engine that can pull nothing: this checkout's Node,
# sources and dependencies.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(readlink -f "$here/../..")
R=$(mktemp -d)
trap 'rm -rf "$R"' EXIT
. "$here/rootfs.sh"

put_base
mkdir -p "$R"/app/{node_modules/@standard-schema,examples}
cp -L "$("$root/node_modules/.bin/node" -p process.execPath)" "$R/bin/node"
put_programs dash ls cat sleep
ln -sf dash "$R/bin/sh"
put_libraries
cp "$root/package.json" "$R/app/"
cp -r "$root/src" "$R/app/"
cp -r "$root/examples/4-word-count" "$R/app/examples/"
cp -rL "$root/node_modules/commander" "$R/app/node_modules/"
cp -rL "$root/node_modules/@standard-schema/spec" "$R/app/node_modules/@standard-schema/"
import_image millrace/worker:latest 'ENTRYPOINT ["node", "src/cli/main.ts"]' \
  'CMD ["run", "examples/4-word-count/topology.ts"]' 'ENV PATH=/bin LANG=C.UTF-8' 'WORKDIR /app' 'USER 1000'
