# The oldest supported Kubernetes: its API server only, to test against.
seconds=300
gigabytes=3
shared=(kubernetes/version.sh)
programs=(kube-apiserver-1.34=k8s.io/kubernetes/cmd/kube-apiserver)

source "$here/kubernetes/version.sh"
