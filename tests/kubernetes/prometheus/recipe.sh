# The whole of Prometheus: every service discovery is in, so that its speed and memory can be compared with. Only the
# web interface is missing, which is no part of the module; the HTTP API is whole.
seconds=320
gigabytes=6
programs=(prometheus=github.com/prometheus/prometheus/cmd/prometheus
  promtool=github.com/prometheus/prometheus/cmd/promtool)
tags=netgo

# Its module is v0.308.1 where the program calls itself 3.8.1.
set_version() {
  local version
  version=$(<"$(go list -m -f '{{.Dir}}' github.com/prometheus/prometheus)/VERSION")
  ldflags="-X github.com/prometheus/common/version.Version=$version"
}
