#!/bin/bash
# Fuzzes REST by its own OpenAPI document: no 5xx, no answer that breaks the document, no hang.
# Usage: end2end/clients/schemathesis.sh MAPWRIGHT_BINARY [EXAMPLES]
# Needs schemathesis (PyPI) on the PATH or in $SCHEMATHESIS. Starts a server of its own on a fresh folder.
set -eu
BINARY=$1
EXAMPLES=${2:-30}
SCHEMATHESIS=${SCHEMATHESIS:-schemathesis}
DIR=$(mktemp -d)
export MAPWRIGHT_ADMIN_EMAIL=fuzz@example.com MAPWRIGHT_ADMIN_PASSWORD='fuzz fuzz fuzz' MAPWRIGHT_RATE_LIMIT=0
"$BINARY" serve --data-dir "$DIR/data" --listen 127.0.0.1:0 >"$DIR/out" 2>"$DIR/log" &
SERVER=$!
trap 'kill $SERVER 2>/dev/null; wait $SERVER 2>/dev/null || true; rm -rf "$DIR"' EXIT
for _ in $(seq 100); do grep -q http "$DIR/out" && break; sleep 0.1; done
URL=$(grep -o 'http://.*' "$DIR/out")
TOKEN=$("$BINARY" token create --data-dir "$DIR/data" --workspace main --scopes read,operate,edit,administer,own |
  python3 -c 'import json,sys; print(json.load(sys.stdin)["secret"])')
# The stream of a run does not end while the run goes on.
"$SCHEMATHESIS" run "$URL/api/v1/openapi.json" --header "Authorization: Bearer $TOKEN" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  --exclude-path-regex '/stream$' --max-examples "$EXAMPLES" --request-timeout 20 --seed 7 --generation-database none
! grep -E 'ERROR|panicked' "$DIR/log"
