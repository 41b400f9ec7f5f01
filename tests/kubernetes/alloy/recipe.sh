# Alloy with the components in components.txt only: the stock set takes four times as long to build, needs C headers and
# more than twice the disk. No build tag leaves a component out, so the build works on a copy of the module with imports
# taken out.
seconds=450
gigabytes=8
programs=(alloy=github.com/grafana/alloy)
tags='netgo slicelabels'

prepare() {
  copy_module
  keep_components
  keep_discoveries
  drop_converters
}

copy_module() {
  # The download checks the module against go.sum, which no longer happens once it is replaced by the copy.
  go mod download github.com/grafana/alloy
  cp -r "$(go list -m -f '{{.Dir}}' github.com/grafana/alloy)" alloy
  chmod -R u+w alloy
  go mod edit -replace github.com/grafana/alloy=./alloy
}

# Leaves the components of the list in the file that imports all of them.
keep_components() {
  local all=alloy/internal/component/all/all.go list=$here/alloy/components.txt
  {
    printf 'package all\n\nimport (\n'
    grep -F -f <(sed 's#.*#/internal/component/&"#' "$list") $all
    grep otelfeaturegatefix $all
    printf ')\n'
  } >all.go
  mv all.go $all
  (($(grep -c internal/component/ $all) == $(wc -l <"$list"))) || {
    echo 'components.txt names an unknown component'
    return 1
  }
}

# Drops from main.go the integrations of the old static mode, and every service discovery that no kept component uses.
keep_discoveries() {
  sed -i -e '/consulagent"/d' -e '/integrations\/install"/d' \
    -e 's#^\(.*/discovery\)/install"#\1/dns"\n\1/file"\n\1/http"\n\1/kubernetes"#' alloy/main.go
}

# `alloy convert` reads the configurations of other programs, for which it links nearly every component.
drop_converters() {
  sed -i -e '/converter\/internal\//d' -e '/^\tcase Input/d' -e '/convert\.Convert(/d' -e '/^\tstring(Input/d' \
    alloy/internal/converter/converter.go
}

set_version() {
  local version package
  version=$(version_of github.com/grafana/alloy)
  for package in internal/build syntax/internal/stdlib; do
    ldflags+=" -X github.com/grafana/alloy/$package.Version=$version"
  done
}
