# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Features of the kernel that the modules are built for: each probe/NAME.inc that compiles
# with the kernel's own options defines COMPAT_HAVE_NAME in generated/features.h. Versions
# are never compared, since distributions backport interfaces.
#
# Kbuild includes this file; compat-users are the folders to probe for. The answers are
# kept until another kernel, compiler or probe is used. If probe/control.inc does not
# compile, no answer can be trusted: the build stops with the compiler's messages.

clean-files += drivers/compat/generated

# "make clean" includes Kbuild, too.
ifneq ($(notdir $(firstword $(MAKEFILE_LIST))),Makefile.clean)

compat-dir := $(src)/drivers/compat
compat-out := $(obj)/drivers/compat/generated
compat-names := $(sort $(filter-out control,$(basename $(notdir $(wildcard $(compat-dir)/probe/*.inc)))))
compat-answers := $(compat-names:%=$(compat-out)/%.feature)

compat-flags = $(NOSTDINC_FLAGS) $(LINUXINCLUDE) $(KBUILD_CPPFLAGS) $(KBUILD_CFLAGS) \
	$(KBUILD_CFLAGS_MODULE) -DKBUILD_MODNAME='"compat"' -DKBUILD_BASENAME='"probe"' \
	-DKBUILD_MODFILE='"probe"' -D__KBUILD_MODNAME=kmod_compat -fsyntax-only \
	-Werror=implicit-function-declaration -Werror=incompatible-pointer-types \
	-Werror=int-conversion

# The kernel is known by its configuration and its symbols.
compat-key = $(KERNELRELEASE) $(CC) $(CONFIG_CC_VERSION_TEXT) $(shell stat -c '%n %s %Y' \
	$(abspath $(objtree))/include/generated/autoconf.h $(abspath $(objtree))/Module.symvers)

# For a change of the key or of the list of probes.
$(compat-out)/key: FORCE
	@mkdir -p $(@D)
	@echo '$(compat-key) $(compat-names)' | cmp -s - $@ || \
		echo '$(compat-key) $(compat-names)' >$@

quiet_cmd_compat_control = PROBE   control
      cmd_compat_control = $(CC) $(compat-flags) -x c $< && touch $@

$(compat-out)/control.ok: $(compat-dir)/probe/control.inc $(compat-out)/key
	$(call cmd,compat_control)

quiet_cmd_compat_probe = PROBE   $*
      cmd_compat_probe = \
	name=COMPAT_HAVE_$$(echo $* | tr a-z A-Z); \
	if LC_ALL=C $(CC) $(compat-flags) -x c $< 2>$(compat-out)/$*.log; then \
		echo "\#define $$name 1"; \
	elif grep -q '/$*\.inc:[0-9:]* error:' $(compat-out)/$*.log; then \
		echo "/* $$name: no */"; \
	else \
		cat $(compat-out)/$*.log >&2; exit 1; \
	fi >$@.tmp && mv $@.tmp $@

$(compat-answers): $(compat-out)/%.feature: $(compat-dir)/probe/%.inc $(compat-out)/control.ok
	$(call cmd,compat_probe)

# Keep the time of features.h if no answer changed: everything depends on it.
$(compat-out)/features.h: $(compat-answers)
	@cat $(compat-answers) >$@.tmp
	@if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi

$(addprefix $(obj)/,$(compat-users)): $(compat-out)/features.h

endif
