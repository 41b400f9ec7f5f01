# Routes alerts. 0.28.1 is the last version whose module holds the files of the web interface, without which it does not
# compile.
seconds=40
gigabytes=2
programs=(alertmanager=github.com/prometheus/alertmanager/cmd/alertmanager)

set_version() {
  local version
  version=$(version_of github.com/prometheus/alertmanager)
  ldflags="-X github.com/prometheus/common/version.Version=${version#v}"
}
