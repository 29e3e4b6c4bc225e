# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Front end for people. Kbuild lists what the modules are made of.

# Variables of the goals, as they were typed: they may contain any character, and make
# would expand "$". Commands get them in the environment.
variables := KERNEL TEST ARGS CMD KSRC ROOT
asked-kernel := $(filter-out undefined,$(origin KERNEL))
asked-root := $(findstring command,$(origin ROOT))
KERNEL ?= stock
typed = $(foreach name,$1,$(if $(findstring command,$(origin $(name))),$(name)))
on-command-line := $(call typed,$(filter-out MAKE% SHELL .%,$(.VARIABLES)))
$(foreach name,$(variables),$(eval override $(name) := $$(value $(name))))
# Kernels for arm64 have names of their own in scripts/. kbuild knows the architecture from
# the kernel's headers. A machine that is arm64 has no others.
unexport ARCH
asked-arch := $(if $(call typed,ARCH),$(ARCH),$(if $(filter aarch64,$(shell uname -m)),arm64))
ifeq ($(asked-arch),arm64)
override KERNEL := $(if $(filter arm64 arm64-%,$(KERNEL)),$(KERNEL),$(patsubst \
	arm64-stock,arm64,arm64-$(KERNEL)))
endif
arm64 := $(filter arm64 arm64-%,$(KERNEL))
# For goals that are of arm64 unless asked for the other
amd64 := $(filter amd64,$(asked-arch))
user := build/user$(if $(arm64),-arm64)
asked-kernel += $(arm64)
export KERNEL TEST ARGS CMD KSRC ROOT
export JOBS ?= $(shell nproc)

# A make that the commands start gets kbuild's variables only.
for-kbuild := V W C CF BENCH WERROR CC HOSTCC LLVM KCFLAGS
MAKEOVERRIDES := $(foreach name,$(call typed,$(for-kbuild)),$(name)=$(value $(name)))

TOP := $(CURDIR)
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:

# --- Arguments ----------------------------------------------------------------

# The variables that each goal uses.
goals := affected bench check check-all clean compile_commands.json cycles deb deb-test demo \
	demo-compute demo-fdinfo demo-hang deps dkms dkms-apt docs docs-check faults fuzz fuzz-cs help \
	igt igt-runner kernels kunit lint mesa mesa-build model modules monitors panthor panthor-shell \
	programs race run shell siege soak stress trace tyr tyr-shell
uses-affected := ARGS
uses-bench := ARGS
uses-check := ARCH TEST
uses-check-all := ARGS
uses-compile_commands.json := KERNEL
uses-cycles := ARGS
uses-demo := KERNEL ARCH ARGS
uses-demo-compute := ARGS
uses-demo-fdinfo := KERNEL ARCH
uses-demo-hang := KERNEL ARCH
uses-fuzz := ARGS
uses-fuzz-cs := ARGS
uses-igt := KERNEL ARCH TEST
uses-igt-runner := KERNEL TEST
uses-kunit := KERNEL TEST
uses-lint := TEST
uses-mesa := ARCH TEST ARGS
uses-model := TEST
uses-modules := KERNEL ARCH
uses-monitors := KERNEL
uses-panthor := KERNEL KSRC TEST
uses-panthor-shell := KERNEL KSRC
uses-programs := ARCH
uses-race := ARGS
uses-run := KERNEL ARCH CMD ROOT
uses-shell := KERNEL ARCH
uses-soak := ARGS
uses-stress := ARGS
uses-trace := KERNEL CMD ROOT ARGS
uses-tyr := KSRC TEST ARGS
uses-tyr-shell := KSRC

# The command of each goal; words are the shell's, TEST and ARGS are divided into words.
guest := scripts/vm --kernel "$$KERNEL" --load "vgem drm_jobqueue vcsf vpanthor"
args := scripts/lib/with-args
in-root := $(if $(asked-root),--root "$$ROOT")
option := $(if $(asked-kernel),--kernel "$$KERNEL")
run-affected := $(args) scripts/affected
run-bench := $(args) scripts/bench
run-check := set -f; scripts/check $(if $(arm64),--arch=arm64) $$TEST
run-check-all := $(args) scripts/check-all
run-compile_commands.json := scripts/lib/compile-commands "$$KERNEL"
run-cycles := $(args) scripts/long cycles
run-demo := $(args) scripts/lib/demo-options && \
	$(args) $(guest) --limit 600 $(user)/demo/vpan-demo
