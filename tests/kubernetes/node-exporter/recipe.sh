# The metrics of a node, as a daemon set runs it.
seconds=30
gigabytes=1
programs=(node_exporter=github.com/prometheus/node_exporter)

set_version() {
  local version
  version=$(version_of github.com/prometheus/node_exporter)
  ldflags="-X github.com/prometheus/common/version.Version=${version#v}"
}
