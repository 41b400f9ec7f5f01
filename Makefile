# Every command a person needs; each says what it does with `make help`.
SHELL := /bin/bash
PROFILE ?= debug
STEP := tests/step

.PHONY: help demo demo-status demo-stop demo-outage demo-flood demo-env test console unit lint generate generate-check images clean bench bench-built soak

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

demo: ## a cluster with a real node, observed: operator, agents, Prometheus, Loki, Alertmanager
	@tests/prepare demo
	@$(STEP) "kubernetes and peers, from Go modules" 1700 -- tests/kubernetes/build
	@$(STEP) "operator, hub, command line and demo, from Rust" 480 -- cargo build --locked --workspace --all-targets
	@$(STEP) "console, from npm" 60 -- $(MAKE) -s console
	@target/debug/flagstaff-demo up

demo-status: ## what of the demo runs, and how it is
	@target/debug/flagstaff-demo status

demo-stop: ## ends the demo and everything it started
	@target/debug/flagstaff-demo stop

demo-outage: ## cuts the network of one region of the demo for two minutes (REGION=… SECONDS=…)
	@target/debug/flagstaff-demo outage $(REGION) $(if $(SECONDS),--seconds $(SECONDS))

demo-flood: ## ships a bad label in one team's metric of the demo, and says what its budget makes of it (TEAM=… SECONDS=…)
	@target/debug/flagstaff-demo flood $(TEAM) $(if $(SECONDS),--seconds $(SECONDS))

demo-env: ## prints `export KUBECONFIG=…` and a PATH with kubectl, for eval
	@target/debug/flagstaff-demo env

test: ## every behaviour, on real parts
	@tests/prepare test
	@$(STEP) "kubernetes and peers, from Go modules" 1700 -- tests/kubernetes/build
	@$(STEP) "build" 500 -- cargo build --locked --workspace --all-targets
	@$(STEP) "console, from npm" 60 -- $(MAKE) -s console
	@$(MAKE) -s lint
	@$(STEP) "generated files are current" 90 -- $(MAKE) -s generate-check
	@tests/run

console: ## builds the console into web/dist
	cd web && npm ci --no-audit --no-fund --loglevel=error && npm run build

unit: ## tests that need no cluster
	cargo test --locked --workspace --lib --bins

lint: ## rustfmt, clippy with warnings as errors, what each part may use, licences
	@$(STEP) "rustfmt" 5 -- cargo fmt --all --check
	@$(STEP) "console: format, lint, types" 20 -- npm --prefix web run check
	@$(STEP) "clippy" 200 -- cargo clippy --locked --workspace --all-targets -- -D warnings
	@$(STEP) "build" 420 -- cargo build --locked --workspace --all-targets
	@$(STEP) "dependencies" 10 -- target/debug/lint

# The whole workspace with its tests is built at once everywhere: any part alone has other features, and all would be compiled again.
generate: ## rebuilds everything generated: queries, API description, CRDs, chart copies, reference
	@api-server/generate
	@cargo build -q --locked --workspace --all-targets
	@target/debug/flagstaff-hub openapi > api-server/openapi.json
	@npm --prefix web run --silent generate
	@target/debug/crds crds
	@charts/generate
	@mkdir -p docs/reference
	@target/debug/flagstaff reference cli > docs/reference/cli.md
	@target/debug/flagstaff reference conditions > docs/reference/conditions.md
	@target/debug/flagstaff reference crds > docs/reference/crds.md
	@target/debug/flagstaff reference pack > docs/reference/pack-base.md
	@target/debug/flagstaff reference pack batch-jobs > docs/reference/pack-batch-jobs.md
	@target/debug/flagstaff reference problems > docs/reference/problems.md

generate-check: generate
	@git diff --exit-code --stat -- .sqlx api-server/openapi.json web/src/api crds charts docs/reference && [ -z "$$(git ls-files --others --exclude-standard .sqlx)" ] || { echo "generated files differ; run 'make generate' and commit"; exit 1; }

images: console ## OCI archives of our programs in dist/images, without Docker
	cargo build --locked --workspace --all-targets
	target/debug/flagstaff-images build --profile release --out dist/images

# What is measured are operator and meter in their release profile; the harness and the bench itself stay as they are built elsewhere.
BENCH := env $(foreach program,operator meter,"CARGO_BIN_EXE_flagstaff-$(program)=$(CURDIR)/target/release/flagstaff-$(program)") \
	target/debug/flagstaff-bench

bench-built:
	@tests/prepare bench
	@$(STEP) "kubernetes and peers, from Go modules" 1700 -- tests/kubernetes/build
	@$(STEP) "a controller-runtime program to compare with" 110 -- tests/kubernetes/build controller-runtime
	@$(STEP) "bench and harness, from Rust" 420 -- cargo build --locked --workspace --all-targets
	@$(STEP) "operator and meter in their release profile" 500 -- cargo build --locked --release -p flagstaff-operator -p flagstaff-meter

bench: bench-built ## speed, memory and requests beside peers; ROWS=apply,memory for some; writes bench/RESULTS.md
	@$(BENCH) all $(if $(ROWS),--rows $(ROWS))

soak: bench-built ## random faults for an hour (SOAK_MINUTES=, SOAK_SEED=); writes bench/SOAK.md
	@$(BENCH) soak

clean: ## removes what was built here; the cache of Go binaries stays
	cargo clean
