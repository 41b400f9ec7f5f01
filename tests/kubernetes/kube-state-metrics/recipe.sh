# Turns the objects of an API server into metrics, as most Kubernetes dashboards expect.
seconds=100
gigabytes=3
programs=(kube-state-metrics=k8s.io/kube-state-metrics/v2)

set_version() {
  local version
  version=$(version_of k8s.io/kube-state-metrics/v2)
  ldflags="-X github.com/prometheus/common/version.Version=$version"
}
