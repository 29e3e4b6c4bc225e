# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Front end for people. Kbuild lists what the modules are made of.

KERNEL ?= stock
export JOBS ?= $(shell nproc)

TOP := $(CURDIR)
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:

define HELP
Two commands work from a fresh clone:

  make demo      build, boot Debian's 6.12 kernel in QEMU, run the demo in it
  make check     run every test; the last line has the totals

As root, each command installs missing packages by apt; otherwise it lists them.

Build:

  make modules   the modules for KERNEL, in build/KERNEL
  make programs  demo, tests and tools for user space, in build/user
  make docs      the documentation as HTML, in build/docs
  make dkms      a DKMS package of the modules, in build/dkms
  make dkms-apt  install kernel headers by apt in root file systems of Debian 12 and
                 13 that have this package (as root, ten minutes)
  make compile_commands.json
                 compiler commands of the modules for KERNEL and of the programs,
                 for clangd
  make kernels   prepare the stock, debug and race kernels (15 minutes on two
                 cores, once; kept outside of this tree)
  make clean     remove build/

Run:

  make demo-hang one of three processes hangs the GPU; the other two continue,
                 and the device dump of the hang is shown
  make demo-fdinfo
                 fdinfo of the demo's processes while they run, as read by nvtop
  make trace     record the demo, or a command (CMD="..."), and show what queues, driver
                 and GPU did as a timeline: build/results/trace.html
  make run CMD="..."
                 one command in a guest with the modules loaded
  make shell     a prompt in such a guest (leave by "exit")
  make panthor   the kernel's own panthor driver on the software GPU: demo and tests
                 (KSRC=/path/to/linux: of that tree, see Documentation/panthor.rst)
  make panthor-shell
                 a prompt in a guest with that driver

Test:

  make kunit     KUnit suites on the debug kernel
  make igt       IGT tests on the stock and the debug kernel: 64-bit programs, and
                 32-bit ones of the tests of the interface
  make igt-runner
                 the same on the stock kernel by igt_runner, in a root file system
                 of a newer Debian, created once (as root, some minutes)
  make lint      check the sources: style, sparse, layers, documentation, wording
  make model     check the model of the job queue's protocol with spin (2 minutes)
  make bench     measure drm_jobqueue against drm_gpu_scheduler (10 minutes)
  make race      suites with several threads on a KCSAN kernel (20 minutes, plus
                 10 to build that kernel once)
  make fuzz-cs   a million random command streams on the software GPU (10 minutes);
                 number and seed by ARGS="2000 --seed 7"
  make fuzz      random programs on the driver, guided by coverage (30 minutes, plus
                 10 to build a kernel once); minutes and more by ARGS="5", see
                 scripts/fuzz --help
  make faults    every sweep that makes allocations fail one by one
  make siege     what a hostile client can do to others, on the stock kernel
  make soak      a mixed load with faults, kills, short memory, sleep and unbind for
                 an hour, with a ledger of all jobs
  make stress    repeated stress tests for 30 minutes
  make cycles    unload and load the modules 1,000 times under load

Variables:

  KERNEL=stock   for modules, demo, shell, run, panthor and compile_commands.json:
                 stock, next (the newest kernel of any Debian suite), debug or race
  ARGS="..."     demo, bench, trace: their options (see ARGS=--help); race: rounds;
                 soak, stress: minutes; cycles: times; fuzz: minutes and options;
                 fuzz-cs: streams and --seed
  KSRC=...       panthor: Linux source tree (default: Debian's)
  TEST=...       igt, panthor: regular expression for PROGRAM@SUBTEST
                 kunit: names of suites; lint: names of checks
                 check: names of stages
  JOBS=N         compile N files in parallel (default: one per core)
  ACCEL=tcg|kvm  QEMU's accelerator (default: KVM if a guest boots with it)
  XDG_CACHE_HOME directory for prepared kernels (default: ~/.cache)

CONTRIBUTING.md says which test to run for which change.
endef

help:
	$(info $(HELP))
	@:

# --- Packages of Debian -------------------------------------------------------

other := $(if $(filter next,$(KERNEL)),bootstrap,$(if $(filter-out stock,$(KERNEL)),debug))
needs-bench := build run
needs-check := build debug dkms docs model run trace user lint page
needs-demo := build run user $(other)
needs-demo-hang := build run user $(other)
needs-demo-fdinfo := build run user $(other)
needs-dkms-apt := bootstrap
needs-docs := docs
needs-igt := build debug run user
needs-igt-runner := build run user bootstrap
needs-kernels := build debug
needs-kunit := build debug run
needs-model := model
needs-lint := build debug docs lint
needs-race := build debug run user
needs-faults := build debug run user
needs-fuzz := build debug run user
needs-fuzz-cs := build debug run
needs-siege := build run user
needs-soak := build debug run user
needs-stress := build debug run user
needs-cycles := build run user
needs-modules := build $(other)
needs-programs := build user
needs-run := build run $(other)
needs-trace := build run trace user $(other)
needs-panthor := build debug run user
needs-panthor-shell := build debug run user
needs-shell := build run $(other)
needs-compile_commands.json := build user $(other)

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

dkms-apt: deps
	@scripts/dkms --apt

compile_commands.json: modules programs
	@scripts/lib/compile-commands $(KERNEL)

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

trace: export TRACE_CMD := $(value CMD)
trace: modules programs
	@scripts/trace --kernel $(KERNEL) $(ARGS) $(if $(value CMD),-- "$$TRACE_CMD")

run: modules
	@scripts/vm --kernel $(KERNEL) --load "vgem drm_jobqueue vcsf vpanthor" \
		--limit 600 '$(CMD)'

shell: modules
	@scripts/vm --kernel $(KERNEL) --load "vgem drm_jobqueue vcsf vpanthor" --shell

panthor panthor-shell: modules programs
	@scripts/panthor --kernel $(KERNEL) --ksrc "$(KSRC)" \
		$(if $(filter panthor-shell,$@),--shell,$(if $(TEST),--test '$(TEST)'))

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

siege: programs
	@scripts/build stock
	@scripts/igt -k stock 'panthor_siege'

faults soak stress: programs
	@scripts/build debug
	@scripts/long $@ $(ARGS)

cycles: programs
	@scripts/build stock
	@scripts/long cycles $(ARGS)

fuzz: programs
	@scripts/build fuzz
	@scripts/fuzz $(ARGS)

fuzz-cs: deps
	@scripts/build debug
	@scripts/long fuzz-cs $(ARGS)

model: deps
	@scripts/model $(TEST)

lint: deps
	@scripts/lint $(TEST)

# --- Clean -------------------------------------------------------------------

clean:
	rm -rf build

.PHONY: help bench deps docs modules programs dkms dkms-apt kernels compile_commands.json demo \
	demo-hang demo-fdinfo trace run shell panthor panthor-shell check igt igt-runner kunit race \
	faults fuzz fuzz-cs siege soak stress cycles model lint clean
