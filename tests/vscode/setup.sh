#!/usr/bin/env bash
# Installs what the tests here drive: Debian's Chromium, and code-server with the Node that it wants.
# Nothing is compiled: code-server's native extras (terminal, keytar) are not needed. Does nothing when done before.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v chromium >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
fi

if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  editor=$PWD/node_modules/code-server/lib/vscode
  npm install --prefix "$editor" --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
  npm install --prefix "$editor/extensions" --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed
fi
