# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# For the Kbuild of a module that uses drm_jobqueue, in the folder that M= names:
#
#   include /usr/share/drm-jobqueue/drm_jobqueue.mk
#   ccflags-y += $(drm_jobqueue-ccflags)
#
# KBUILD_EXTRA_SYMBOLS then has the symbol versions that DKMS left for the kernel. A dkms.conf
# needs BUILD_DEPENDS[0]="drm-jobqueue", so that DKMS builds in the right order.

drm_jobqueue-ccflags := -I/usr/share/drm-jobqueue/include
# The machine's name is spelled out: "-*" would match another kernel, such as RELEASE-16k.
drm_jobqueue-symbols := $(wildcard $(patsubst %, \
	/var/lib/dkms/drm-jobqueue/kernel-$(KERNELRELEASE)-%/drm_jobqueue.symvers,x86_64 aarch64))
# "make clean" includes a Kbuild, too.
ifneq ($(notdir $(firstword $(MAKEFILE_LIST))),Makefile.clean)
ifeq ($(drm_jobqueue-symbols),)
$(error drm_jobqueue is not built for kernel $(KERNELRELEASE), see "dkms status drm-jobqueue")
endif
endif
KBUILD_EXTRA_SYMBOLS += $(drm_jobqueue-symbols)
