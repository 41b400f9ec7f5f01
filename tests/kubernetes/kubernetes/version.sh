# Kubernetes carries its version only through the linker. Without one it calls itself v0.0.0-master, and clients that
# compare versions (kubectl, Helm, the agents) would refuse or misjudge it. Shared by both Kubernetes parts.
set_version() {
  local version minor package
  version=$(version_of k8s.io/kubernetes)
  minor=${version#v1.}
  minor=${minor%%.*}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    ldflags+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$minor"
    ldflags+=" -X $package.gitTreeState=clean"
  done
}
