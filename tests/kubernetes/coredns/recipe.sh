# The cluster's DNS server. Its version is a constant in its source.
seconds=150
gigabytes=4
programs=(coredns=github.com/coredns/coredns)
