# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Which GPU models of vcsf a Mesa accepts, asked by vulkaninfo.

Mesa looks a GPU up by architecture, product and variant. The check "model-NAME" passes if
PanVK offers a device with the model's name.
"""

import re

from ..testbed import TOP
from ..testbed.guest import GuestError
from ..testbed.results import FAIL, PASS
from ..testbed.session import Session

_SOURCE = TOP / "drivers/vcsf/main.c"
_LIMIT = 300


def names():
    """The names of the checks."""
    text = re.search(r"MODULE_PARM_DESC\(model,([^;]*)", _SOURCE.read_text()).group(1)
    return [f"model-{name}" for name in sorted(set(re.findall(r"\bg\d+(?:-\w+)?\b", text)))]


def properties(output):
    """{name: value} of the first device in the OUTPUT of vulkaninfo --summary."""
    found = {}
    for name, value in re.findall(r"^\s+(\w+)\s+= (.*)$", output, re.M):
        found.setdefault(name, value.strip())
    return found


def outcome(model, output):
    """(status, reason) of what vulkaninfo prints about a MODEL such as "g610".

    The status is None if neither a device nor PanVK's own words explain the end.
    """
    found = properties(output)
    name = found.get("deviceName", "")
    text = ", ".join(found.get(key, "?") for key in ("deviceName", "driverInfo"))
    if found.get("driverID") == "DRIVER_ID_MESA_PANVK":
        # "Mali-G610 MC4"; with the variant, which 25.0 does not say: "Mali-G310v1 MC1"
        good = re.match(rf"Mali-{model}(v\d)?\b", name, re.I)
        return (PASS if good else None), text
    reason = re.search(r"\bpanvk_\w+\.c:\d+\] Code -?\d+ : (.*)$", output, re.M)
    return (FAIL, reason.group(1).strip()) if reason else (None, "no device of PanVK")


def _check(session, environment, model):
    """(status, reason, result) of one model; as outcome()."""
    load = session.run(f"rmmod vpanthor vcsf; modprobe vcsf model={model} && "
                       "modprobe vpanthor && ls /dev/dri/renderD*", _LIMIT)
    if load.reason or load.status:
        return None, load.reason or "the driver has no render node", load
    result = session.run(f"{environment} vulkaninfo --summary 2>&1", _LIMIT)
    if result.reason:
        return None, result.reason, result
    return *outcome(model, result.output), result


def run(judge, kernel, load, environment, wanted):
    """Load vcsf as each of the WANTED models, and judge what vulkaninfo says of it.

    Only what Mesa says is a matter of the table of differences.
    """
    with Session(kernel, load=load) as session:
        for check in wanted:
            try:
                status, reason, result = _check(session, environment,
                                                check.partition("-")[2])
            except GuestError as error:
                judge.fail(check, str(error).splitlines()[0], str(error))
                continue
            if status is None:
                judge.fail(check, reason, result.detail)
            else:
                judge.add(check, status, reason, result.seconds, result.detail)
