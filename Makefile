# The commands of this repository. Each is a short script in build/, so that it can be read, and run, on its own.
SHELL := bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
MAVEN = JAVA_HOME=$$jdk ./mvnw -B -ntp

.PHONY: help demo bench test test-docker chaos tools build fmt generate compose-env clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Watch a database password change under a running application (ONCE=1: one round, checked, then exit)
	@ONCE="$(ONCE)" build/demo

test: ## Everything that is checked before a change is merged; ends with a summary
	@build/need all
	@build/python testbed/tools/prepare all
	@build/test

test-docker: ## The tests that need a container engine as well
	@build/test-docker

chaos: ## What takes long: faults at random (MINUTES=30, SEED=7), or every run killed twice (MATRIX=all)
	@MATRIX="$(MATRIX)" MINUTES="$(MINUTES)" SEED="$(SEED)" build/chaos

bench: ## Measure speed, memory and start-up beside what the servers alone can do (about a quarter of an hour)
	@LOAD_SECONDS="$(SECONDS)" build/bench

tools: ## Prepare the programs that tests and demo start, in a per-user cache
	@build/python testbed/tools/prepare all

build: ## Package all modules without tests
	@build/python build/together jars build/package

fmt: ## Format the Java sources
	@jdk=$$(build/jdk) && $(MAVEN) -q spotless:apply

generate: ## Rewrite the files that are made from code: schemas, topics, ACLs, reference pages
	@jdk=$$(build/jdk) && $(MAVEN) -q test -pl contract -Dkeyturn.generate=true
	@jdk=$$(build/jdk) && $(MAVEN) -q test -pl rotation-service,system-tests -am -Dtest='ReferencePagesTest,DecisionTableTest' -Dsurefire.failIfNoSpecifiedTests=false -Dkeyturn.generate=true

compose-env: ## Write .env with random passwords for docker compose
	@build/compose-env

clean: ## Delete everything that was built (the tools stay)
	@rm -rf target ./*/target
