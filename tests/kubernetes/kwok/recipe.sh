# Plays nodes and pods for an API server: thousands of them in one process. It does so by its stage files, which say how
# a node and a pod move on; its own are in share/, to be given to it as --config.
seconds=90
gigabytes=3
programs=(kwok=sigs.k8s.io/kwok/cmd/kwok)


finish() {
  local module stage
  module=$(go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)
  for stage in node/fast node/heartbeat-with-lease pod/fast; do
    mkdir -p "$out/share/$stage"
    cp "$module/kustomize/stage/$stage"/*.yaml "$out/share/$stage/"
    rm -f "$out/share/$stage/kustomization.yaml"
  done
  chmod -R u+w "$out/share"
}
