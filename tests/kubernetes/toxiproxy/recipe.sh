# A proxy that delays, cuts and throttles connections on command, to test what happens then.
seconds=20
gigabytes=1
programs=(toxiproxy=github.com/Shopify/toxiproxy/v2/cmd/server)

set_version() {
  local version
  version=$(version_of github.com/Shopify/toxiproxy/v2)
  ldflags="-X github.com/Shopify/toxiproxy/v2.Version=${version#v}"
}
