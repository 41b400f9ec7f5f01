# Keeps metrics of several clusters in one tenant, and evaluates the rules that operators write to its ruler.
seconds=420
gigabytes=6
programs=(mimir=github.com/grafana/mimir/cmd/mimir)
tags='netgo stringlabels'

set_version() {
  local version
  version=$(version_of github.com/grafana/mimir)
  ldflags="-X github.com/grafana/mimir/pkg/util/version.Version=$version"
}
