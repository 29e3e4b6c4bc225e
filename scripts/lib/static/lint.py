# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Checks of the sources. Each returns its errors as text, "" if there are none."""

import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lib import progress
from lib.testbed import BUILD, TOP, kernels
from lib.testbed.results import FAIL, PASS

_KERNEL_CODE = ("include", "drivers", "kunit", "samples", "shim", "bench")
# checkpatch types to ignore: files, types; all matching rows count.
_NOT_HERE = (
    # TRACE_EVENT() has a layout of its own throughout the kernel.
    (r".*/trace(_panthor)?\.h", ("PARENTHESIS_ALIGNMENT", "OPEN_ENDED_LINE")),
    # User space lacks the kernel's helpers; libdrm has CamelCase, IGT "igt_main()".
    (r"(userspace/.*|samples/tutorial/toy_client\.c)",
     ("ARRAY_SIZE", "CAMELCASE", "COMPLEX_MACRO", "FUNCTION_WITHOUT_ARGS",
      "PREFER_DEFINED_ATTRIBUTE_MACRO", "PREFER_KERNEL_TYPES", "STRCPY", "VOLATILE")),
    # Macros copied from IGT.
    (r"userspace/igt/lib/igt\.h", ("MACRO_ARG_REUSE", "SPACING")),
    # Macros that name fields of structures.
    (r"userspace/fuzz/optable\.c", ("MACRO_ARG_REUSE",)),
    # It waits for another task to release a lock, and asserts nothing.
    (r"drivers/jobqueue/api/job\.c", ("USE_LOCKDEP",)),
    # It exports a variable of each CPU to the tests.
    (r"drivers/jobqueue/engine/defer\.c", ("EXPORT_SYMBOL",)),
    # The kernel and user space include these.
    (r"include/vcsf/csf_.*", ("PREFER_DEFINED_ATTRIBUTE_MACRO",)),
)


def _source():
    return Path(kernels.variables("source")["source"])


def _files(folders, pattern):
    return sorted(str(path.relative_to(TOP)) for folder in folders
                  for path in (TOP / folder).rglob(pattern))


def _output(command, cwd=TOP, stderr=subprocess.STDOUT):
    """Return the output of COMMAND if it fails, else ""."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=stderr,
                          text=True)
    return (done.stdout or f"exit status {done.returncode}") if done.returncode else ""


def _each(function, items):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return "".join(pool.map(function, items))


def checkpatch():
    """The kernel's coding style, by checkpatch --strict."""
    tool = _source() / "scripts/checkpatch.pl"

    def one(name):
        types = [kind for files, kinds in _NOT_HERE if re.fullmatch(files, name)
                 for kind in kinds]
        ignore = ["--ignore", ",".join(types)] if types else []
        command = [tool, "--no-tree", "--strict", "--terse", "--no-summary",
                   "--show-types", *ignore, "--file", TOP / name]
        # checkpatch leaves a cache in its working directory and warns on stderr that there
        # is no kernel tree.
        return _output(command, BUILD, subprocess.DEVNULL).replace(f"{TOP}/", "")

    BUILD.mkdir(exist_ok=True)
    folders = (*_KERNEL_CODE, "userspace")
    return _each(one, _files(folders, "*.[ch]") + _files(_KERNEL_CODE, "Kbuild"))


def kernel_doc():
    """Kernel-doc comments are complete and well-formed."""
    return _output([_source() / "scripts/kernel-doc", "-none", "-Wall", "-Werror",
                    *_files(_KERNEL_CODE, "*.[ch]")])


