# Sổ Nhân Ái: everything one does with this project, by name. `make` alone lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help
# One thing after the other: two cargo runs at once only wait for each other's lock, and wrk must have the machine alone.
.NOTPARALLEL:

# Rust may be installed for this user without being on the PATH of a non-login shell.
export PATH := $(PATH):$(HOME)/.cargo/bin

# Arguments for the demo: make run ARGS="--listen 127.0.0.1:9000"
ARGS ?=
# Million gifts of the benchmark: make bench N=10
N ?= 2

# One room's tests: make test-room NAME=giving. Some parts of the tests: make test PARTS="units api".
NAME ?=
PARTS ?=

.PHONY: help room setup setup-bench setup-browser setup-outside run test test-room test-schema openapi bench fmt rust rust-lint

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-13s %s\n", $$1, $$2 }'

# ------------------------------------------------------------------ what must be on the machine

# Shell functions for the recipes below.
#
# has_postgres looks where the server itself looks (src/db/private/programs.rs): the client programs alone are not
# enough, and anything older than 15 does not count.
#
# Installing Debian's postgresql would also make a cluster "main" and start it as a service. We need the programs only,
# so a drop-in tells postgresql-common not to; it is removed afterwards, and what this machine does with later
# installations stays its owner's business. A server package that is there already is left alone.
#
# nginx, too, is wanted as a program and not as a service: policy-rc.d is how Debian lets an administrator say "install, but
# start nothing"; one that is there already is respected.
define SHELL_FUNCTIONS
set -euo pipefail; \
has_postgres() { \
    local dir version; \
    for dir in "$${PG_BIN:-}" "$$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
               /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do \
        [ -n "$$dir" ] && [ -x "$$dir/initdb" ] && [ -x "$$dir/postgres" ] || continue; \
        version=$$("$$dir/postgres" --version 2>/dev/null | sed -n 's/.*PostgreSQL) \([0-9]*\).*/\1/p'); \
        [ "$${version:-0}" -ge 15 ] && return 0; \
    done; \
    return 1; \
}; \
has() { command -v "$$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$$1" ]; }; \
has_libpq() { pkg-config --exists libpq 2>/dev/null || [ -e "$$(pg_config --includedir 2>/dev/null)/libpq-fe.h" ]; }; \
as_root() { if [ "$$(id -u)" = 0 ]; then "$$@"; else sudo "$$@"; fi; }; \
install() { \
    if ! has apt-get; then \
        echo "Missing here: $$*" >&2; \
        echo "These are Debian's names. Install what your system calls them: PostgreSQL 15 or newer (server and libpq with headers), a C" >&2; \
        echo "compiler, pkg-config, curl, python3 (macOS: brew install postgresql@16 libpq pkg-config; Fedora: dnf install" >&2; \
        echo "postgresql-server postgresql-contrib libpq-devel gcc pkgconf curl python3)." >&2; \
        return 1; \
    fi; \
    if [ "$$(id -u)" != 0 ] && ! has sudo; then \
        echo "Missing here: $$*. There is no sudo: as root, run apt-get install $$*" >&2; \
        return 1; \
    fi; \
    echo "== apt-get install $$*"; \
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq update </dev/null; \
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends \
        install "$$@" </dev/null; \
}; \
install_nginx() { \
    has nginx && return 0; \
    local rc=/usr/sbin/policy-rc.d; \
    if has apt-get && [ ! -e $$rc ] && { [ "$$(id -u)" = 0 ] || has sudo; }; then \
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT; \
        printf '#!/bin/sh\nexit 101\n' | as_root tee $$rc >/dev/null; \
        as_root chmod 755 $$rc; \
    fi; \
    install nginx-light; \
    if has systemctl; then as_root systemctl disable --quiet nginx 2>/dev/null || true; fi; \
}
endef

setup: rust ## Install what is missing to build and run: PostgreSQL, libpq, gcc, pkg-config, curl, python3 (Debian, Ubuntu)
	@$(SHELL_FUNCTIONS); \
	missing=(); \
	has cc || missing+=(gcc libc6-dev); \
	has make || missing+=(make); \
	has pkg-config || missing+=(pkg-config); \
	has curl || missing+=(curl ca-certificates); \
	has python3 || missing+=(python3); \
	has_libpq || missing+=(libpq-dev); \
	if ! has_postgres; then \
	    missing+=(postgresql postgresql-contrib); \
	    if has apt-get && { [ "$$(id -u)" = 0 ] || has sudo; }; then \
	        dropin=/etc/postgresql-common/createcluster.d/so-nhan-ai.conf; \
	        as_root mkdir -p "$${dropin%/*}"; \
	        echo 'create_main_cluster = false' | as_root tee "$$dropin" >/dev/null; \
	        trap 'as_root rm -f "$$dropin"' EXIT; \
	    fi; \
	fi; \
	if [ "$${#missing[@]}" -gt 0 ]; then install "$${missing[@]}"; fi; \
	has_postgres || { echo "This system's PostgreSQL is older than 15: add the repository of postgresql.org, or name the folder of newer programs with PG_BIN." >&2; exit 1; }

setup-bench: setup ## Install what the benchmark needs besides: nginx (not started as a service) and wrk
	@$(SHELL_FUNCTIONS); \
	has wrk || install wrk; \
	install_nginx

