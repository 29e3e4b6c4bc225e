#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# coccinelle 1.1.1 (Debian 12): the name of a rule cannot be that of a metavariable in a later
# rule, and the error names neither.
#
# A metavariable of a named rule is inherited as RULE.NAME, so the two kinds of names look
# independent, and a rule named "job" is natural before another that declares "struct s *job".
# spatch rejects the second rule with a parse error at the semicolon behind the declaration,
# and does not say that the name is taken. The same rules in the other order are accepted, and
# so are they if the first is called otherwise.
#
# Seen with coccinelle 1.1.1.deb-2+b1:
#   rule "job" before the metavariable: 255, parse error, around = ';'
#   rule "job" after the metavariable: 0
#   rule "first" before the metavariable: 0
set -euo pipefail

VERSION=1.1.1.deb-2+b1

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
# Its libraries, in the versions of the release
apt-get -qq -o APT::Sandbox::User=root download "coccinelle=$VERSION" libpcre3
for deb in *.deb; do
	dpkg -x "$deb" root
done
export LD_LIBRARY_PATH=$tmp/root/usr/lib/x86_64-linux-gnu:$tmp/root/lib/x86_64-linux-gnu
export COCCINELLE_HOME=$tmp/root/usr/lib/coccinelle

cat > first <<'E2'
- old
+ new
E2
cat > second <<'E2'
- job->a
+ job->b
E2
echo 'struct s { int a, b; }; int f(struct s *p) { return p->a; }' > input.c
job_first() { printf '@%s@\n@@\n' "$1"; cat first; printf '\n@other@\nstruct s *job;\n@@\n'; cat second; }
job_last() { printf '@other@\nstruct s *job;\n@@\n'; cat second; printf '\n@job@\n@@\n'; cat first; }

try() {
	local status=0
	root/usr/bin/spatch --very-quiet --sp-file "$1" input.c > "$1.out" 2>&1 || status=$?
	echo "$status"
}

job_first job > taken
job_last > last
job_first first > free
taken=$(try taken)
last=$(try last)
free=$(try free)
echo "rule \"job\" before the metavariable: $taken, $(grep -o "around = .*" taken.out)"
echo "rule \"job\" after the metavariable: $last"
echo "rule \"first\" before the metavariable: $free"
[ "$taken" = 255 ] && grep -q "parse error" taken.out && grep -q "around = ';'" taken.out &&
	[ "$last" = 0 ] && [ "$free" = 0 ] && grep -q "^+.*p->b" free.out
