# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Record trace events in a guest and show them as a timeline.

record.py runs a command under trace-cmd; events.py parses what "trace-cmd report -R"
prints; build.py makes a model.Trace of it, with jobs.py, hardware.py and processes.py;
chrome.py, page.py and svg.py write it. Nothing here depends on the text formats of the
events, only on the names of their fields.
"""
