# The peer to compare with, and how some users install Flagstaff.
seconds=120
gigabytes=3
programs=(helm=helm.sh/helm/v4/cmd/helm)

set_version() {
  local version
  version=$(version_of helm.sh/helm/v4)
  ldflags="-X helm.sh/helm/v4/internal/version.version=$version"
}
