# Owns the names of what a developer does here; the work itself is in scripts/. Type: make

.POSIX:
.PHONY: help build try test lint status-matrix bench figures doc-check picture clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

build: ## build the daemon, optimised
	cargo build --release --locked

try: ## build, and open a Neovim with the plugin that touches nothing of yours
	@scripts/try

test: ## run all tests against Neovim 0.10 and 0.12; ARGS="name" runs some
	@scripts/test $(ARGS)

lint: ## check formatting, lints, types and licences
	@scripts/lint

status-matrix: ## what is concluded from recordings of real agents, against what they did
	@cargo test --locked --lib -- --nocapture agent::matrix

bench: ## measure; ARGS="name" measures some, ARGS=long what takes minutes
	@scripts/with-neovims cargo bench --locked --no-fail-fast $(ARGS)

figures: ## measure ours beside others, and agents, and write the README's tables of it
	@scripts/figures

doc-check: ## check the Rust documentation and the help file
	@scripts/doc-check

picture: ## draw the pictures of the README anew from real screens
	@scripts/with-neovims cargo run --release --locked --example picture
	@scripts/with-neovims cargo run --release --locked --example board_pictures

clean: ## remove what was built here; downloads stay in the cache
	cargo clean
