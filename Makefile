# Every command a person needs; each says what it does with `make help`.
SHELL := /bin/bash
PROFILE ?= debug
STEP := tests/step

.PHONY: help demo demo-status demo-stop demo-env test unit lint generate generate-check images bench soak clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

demo: ## a cluster with a real node, observed: operator, agents, Prometheus, Loki, Alertmanager
	@tests/prepare demo
	@$(STEP) "kubernetes and peers, from Go modules" 1700 -- tests/kubernetes/build
	@$(STEP) "operator image and demo, from Rust" 420 -- cargo build --locked -p flagstaff-demo -p flagstaff-tests -p flagstaff-images -p flagstaff-cli -p flagstaff-operator
	@target/debug/flagstaff-demo up

demo-status: ## what of the demo runs, and how it is
	@target/debug/flagstaff-demo status

demo-stop: ## ends the demo and everything it started
	@target/debug/flagstaff-demo stop

demo-env: ## prints `export KUBECONFIG=…` and a PATH with kubectl, for eval
	@target/debug/flagstaff-demo env

test: ## every behaviour, on real parts
	@tests/prepare test
	@$(STEP) "kubernetes and peers, from Go modules" 1700 -- tests/kubernetes/build
	@$(STEP) "build" 500 -- cargo build --locked --workspace --all-targets
	@$(MAKE) -s lint
	@$(STEP) "generated files are current" 30 -- $(MAKE) -s generate-check
	@tests/run

unit: ## tests that need no cluster
	cargo test --workspace --exclude flagstaff-tests

lint: ## rustfmt, clippy with warnings as errors, what each part may use, licences
	@$(STEP) "rustfmt" 5 -- cargo fmt --all --check
	@$(STEP) "clippy" 200 -- cargo clippy --locked --workspace --all-targets -- -D warnings
	@$(STEP) "dependencies" 10 -- cargo run --locked -q -p flagstaff-tests --bin lint

generate: ## rebuilds everything generated: CRDs, chart copies, reference
	@cargo run --locked -q -p flagstaff-crds --bin crds crds
	@charts/generate
	@mkdir -p docs/reference
	@cargo run --locked -q -p flagstaff-cli -- reference cli > docs/reference/cli.md
	@cargo run --locked -q -p flagstaff-cli -- reference conditions > docs/reference/conditions.md
	@cargo run --locked -q -p flagstaff-cli -- reference crds > docs/reference/crds.md
	@cargo run --locked -q -p flagstaff-cli -- reference pack > docs/reference/pack-base.md
	@cargo run --locked -q -p flagstaff-cli -- reference problems > docs/reference/problems.md

generate-check: generate
	@git diff --exit-code --stat -- crds charts docs/reference || { echo "generated files differ; run 'make generate' and commit"; exit 1; }

images: ## OCI archives of our programs in dist/images, without Docker
	cargo run --locked -p flagstaff-images -- build --profile release --out dist/images

bench: ## measures, and writes bench/RESULTS.md
	@tests/prepare bench
	@$(STEP) "kubernetes and peers, from Go modules" 1700 -- tests/kubernetes/build
	@$(STEP) "build (release)" 700 -- cargo build --locked --release -p flagstaff-operator -p flagstaff-tests -p flagstaff-cli
	@bench/run

clean: ## removes what was built here; the cache of Go binaries stays
	cargo clean
