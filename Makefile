# Two commands matter: make test (the fast path) and make check (everything).
GO        ?= go
TOOL       = $(GO) tool -modfile=internal/tools/go.mod
BIN       ?= bin
FUZZTIME  ?= 60s
# A count, not a time: the end of a timed run can fail by itself on a busy machine.
CHECKFUZZ ?= 1000x
export CGO_ENABLED = 0

.PHONY: all build test race check lint cross fuzz fuzz-short bench e2e e2e-setup cover clean install

all: build

# The client starts under small address space limits (docs/operations.md): an
# entry point of its own raises the soft limit before the runtime begins.
TARGET = $(shell $(GO) env GOOS)/$(shell $(GO) env GOARCH)
ENTRY  = $(if $(filter linux/amd64 linux/arm64,$(TARGET)),-E=gclam/internal/softlimit.entry)

build:
	$(GO) build -trimpath -o $(BIN)/ ./cmd/...
	$(GO) build -trimpath -ldflags='$(ENTRY)' -o $(BIN)/ ./cmd/gclamdscan

# The fast path: no race detector, no network, no packages.
test:
	$(GO) vet ./...
	$(GO) test $$($(GO) list ./... | grep -v /e2e$$)

# The race detector needs cgo and a C compiler; the product never does.
race:
	CGO_ENABLED=1 $(GO) test -race -short ./clamd/... ./cvd/... ./engine ./engine/internal/walk/... ./cmd/...

lint:
	test -z "$$($(TOOL) gofumpt -l $$(git ls-files '*.go'))" || { $(TOOL) gofumpt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(TOOL) staticcheck ./...

cross:
	for t in linux/amd64 linux/arm64 linux/386 darwin/arm64 darwin/amd64 windows/amd64 freebsd/amd64; do \
	  echo "build $$t"; GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) build -o /dev/null ./... || exit 1; done
	$(GO) vet -tags purego ./engine/...

# Every fuzz target of the tree, one after the other.
fuzz:
	./internal/tools/fuzz.sh $(FUZZTIME)

fuzz-short:
	./internal/tools/fuzz.sh $(CHECKFUZZ)

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./engine/...
	./bench/compare.sh

# End-to-end tests against the programs of the Debian packages; e2e-setup
# installs those (root, Debian).
e2e-setup:
	./e2e/setup.sh

e2e: build
	./e2e/run.sh

check: lint build test race cross fuzz-short e2e-setup e2e

install: build
	install -d $(DESTDIR)/usr/local/bin $(DESTDIR)/usr/local/sbin $(DESTDIR)/usr/local/share/man/man1 $(DESTDIR)/usr/local/share/man/man5 $(DESTDIR)/usr/local/share/man/man8
	install -m 755 $(BIN)/gclamscan $(BIN)/gclamdscan $(BIN)/gfreshclam $(DESTDIR)/usr/local/bin
	install -m 755 $(BIN)/gclamd $(DESTDIR)/usr/local/sbin
	for s in 1 5 8; do install -m 644 docs/man/*.$$s $(DESTDIR)/usr/local/share/man/man$$s; done

clean:
	rm -rf $(BIN)