def sparse():
    """Address spaces, endianness, lock balance, on the debug kernel."""
    done = subprocess.run([TOP / "scripts/build", "debug", "C=2", "BENCH=m"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        return done.stdout
    ours = re.compile(r"/src/(include|drivers|kunit|samples|bench)/\S+: (warning|error): ")
    lines = [line for line in done.stdout.splitlines() if ours.search(line)]
    return "".join(line + "\n" for line in dict.fromkeys(lines))


def includes():
    """The direction of includes and calls; with V=1 it prints rooms and arrows."""
    return _output([TOP / "scripts/lib/checks/includes"],
                   stderr=None if progress.verbose() else subprocess.STDOUT)


def lengths():
    """Lengths of files and functions."""
    return _output([TOP / "scripts/lib/checks/lengths"])


# reuse asks git for the files; git refuses a tree of another owner by default.
_ANY_OWNER = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
              "GIT_CONFIG_VALUE_0": "*"}
# In two parts, as reuse would read it as the tag of this file.
_TAG = re.compile("SPDX-License-" r"Identifier: GPL-2\.0(-only)? OR MIT\b")
# Files without comments.
_NO_TAG = re.compile(r"(LICENSES|\.reuse)/.*|.*\.(json|csv|svg|png)")


def _names():
    return subprocess.run([TOP / "scripts/lib/checks/files"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.splitlines()


def reuse():
    """Licences: what "reuse lint" demands, and a tag in each file that can have one."""
    untagged = [name for name in _names() if not _NO_TAG.fullmatch(name) and not
                any(map(_TAG.search, (TOP / name).read_text().splitlines()[:3]))]
    text = "".join(f"{name}: no SPDX-License-Identifier: GPL-2.0 OR MIT\n"
                   for name in untagged)
    done = subprocess.run(["reuse", "lint"], cwd=TOP, env={**os.environ, **_ANY_OWNER},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    summary = dict(re.findall(r"^\* ([^:\n]+): *(.*)$",
                              done.stdout.partition("# SUMMARY")[2], re.M))
    # The kernel's spelling of GPL-2.0-only is deprecated outside of the kernel.
    # "None" is an empty text, and "0" in later versions.
    none = ("", "0")
    allowed = {"Deprecated licenses": (*none, "GPL-2.0"), "Bad licenses": none,
               "Licenses without file extension": none, "Missing licenses": none,
               "Unused licenses": none, "Read errors": none}
    wrong = [name for name, values in allowed.items() if summary.get(name) not in values]
    wrong += [name for name in summary if name.startswith("Files with")
              and len(set(summary[name].split(" / "))) > 1]
    if done.returncode and wrong:
        text += "".join(f"reuse lint: {name}: {summary.get(name)}\n" for name in wrong)
        text += done.stdout
    return text


def codespell():
    """Spelling; .codespellrc has the exceptions."""
    return _output(["codespell", *_names()])


def words():
    """Wording; scripts/lib/checks/words-allowed has the exceptions."""
    return _output([TOP / "scripts/lib/checks/words"])


def compat():
    """Sources use what drivers/compat has, not what later kernels lack."""
    return _output([TOP / "scripts/lib/checks/compat"])


def references():
    """Files and functions that Documentation/architecture.rst names exist."""
    return _output([TOP / "scripts/lib/checks/references"])


def _scripts(interpreter):
    for path in sorted([*(TOP / "scripts").rglob("*"), *(TOP / ".ci").rglob("*"),
                        *(TOP / "userspace").rglob("*")]):
        if path.is_file() and path.suffix in ("", ".sh", ".py"):
            first = path.open("rb").readline()
            if first.startswith(b"#!") and interpreter in first or (
                    interpreter == b"python" and path.suffix == ".py"):
                yield path


def shellcheck():
    """Shell scripts."""
    return _output(["shellcheck", "-f", "gcc", *_scripts(b"bash"), *_scripts(b"/bin/sh")])


def python():
    """Python scripts compile."""
    text = ""
    for path in _scripts(b"python"):
        try:
            compile(path.read_text(), str(path), "exec")
        except SyntaxError as error:
            text += f"{error}\n"
    return text


def docs():
    """Documentation/ builds without warnings, including kernel-doc; no broken links."""
    return _output([TOP / "scripts/docs", "--check"])


CHECKS = {check.__name__: check for check in (
    checkpatch, kernel_doc, docs, sparse, includes, compat, references, lengths,
    reuse,
    codespell, words, shellcheck, python)}


def run(report, chosen=None):
    """Run the CHOSEN checks, or all."""
    report.expect("lint", chosen or CHECKS)
    for name, check in CHECKS.items():
        if chosen and name not in chosen:
            continue
        progress.line.show(f"lint {name}")
        begin = time.monotonic()
        text = check()
        report.add(f"lint {name}", FAIL if text else PASS,
                   f"{len(text.splitlines())} lines" if text else "",
                   time.monotonic() - begin, text)
