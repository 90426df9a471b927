# Everything a developer runs, one line each. `make help` prints them.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GORELEASER := github.com/goreleaser/goreleaser/v2@v2.15.1
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
FUZZTIME ?= 1m

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build the one static binary ./accord
	CGO_ENABLED=0 go build -trimpath -o accord ./cmd/accord

PREFIX ?= /usr/local
.PHONY: install
install: build completions ## install ./accord and its completions below PREFIX (/usr/local)
	install -D -m 755 accord $(DESTDIR)$(PREFIX)/bin/accord
	install -D -m 644 dist-completions/accord.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/accord
	install -D -m 644 dist-completions/accord.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_accord
	install -D -m 644 dist-completions/accord.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/accord.fish

.PHONY: completions
completions: ## write the completions of the shells to ./dist-completions
	@mkdir -p dist-completions
	@for shell in bash zsh fish; do go run ./cmd/accord completion $$shell > dist-completions/accord.$$shell || exit 1; done

.PHONY: image
image: ## write the container image ./accord-image.tar, without a container engine
	go run ./cmd/ociimage -version "$$(git describe --tags --always --dirty)" -o accord-image.tar

# Archives, checksums, deb and rpm for Linux, macOS and Windows, in ./dist.
.PHONY: release
release: ## build the release of the tag
	go run $(GORELEASER) release --clean
	.ci/release-check

.PHONY: snapshot
snapshot: ## check .goreleaser.yaml and build everything of a release
	go run $(GORELEASER) check
	go run $(GORELEASER) release --snapshot --clean
	.ci/release-check

.PHONY: test
test: ## run the tests, without the long ones; those whose tools are missing skip
	go test ./...

# Those that take longest begin first, so that none is left alone at the end. They wait for
# processes and disks: three packages at once keep two cores busy.
LONGEST := ./test/durability ./test/console ./test/clients/terraform ./internal/service/organizations ./internal/app

.PHONY: long
long: ## run all tests with everything they can do; those whose tools are missing skip
	ACCORD_LONG=1 go test -p 3 -timeout 40m $(LONGEST) ./...

.PHONY: torture
torture: ## attack the server in every way of test/torture and print what came of it, 20 minutes
	@go run ./test/torture

# SQLite in Go is some sixty times slower under the race detector, so that of the
# packages which use it much only those tests run that let several goroutines meet.
.PHONY: race
race: ## run what is concurrent under the race detector
	go test -race ./internal/jobs/... ./internal/outbox/... ./internal/identity/... ./internal/faults/... \
		./internal/server/... ./internal/clock/... ./internal/console/... ./internal/clone/...
	go test -race -skip 'Conforms$$' ./internal/store
	go test -race -run 'Conforms$$/^(races|transactions)$$' ./internal/store
	@races=$$(awk '/^func Test/ {split($$2, name, "(")} /race\(t/ {print name[1]}' \
		internal/service/organizations/*_test.go | sort -u | paste -sd '|') && \
		go test -race -short -run "^($$races)$$" ./internal/service/organizations

.PHONY: lint
lint: ## gofmt, vet for all systems, golangci-lint, actionlint
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	GOOS=windows go vet ./...
	GOOS=darwin go vet ./...
	go run $(GOLANGCI) run
	go run $(ACTIONLINT)
	go run $(ACTIONLINT) examples/github-actions*.yaml

.PHONY: vulnerabilities
vulnerabilities: ## known vulnerabilities in what the program calls; needs the network
	go run $(GOVULNCHECK) ./...

.PHONY: generate
generate: ## write all generated files again
	go generate ./...

# TestConformance itself compares the table that it writes. With ACCORD_REQUIRE=all it fails
# where npm is missing, which makes the editor of the console.
.PHONY: verify
verify: ## fail when a generated file is not what its source says
	go generate -skip TestConformance ./...
	@git diff --exit-code || { echo "generated files have drifted: commit what go generate ./... made"; exit 1; }

.PHONY: status
status: ## write docs/status.md from what the tests show
	go run ./test/status

.PHONY: screenshots
screenshots: ## make the pictures of docs/console.md again
	ACCORD_PICTURES=$(CURDIR)/docs/console ACCORD_REQUIRE=all go test -count=1 -run TestPictures ./test/console

.PHONY: sdk
sdk: ## compare model/ with the newest AWS SDK for Go
	@go run ./test/sdk

.PHONY: fuzz
fuzz: ## let each fuzz target search for FUZZTIME (1m, or a number of inputs as 30000x)
	@for package in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $$package/*_test.go | cut -d' ' -f2); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

.PHONY: bench
bench: build ## print what a call costs, as ratios in one run
	go run ./test/bench -binary ./accord

.PHONY: clients
clients: ## run other people's clients against a real server
	ACCORD_REQUIRE=all ACCORD_LONG=1 go test -count=1 -timeout 40m ./test/clients/...
