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
    return [f"model-{name}" for name in sorted(set(re.findall(r"\bg\d+\b", text)))]


def properties(output):
    """{name: value} of the first device in the OUTPUT of vulkaninfo --summary."""
    found = {}
    for name, value in re.findall(r"^\s+(\w+)\s+= (.*)$", output, re.M):
        found.setdefault(name, value.strip())
    return found


def outcome(model, output):
    """(status, reason) of what vulkaninfo prints about a MODEL such as "g610"."""
    found = properties(output)
    name = found.get("deviceName", "")
    text = ", ".join(found.get(key, "?") for key in ("deviceName", "driverInfo"))
    if found.get("driverID") == "DRIVER_ID_MESA_PANVK":
        # "Mali-G610 MC4"; with the variant, which 25.0 does not say: "Mali-G310v1 MC1"
        good = re.match(rf"Mali-{model}(v\d)?\b", name, re.I)
        return (PASS if good else FAIL), text
    reason = re.search(r"Unknown gpu_id .*$|^.*ERROR_\w+.*$", output, re.M)
    return FAIL, reason.group(0).strip() if reason else "no device of PanVK"


def run(judge, kernel, load, environment, wanted):
    """Load vcsf as each of the WANTED models, and judge what vulkaninfo says of it."""
    with Session(kernel, load=load) as session:
        for check in wanted:
            model = check.partition("-")[2]
            try:
                result = session.run(
                    f"rmmod vpanthor vcsf && modprobe vcsf model={model} && "
                    f"modprobe vpanthor && {environment} vulkaninfo --summary 2>&1", _LIMIT)
            except GuestError as error:
                judge.add(check, FAIL, str(error).splitlines()[0], detail=str(error))
                continue
            status, reason = outcome(model, result.output)
            if result.reason:
                status, reason = FAIL, result.reason
            judge.add(check, status, reason, result.seconds, result.detail)
