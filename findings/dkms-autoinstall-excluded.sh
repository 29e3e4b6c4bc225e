#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# dkms 3.0.10 (Debian 12): "autoinstall" fails for a module that its own dkms.conf
# excludes from the kernel.
#
# dkms(8) says of BUILD_EXCLUSIVE_KERNEL that a module is not built for kernels that do
# not match. "dkms build" says so, too, with a status of its own, 77. But autoinstall
# takes this for a failed module and ends with 11. Debian's packages of kernels and
# headers run autoinstall when they are configured, so that installing headers of a
# kernel for which a module excludes itself leaves the package half configured, and apt
# in error. Nor can dkms.conf clear AUTOINSTALL for that kernel: autoinstall reads it
# once for all kernels, with $kernelver empty, although the manual offers this variable.
# dkms 3.2.2 (Debian 13) skips such modules.
#
# A module that fits some kernels only therefore has to build nothing, successfully, on
# the others.
#
# Seen with dkms 3.0.10-8+deb12u1:
#   build: 77
#   autoinstall: 11
#   kernelver in autoinstall: ''
set -euo pipefail

VERSION=3.0.10-8+deb12u1
KERNEL=6.1.0-1-test

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download "dkms=$VERSION"
dpkg -x dkms_*.deb dkms
mkdir -p src/example-1 tree "lib/$KERNEL/build"
touch "lib/$KERNEL/build/Makefile"
cat > src/example-1/dkms.conf <<'CONF'
PACKAGE_NAME=example
PACKAGE_VERSION=1
BUILT_MODULE_NAME=example
DEST_MODULE_LOCATION=/updates
AUTOINSTALL=yes
BUILD_EXCLUSIVE_KERNEL="^6\.12\."
echo "$kernelver" >> kernelver
CONF
sed -i "s|>> kernelver|>> $tmp/kernelver|" src/example-1/dkms.conf

run() {
	local status=0

	bash dkms/usr/sbin/dkms "$@" --dkmstree "$tmp/tree" --sourcetree "$tmp/src" \
		--installtree "$tmp/lib" >> log 2>&1 || status=$?
	echo "$status"
}

[ "$(run add -m example -v 1)" = 0 ] || { cat log; exit 1; }
build=$(run build -m example -v 1 -k "$KERNEL" -a x86_64)
rm -rf "tree/example/1/$KERNEL"
rm -f kernelver
autoinstall=$(run autoinstall -k "$KERNEL" -a x86_64)
first=$(head -n 1 kernelver)
echo "build: $build"
echo "autoinstall: $autoinstall"
echo "kernelver in autoinstall: '$first'"
[ "$build $autoinstall '$first'" = "77 11 ''" ] || { cat log; exit 1; }
