/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_FREE_WQ_H_
#define _VPAN_FREE_WQ_H_

struct workqueue_struct;

extern struct workqueue_struct *vpan_free_wq;

int vpan_free_wq_init(void);
void vpan_free_wq_fini(void);

#endif /* _VPAN_FREE_WQ_H_ */
