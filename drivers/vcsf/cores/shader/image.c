// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "cores/shader/exec.h"

int vsh_image_message(struct vsh_group *g, struct vsh_warp *w,
		      const struct vsh_insn *insn)
{
	return vsh_fail(g, VSH_FAULT_UNSUPPORTED, 0, 0);
}
