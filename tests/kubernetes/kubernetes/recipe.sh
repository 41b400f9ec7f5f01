# The newest supported Kubernetes: a whole control plane and a node, and our own pause program for pod sandboxes.
seconds=420
gigabytes=5
shared=(pause kubernetes/version.sh)
programs=(pause=./pause)
for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl kube-proxy; do
  programs+=("$name=k8s.io/kubernetes/cmd/$name")
done

prepare() {
  mkdir pause
  cp "$here/pause/main.go" pause/
}

source "$here/kubernetes/version.sh"
