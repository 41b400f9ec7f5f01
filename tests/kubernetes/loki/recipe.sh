# Keeps the logs that agents send.
seconds=420
gigabytes=6
programs=(loki=github.com/grafana/loki/v3/cmd/loki)
tags=netgo

set_version() {
  local version
  version=$(version_of github.com/grafana/loki/v3)
  ldflags="-X github.com/grafana/loki/v3/pkg/util/build.Version=${version#v}"
}
