# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The front end for people. What the modules are made of is in Kbuild.

KERNEL ?= stock
export JOBS ?= $(shell nproc)

TOP := $(CURDIR)
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:

define HELP
Two commands need nothing else to be done before:

  make demo      build, boot Debian's 6.12 kernel in QEMU, run the demo in it
  make check     run every test; the last line has the totals

As root they install by apt what is missing; otherwise they say what is.

For work on the code:

  make docs      the documentation as HTML, in build/docs
  make demo-hang one of three processes hangs the GPU; the others go on, and
                 the dump of it is shown
  make demo-fdinfo
                 what nvtop reads of the demo's processes while they run
  make bench     measure drm_jobqueue against drm_gpu_scheduler (10 minutes)
  make igt       IGT tests on the stock and on the debug kernel, by programs of
                 64 bits, and of 32 where they are about the interface
  make igt-runner
                 the same on the stock kernel under the real igt_runner, in a
                 newer Debian's root, which is made once (as root, some minutes)
  make kunit     KUnit suites on the debug kernel
  make lint      check the sources: style, sparse, documentation, includes
  make model     check the model of the job queue's protocol with spin (2 minutes)
  make race      suites with several threads on a KCSAN kernel (20 minutes, and
                 10 more once to build that kernel)
  make fuzz-cs   a million random command streams on the software GPU (10 minutes);
                 how many, and the seed, as ARGS="2000 --seed 7"
  make faults    every sweep in which allocations fail one by one
  make soak      stress until 30 minutes are over
  make modules   the modules for KERNEL, in build/KERNEL
  make dkms      a package of the modules for DKMS, in build/dkms
  make programs  demo and tests for user space, in build/user
  make shell     a prompt in a guest with the modules loaded (leave by "exit")

  make kernels   prepare the stock, the debug and the race kernel (15 minutes on
                 two cores, once; kept outside of this tree)
  make clean     remove build/
  make help      this text

Variables:

  KERNEL=stock   for modules, demo, shell and run: stock, debug or race
  ARGS="..."     demo, bench: their options (try ARGS=--help); race: rounds;
                 soak: minutes; fuzz-cs: streams and --seed
  TEST=...       igt: regular expression for PROGRAM@SUBTEST
                 kunit: names of suites; lint: names of checks
                 check: names of stages
  CMD="..."      make run CMD="..." runs one command in a guest
  JOBS=N         compile so many files at a time (default: one per core)
  ACCEL=tcg|kvm  how QEMU runs guests (default: KVM if it is found to work)
  XDG_CACHE_HOME where prepared kernels are kept (default: ~/.cache)
endef

help:
	$(info $(HELP))
	@:

# --- What Debian has to provide ----------------------------------------------

other := $(if $(filter-out stock,$(KERNEL)),debug)
needs-bench := build run
needs-check := build debug dkms docs model run user lint
needs-demo := build run user $(other)
needs-demo-hang := build run user $(other)
needs-demo-fdinfo := build run user $(other)
needs-docs := docs
needs-igt := build debug run user
needs-igt-runner := build run user bootstrap
needs-kernels := build debug
needs-kunit := build debug run
needs-model := model
needs-lint := build debug docs lint
needs-race := build debug run user
needs-faults := build debug run user
needs-fuzz-cs := build debug run
needs-soak := build debug run user
needs-modules := build $(other)
needs-programs := build user
needs-run := build run $(other)
needs-shell := build run $(other)

deps:
	@scripts/lib/deps $(sort $(foreach goal,$(MAKECMDGOALS),$(needs-$(goal))))

# --- Build -------------------------------------------------------------------

modules: deps
	@scripts/build $(KERNEL)

programs: deps
	@uapi=$$(scripts/kernel stock | sed -n 's/^uapi=//p') && \
	$(MAKE) -s --no-print-directory -C userspace OUT=$(TOP)/build/user UAPI="$$uapi"

dkms:
	@scripts/dkms

kernels: deps
	@scripts/kernel stock
	@scripts/kernel debug
	@scripts/kernel race

# --- Run ---------------------------------------------------------------------

demo: modules programs
	@scripts/vm --kernel $(KERNEL) --load "vgem drm_jobqueue vcsf vpanthor" \
		--limit 600 build/user/demo/vpan-demo $(ARGS)

demo-hang: modules programs
	@scripts/vm --kernel $(KERNEL) --limit 300 scripts/lib/guest/demo-hang build/user

demo-fdinfo: modules programs
	@scripts/vm --kernel $(KERNEL) --load "vgem drm_jobqueue vcsf vpanthor" \
		--limit 300 scripts/lib/guest/demo-fdinfo build/user

run: modules
	@scripts/vm --kernel $(KERNEL) --load "vgem drm_jobqueue vcsf vpanthor" \
		--limit 600 '$(CMD)'

shell: modules
	@scripts/vm --kernel $(KERNEL) --load "vgem drm_jobqueue vcsf vpanthor" --shell

# --- Test --------------------------------------------------------------------

check: deps
	@scripts/check $(TEST)

bench: deps
	@scripts/bench $(ARGS)

igt: programs
	@scripts/build stock
	@scripts/build debug
	@scripts/igt $(TEST)

igt-runner: programs
	@scripts/build stock
	@scripts/igt-runner $(TEST)

kunit: deps
	@scripts/build debug
	@scripts/kunit $(TEST)

docs: deps
	@scripts/docs

race: programs
	@scripts/build race
	@scripts/long race $(ARGS)

faults soak: programs
	@scripts/build debug
	@scripts/long $@ $(ARGS)

fuzz-cs: deps
	@scripts/build debug
	@scripts/long fuzz-cs $(ARGS)

model: deps
	@scripts/model $(TEST)

lint: deps
	@scripts/lint $(TEST)

# --- The rest ----------------------------------------------------------------

clean:
	rm -rf build

.PHONY: help bench deps docs modules programs dkms kernels demo demo-hang demo-fdinfo run shell check igt igt-runner kunit \
	race faults fuzz-cs soak model lint clean
