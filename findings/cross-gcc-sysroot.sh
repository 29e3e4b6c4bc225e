#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# gcc-12-aarch64-linux-gnu 12.2.0 (Debian 12): --sysroot does not keep the C library of the
# build host's cross packages out.
#
# The manual says that with --sysroot=DIR the compiler looks for headers and libraries below
# DIR instead of the root directory. If libc6-dev-arm64-cross is installed (gcc-aarch64-linux-gnu
# recommends it), its headers and its C library, in /usr/aarch64-linux-gnu, are found whatever
# DIR is, and before those of DIR: that folder belongs to the compiler's own tool directories,
# which --sysroot does not move. A program for a target with an older C library then links
# without a word, and does not start there for want of symbol versions.
#
# --sysroot is therefore no proof of where headers and libraries come from. Without the package
# the same command uses DIR, so that results differ from host to host.
#
# Seen with gcc-12-aarch64-linux-gnu 12.2.0-14cross1, libc6-dev-arm64-cross 2.36-8cross1, for
# a system root with a stdio.h of its own, and for an empty one:
#   without the package: the sysroot, none
#   with the package: the host, the host
#
# Needs root and debootstrap: the packages are installed in a folder of their own.
set -euo pipefail

COMPILER=gcc-12-aarch64-linux-gnu=12.2.0-14cross1
LIBRARY=libc6-dev-arm64-cross=2.36-8cross1

tmp=$(mktemp -d)
trap 'umount -l "$tmp/root/proc" 2>/dev/null || true; rm -rf "$tmp"' EXIT
root=$tmp/root
debootstrap --variant=minbase bookworm "$root" >"$tmp/log" 2>&1 || { tail "$tmp/log"; exit 1; }
mount -t proc proc "$root/proc"
inside() { DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
install() {
	inside apt-get -qq -y --no-install-recommends install "$@" >"$tmp/log" 2>&1 ||
		{ tail "$tmp/log"; exit 1; }
}

# A system root of the target whose C library says where it is, and an empty one
mkdir -p "$root/target/usr/include" "$root/empty"
echo 'origin "the sysroot"' >"$root/target/usr/include/stdio.h"
printf '#include <stdio.h>\n' >"$root/test.c"
origin() {
	local text
	text=$(inside aarch64-linux-gnu-gcc-12 -E -P --sysroot="$1" /test.c 2>/dev/null) ||
		{ echo "none"; return; }
	case $text in
	'origin "the sysroot"') echo "the sysroot" ;;
	*printf*) echo "the host" ;;
	*) echo "unknown" ;;
	esac
}

install "$COMPILER"
echo "without the package: $(origin /target), $(origin /empty)" | tee "$tmp/seen"
install "$LIBRARY"
echo "with the package: $(origin /target), $(origin /empty)" | tee -a "$tmp/seen"
diff "$tmp/seen" - <<-EOF
	without the package: the sysroot, none
	with the package: the host, the host
EOF
