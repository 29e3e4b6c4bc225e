#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Perfetto's importer of the Trace Event Format, in chromium-shell 156.0.8078.108 (Debian 12):
# a thread of number 0 is merged with the thread whose number is that of the process.
#
# In the format, "tid" is the number of the thread that an event belongs to, and 0 is a number
# like others: writers that count tracks use it for the first one. The importer turns 0 into
# the number of the process. If that has a thread of its own in the file, as the main thread
# of a process on Linux has, the events of both are on one track. What overlaps there in time
# is taken for nested without an error; what overlaps in part is moved to another track, and
# counted. Another number than 0 shows the two threads.
#
# Writers of traces should number tracks from 1 on.
#
# Seen with chromium-shell 156.0.8078.108-1~deb12u1, for a slice of thread 7 within the time of
# one of thread 0, both of process 7, and for the same with 1 in the place of 0:
#   0 and 7: threads 7, slices of depth 0 1
#   1 and 7: threads 1 7, slices of depth 0 0
#
# Its library libtest_trace_processor.so is called by python3: a vector of characters goes in,
# a query as a string, and a vector of rows of strings comes back (libc++ of x86-64).
set -euo pipefail

PACKAGE=chromium-shell=156.0.8078.108-1~deb12u1

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
(cd "$tmp" && apt-get -qq -o APT::Sandbox::User=root download "$PACKAGE")
dpkg-deb -x "$tmp"/chromium-shell_*.deb "$tmp/root"

cat >"$tmp/ask.py" <<'EOF'
"""ask.py LIBRARY: what the importer makes of two traces."""
import ctypes
import json
import sys

CLASS = "4base4test22TestTraceProcessorImpl"
STRING = "NSt3__112basic_stringIcNS2_11char_traitsIcEENS2_9allocatorIcEEEE"
library = ctypes.CDLL(sys.argv[1])


def call(name, *arguments):
    """Call a function all of whose arguments are addresses."""
    function = library[name]
    function.argtypes = [ctypes.c_void_p] * len(arguments)
    function(*arguments)


def string(address):
    """A std::string, of which short ones are in the object."""
    raw = ctypes.string_at(address, 24)
    if not raw[0] & 1:
        return raw[1:1 + (raw[0] >> 1)].decode()
    return ctypes.string_at(int.from_bytes(raw[16:], "little"),
                            int.from_bytes(raw[8:16], "little")).decode()


def query(events, sql):
    """Rows of a QUERY about EVENTS, without the line of names."""
    processor, result = (ctypes.create_string_buffer(65536) for _ in range(2))
    call(f"_ZN{CLASS}C1Ev", processor)
    data = json.dumps({"traceEvents": events}).encode()
    text = ctypes.create_string_buffer(data, len(data))
    begin = ctypes.addressof(text)
    vector = (ctypes.c_uint64 * 3)(begin, begin + len(data), begin + len(data))
    call(f"_ZN{CLASS}10ParseTraceERKNSt3__16vectorIcNS2_9allocatorIcEEEE", result, processor,
         vector)
    text = ctypes.create_string_buffer(sql.encode())
    words = (ctypes.c_uint64 * 3)(((len(sql) + 16) & ~1) | 1, len(sql),
                                  ctypes.addressof(text))
    result = ctypes.create_string_buffer(4096)
    call(f"_ZNK{CLASS}12ExecuteQueryERK{STRING}", result, processor, words)
    begin, end = (ctypes.c_uint64 * 2).from_buffer(result)
    return [[string(cell) for cell in range(*(ctypes.c_uint64 * 2).from_address(row), 24)]
            for row in range(begin, end, 24)][1:]


for tid in (0, 1):
    slices = [{"ph": "X", "name": "a", "pid": 7, "tid": tid, "ts": 1, "dur": 90},
              {"ph": "X", "name": "b", "pid": 7, "tid": 7, "ts": 2, "dur": 10}]
    found = query(slices, "select tid, depth from slice join thread_track on"
                          " slice.track_id = thread_track.id join thread using(utid)")
    threads = sorted({row[0] for row in found})
    print(f"{tid} and 7: threads {' '.join(threads)},"
          f" slices of depth {' '.join(row[1] for row in found)}")
EOF
python3 "$tmp/ask.py" "$tmp/root/usr/lib/chromium/libtest_trace_processor.so" | tee "$tmp/seen"
diff "$tmp/seen" - <<-EOF
	0 and 7: threads 7, slices of depth 0 1
	1 and 7: threads 1 7, slices of depth 0 0
EOF
