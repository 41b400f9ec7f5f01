# The peer of the operator in memory and idle CPU: a small controller with the caches that most controllers have. Only
# `make bench` needs it, so it is built when it is named.
seconds=110
gigabytes=2
programs=(controller-runtime-peer=./peer)

prepare() {
  mkdir peer
  cp "$here/controller-runtime/main.go" peer/
}
