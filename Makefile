# The commands of this project. `make help` lists them.

GO ?= go
SHELL := /bin/bash

# REQUIRE=1 makes it a failure, not a skip, when no Docker engine answers.
ifdef REQUIRE
export DRILL_REQUIRE := 1
endif

# The programs in images are built without cgo; what tests were compiled of is
# compiled once for both, if they are too. The race detector needs cgo.
export CGO_ENABLED ?= 0

.PHONY: help learn drill report prove nightly trend test verify rules lint workflows catalogue precision parity fix bench images

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# The command is built, and not run by go run, which makes a 1 of every exit status.
# Make itself makes a 2 of every failure; it prints the command's own as "Error 1".
DRILL := .drill/drill
.PHONY: command
command: ## build .drill/drill, whose exit status tells what failed (1) from what could not be verified (2)
	@$(GO) build -o $(DRILL) ./sim/cmd/drill

# make learn EX=2, with HINT=1, STORY=1, RESET=1, SOLUTION=1 or SEED=7; make learn RESULTS=file.json
learn: ## exercises that grade themselves: the list, or EX=2 for one; scenarios/exercises/README.md
	@[ -e .drill/learn.test ] || echo "Compiling; the first time takes some minutes: read scenarios/exercises/README.md meanwhile."
	@mkdir -p .drill && $(GO) test -c -o .drill/learn.test ./scenarios/exercises
	@.drill/learn.test -test.run '^TestLearn$$' -test.timeout 15m -learn -learn.folder scenarios/exercises -learn.ex='$(EX)' \
	  -learn.hint='$(HINT)' -learn.results='$(RESULTS)' $(if $(STORY),-learn.story) $(if $(RESET),-learn.reset) $(if $(SOLUTION),-learn.solution) $(if $(SEED),-sim.seed=$(SEED))

# How many times as fast as the clock the drills of make drill live; empty leaves it
# at 1 in virtual time, and at what each system bears in containers, 4 at most.
SPEED ?=
# How many drills in containers run at once; empty leaves it at one of speed 4 a
# processor, and at more while little waits for one. Where the machine has other
# work, TOGETHER=1.
TOGETHER ?=

# Two targets, so that make itself stops between them when it is asked to end.
drill: command ## the main job: rehearse every runbook, and say what was seen
	@$(MAKE) --no-print-directory -j1 -k drills unsafe

.PHONY: drills unsafe
drills:
	@$(DRILL) run --world all --timeout 80m $(if $(SPEED),--speed $(SPEED)) $(if $(TOGETHER),--together $(TOGETHER))

unsafe: # go test says nothing of what it skips, unless by -v
	@$(GO) test ./scenarios/ -v -count=1 -run '^TestUnsafeRunbook$$/^containers$$'

prove: command ## spoil each drill in every way that it has to notice: fault, runbook, signals, books, known bugs
	@$(DRILL) prove

# How long the nightly may take.
MINUTES ?= 60

nightly: command ## spend MINUTES on all drills: in both worlds, spoiled, with many seeds; then trend and report, in .drill/nightly
	@$(DRILL) nightly --minutes $(MINUTES)

trend: command ## what got slower, flaky, or too near to its budget
	@$(DRILL) trend

# Packages one after the other: those with containers measure real time, which a
# compiler beside them would distort. Drills in containers are make drill's.
test: ## all tests; of the drills, those in virtual time, with and without their runbooks
	$(GO) build ./...
	DRILL_NEEDED=1 $(GO) test -p 1 -timeout 80m -skip '/containers$$' ./...

verify: ## the one gate: format, vet, modules, rules, runbooks, workflows, race, clean work tree
	@bad=$$(gofmt -l .); [ -z "$$bad" ] || { echo "not formatted (make fix mends it):"; echo "$$bad"; exit 1; }
	$(GO) vet ./...
	$(GO) mod verify
	$(GO) mod tidy -diff
	@$(MAKE) --no-print-directory rules lint workflows
	CGO_ENABLED=1 $(GO) build -race ./...
	CGO_ENABLED=1 $(GO) test -race -p 1 -timeout 40m ./sim/... ./reference_app/... ./fixtures/...
	@[ -z "$${CI:-}" ] || git diff --exit-code

# promtool lives in a module of its own: it would add 600 lines to go.sum.
PROMTOOL := $(GO) -C fixtures/promtool tool promtool
APP := $(CURDIR)/reference_app

rules: ## promtool: check the rule file, and run the unit tests of its alerts
	$(PROMTOOL) check rules --lint=all --lint-fatal $(APP)/alerts.yml
	$(PROMTOOL) test rules $(APP)/alerts_test/*.yml

report: command ## what the latest drills found: .drill/report.html, JUnit XML, a Markdown summary
	@rm -f .drill/summary.md
	$(DRILL) report --out .drill/report.html --junit .drill/junit.xml --markdown .drill/summary.md
	@[ -z "$${GITHUB_STEP_SUMMARY:-}" ] || cat .drill/summary.md >> "$$GITHUB_STEP_SUMMARY"

lint: command ## drill lint: every runbook is safe and complete, and every alert leads to one
	$(DRILL) lint

# So does actionlint, with versions of its own of modules that are used here.
workflows: ## actionlint: the workflows of continuous integration are sound
	$(GO) -C fixtures/actionlint tool actionlint $(CURDIR)/.github/workflows/*.yml

catalogue: command ## write the table of failure modes into README.md, with the times of the drills in .drill
	$(DRILL) catalogue

precision: ## an hour of virtual time without a fault, over 20 seeds: no alert fires
	$(GO) test ./scenarios/ -v -count=1 -timeout 120m -run '^TestPrecision$$' -precision.seeds=20 -precision.span=1h

parity: ## every drill at speeds 1 and 10 in virtual time: the same alerts at the same times
	$(GO) test ./scenarios/ -v -count=1 -timeout 60m -run '/^speeds$$' -skip 'HasPower$$|ImportPolicy|Catalogue|Precision|Speeds' -sim.speeds

images: ## make the images for drills in containers, where they are not there yet
	$(GO) run ./fixtures/images/cmd/images

fix: ## format, and tidy the modules
	gofmt -w .
	$(GO) mod tidy

bench: ## benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...