run-demo-compute := $(args) scripts/demo-compute
run-demo-fdinfo := $(guest) --limit 300 scripts/lib/guest/demo-fdinfo $(user)
run-demo-hang := scripts/vm --kernel "$$KERNEL" --limit 300 scripts/lib/guest/demo-hang $(user)
run-faults := scripts/long faults
run-fuzz := $(args) scripts/fuzz
run-fuzz-cs := $(args) scripts/long fuzz-cs
run-igt := set -f; scripts/igt $(option) $$TEST
run-igt-runner := set -f; scripts/igt-runner $(option) $$TEST
run-kunit := set -f; scripts/kunit $(option) $$TEST
run-lint := set -f; scripts/lint $$TEST
run-mesa := set -f; $(args) scripts/mesa $(addprefix --arch=,$(amd64)) $$TEST
run-mesa-build := scripts/lib/mesa-build
run-model := set -f; scripts/model $$TEST
run-modules := scripts/build "$$KERNEL"
run-monitors := scripts/lib/monitors/run $(option)
run-panthor := scripts/panthor --kernel "$$KERNEL" --ksrc "$$KSRC" $${TEST:+--test "$$TEST"}
run-panthor-shell := scripts/panthor --kernel "$$KERNEL" --ksrc "$$KSRC" --shell
run-race := $(args) scripts/long race
run-run := $(guest) --limit 600 $(in-root) "$$CMD"
run-shell := $(guest) --shell
run-soak := $(args) scripts/long soak
run-stress := $(args) scripts/long stress
run-tyr := $(args) scripts/tyr --ksrc "$$KSRC" $${TEST:+--test "$$TEST"}
run-tyr-shell := scripts/tyr --ksrc "$$KSRC" --shell
run-trace := $(args) scripts/trace --kernel "$$KERNEL" $(in-root) $${CMD:+--command "$$CMD"}

# Before anything is built: each command checks its arguments. A machine without python3
# gets it by the goal deps; the commands check once more.
wanted := $(filter $(goals),$(MAKECMDGOALS))
arguments:
	@! command -v python3 >/dev/null || \
	scripts/lib/goals --goals "$(goals)" --set "$(on-command-line)" --kbuild "$(for-kbuild)" \
		$(if $(call typed,ARCH),--arch='$(subst ','\'',$(value ARCH))') \
		$(foreach goal,$(MAKECMDGOALS),'$(subst ','\'',$(goal))=$(uses-$(goal))')
	@! command -v python3 >/dev/null || { export ARGUMENTS_ONLY="$${ARGUMENTS_ONLY:-1}"; \
	$(foreach goal,$(wanted),$(if $(run-$(goal)),($(run-$(goal))) &&)) :; }

.DEFAULT: ; @scripts/lib/goals --goals "$(goals)" '$(subst ','\'',$@)='

# ARGUMENTS_ONLY=1 make GOALS... ends here.
ifdef ARGUMENTS_ONLY
$(goals): arguments ; @:
else

help:
	@tail -n +2 scripts/lib/help

# --- Packages of Debian -------------------------------------------------------

