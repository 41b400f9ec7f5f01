# The store behind every kube-apiserver. Debian's etcd 3.4 is too old for today's API servers.
seconds=60
gigabytes=1
programs=(etcd=go.etcd.io/etcd/server/v3)