# The tests that need them are skipped, in red, where they cannot be installed; where CI is set they fail.
setup-browser: setup ## Install what the browser tests need besides: chromium and its driver (Debian)
	@$(SHELL_FUNCTIONS); \
	missing=(); \
	has chromium || missing+=(chromium); \
	has chromedriver || missing+=(chromium-driver); \
	if [ "$${#missing[@]}" -gt 0 ]; then \
	    install "$${missing[@]}" || printf '\033[31mThe browser tests will be skipped: no %s\033[0m\n' "$${missing[*]}" >&2; \
	fi

# Programs that share no code with us. Verifiers: Go's own packages for transparency logs, and openssl with a shell; nginx in front; Debian
# has all of it. Readers of our files and of our OpenAPI document, from PyPI and npm: pinned by hash, each kind in a folder that is called after
# what it was made from and kept in one cache, so that a second clone or a clean one finds them there. Elsewhere those tests say SKIPPED.
setup-outside: setup ## Install what outside verifiers and readers need: Go with golang.org/x/mod, openssl, xxd, hledger, ledger, nginx, Node.js, packages of PyPI and npm
	@$(SHELL_FUNCTIONS); \
	has apt-get || exit 0; \
	missing=(); \
	python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv); \
	has go || [ -x /usr/lib/go-1.19/bin/go ] || missing+=(golang-go); \
	[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ] || missing+=(golang-golang-x-mod-dev); \
	has openssl || missing+=(openssl); \
	has xxd || missing+=(xxd); \
	has node || missing+=(nodejs); \
	has npm || missing+=(npm); \
	has hledger || missing+=(hledger); \
	has ledger || missing+=(ledger); \
	if [ "$${#missing[@]}" -gt 0 ]; then install "$${missing[@]}"; fi; \
	install_nginx; \
	cache=$${XDG_CACHE_HOME:-$$HOME/.cache}/so-nhan-ai; mkdir -p "$$cache" target; \
	exec 9>"$$cache/lock"; if has flock; then flock 9; fi; \
	pypi() { python3 -m venv "$$1" && "$$1/bin/pip" -q --disable-pip-version-check install --require-hashes --no-deps --only-binary :all: -r "$$2"; }; \
	npm_() { mkdir "$$1" && cp "$${2%/*}/package.json" "$$2" "$$1/" && npm --prefix "$$1" ci --ignore-scripts --no-audit --no-fund --loglevel=error; }; \
	kept() { \
	    local how=$$1 link=$$2 wanted=$$3 place; \
	    place=$$cache/$${link##*/}-$$({ cat "$$wanted"; $$4 --version; } | sha256sum | cut -c1-16); \
	    if [ ! -e "$$place/installed" ]; then \
	        echo "== $$wanted into $$place"; \
	        rm -rf "$$place"; \
	        { "$$how" "$$place" "$$wanted" && touch "$$place/installed"; } </dev/null 9>&- \
	            || { printf '\033[31mTests that need %s will be skipped: it could not be installed\033[0m\n' "$$wanted" >&2; return 0; }; \
	    fi; \
	    [ "$$(readlink "$$link")" = "$$place" ] || { rm -rf "$$link"; ln -s "$$place" "$$link"; }; \
	}; \
	kept pypi target/outside tests/outside/requirements.txt python3; \
	kept npm_ target/outside-npm tests/outside/clients/package-lock.json node

rust:
	@command -v cargo >/dev/null || { echo "Rust 1.95 or newer is needed: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" >&2; exit 1; }

# rustfmt and clippy are not in every Rust installation.
rust-lint: rust
	@for part in fmt clippy; do \
	    cargo $$part --version >/dev/null 2>&1 && continue; \
	    echo "== rustup component add rustfmt clippy"; \
	    rustup component add rustfmt clippy || { echo "rustfmt and clippy are needed: install them beside cargo" >&2; exit 1; }; \
	done

# ------------------------------------------------------------------ use it

run: setup ## Build the server and run it with demo data; ARGS are passed on, Ctrl-C stops it
	cargo build --release --locked
	@exec target/release/so-nhan-ai demo $(ARGS)

# ------------------------------------------------------------------ check it

# As tools/tests.py builds, so that nothing is built twice.
CARGO_TEST := RUSTC_WORKSPACE_WRAPPER=clippy-driver cargo test --workspace --locked

test: setup setup-browser setup-outside rust-lint ## Everything that must hold: format, lints, all tests against a real PostgreSQL
	@tools/tests.py $(PARTS)

test-room: setup rust-lint ## The tests of one room alone: make test-room NAME=giving
	@tools/tests.py --room "$(NAME)"

test-schema: setup rust-lint ## Compare src/db/schema.rs with the migrations; UPDATE_SCHEMA=1 rewrites it
	$(CARGO_TEST) --test api schema::

openapi: setup rust-lint ## Rewrite openapi/v1.json from the registered routes
	UPDATE_OPENAPI=1 $(CARGO_TEST) --test api openapi::

bench: setup setup-bench ## Measure, each figure beside a baseline of the same run; N=2 million gifts (about a quarter of an hour)
	BENCH_MILLIONS=$(N) bench/run.sh

room: ## Begin a new room: make room NAME=example
	@tools/room.py "$(NAME)"

fmt: rust-lint ## Format the code
	cargo fmt --all