other := $(if $(filter next,$(KERNEL)),bootstrap,$(if $(filter-out stock rt,$(KERNEL)),debug))
other := $(if $(arm64),arm64,$(other))
amd64-run := $(if $(arm64),,run user)
needs-affected := build debug run user lint
needs-bench := build run
needs-check := build arm64 $(if $(arm64),user,deb debug dkms docs model run trace user lint)
needs-check-all := build arm64 bootstrap debug run user
needs-demo := build $(amd64-run) $(other)
needs-demo-hang := $(needs-demo)
needs-demo-fdinfo := $(needs-demo)
needs-demo-compute := build user arm64
needs-deb := build deb
needs-deb-test := build deb run bootstrap
needs-dkms-apt := bootstrap
needs-docs := docs site
needs-docs-check := docs
needs-igt := build $(if $(arm64),,debug) $(amd64-run) $(other)
needs-igt-runner := build run user bootstrap
needs-kernels := build debug
needs-kunit := build debug run
needs-model := model
needs-lint := build debug docs lint
needs-mesa := build user $(if $(amd64),run,arm64)
needs-mesa-build := build mesa-build
needs-race := build debug run user
needs-faults := build debug run user
needs-fuzz := build debug run user
needs-fuzz-cs := build debug run
needs-siege := build run user
needs-soak := build debug run user
needs-stress := build debug run user
needs-cycles := build run user
needs-modules := build $(other)
needs-monitors := $(needs-igt-runner)
needs-programs := build $(if $(arm64),arm64,user)
needs-run := build $(if $(arm64),,run) $(other)
needs-trace := build run trace user $(other)
needs-panthor := build debug run user $(other)
needs-tyr := build debug run bootstrap
needs-tyr-shell := $(needs-tyr)
needs-panthor-shell := $(needs-panthor)
needs-shell := $(needs-run)
needs-compile_commands.json := build user $(other)

deps: arguments
	@scripts/lib/deps $(sort $(foreach goal,$(MAKECMDGOALS),$(needs-$(goal))))

# --- Build -------------------------------------------------------------------

modules: deps
	@$(run-modules)

programs: deps
	+@scripts/lib/programs $(if $(arm64),arm64)

mesa-build: deps
	@$(run-mesa-build)

dkms: arguments
	@scripts/dkms

dkms-apt: deps
	@scripts/dkms --apt

deb: deps
	@scripts/deb

deb-test: deps
	@scripts/deb --test

compile_commands.json: modules programs
	@$(run-compile_commands.json)

kernels: deps
	@scripts/kernel stock
	@scripts/kernel debug
	@scripts/kernel race

docs: deps
	@scripts/docs

docs-check: deps
	@scripts/docs --check

# --- Run ---------------------------------------------------------------------

# The demo's own check of its options, before a guest boots; not of another architecture
demo: modules programs
	@$(if $(arm64),,$(args) $(user)/demo/vpan-demo --print-graph >/dev/null)
	@$(run-demo)

demo-hang demo-fdinfo: modules programs
	@$(run-$@)

demo-compute: deps
	@scripts/build arm64
	@$(run-$@)

run shell: modules
	@$(run-$@)

panthor panthor-shell trace: modules programs
	@$(run-$@)

tyr tyr-shell: deps
	@scripts/build rust
	@$(run-$@)

# --- Test --------------------------------------------------------------------

check check-all bench model lint affected: deps
	@$(run-$@)

igt: programs
	@for kernel in $(if $(asked-kernel),"$$KERNEL",stock debug); do \
		scripts/build $$kernel || exit; done
	@$(run-igt)

igt-runner monitors: programs
	@scripts/build $(if $(asked-kernel),"$$KERNEL",stock)
	@$(run-$@)

kunit: deps
	@scripts/build $(if $(asked-kernel),"$$KERNEL",debug)
	@$(run-kunit)

race: programs
	@scripts/build race
	@$(run-race)

mesa: deps
	@scripts/build $(if $(amd64),stock,arm64)
	@$(run-mesa)

siege: programs
	@scripts/build stock
	@scripts/igt -k stock 'panthor_(siege|compute@fair)'

faults soak stress: programs
	@scripts/build debug
	@$(run-$@)

cycles: programs
	@scripts/build stock
	@$(run-cycles)

fuzz: programs
	@scripts/build fuzz
	@$(run-fuzz)

fuzz-cs: deps
	@scripts/build debug
	@$(run-fuzz-cs)

# --- Clean -------------------------------------------------------------------

clean: arguments
	rm -rf build

endif

.PHONY: $(goals) arguments
