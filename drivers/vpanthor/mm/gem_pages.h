/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _VPAN_GEM_PAGES_H_
#define _VPAN_GEM_PAGES_H_

struct folio;
struct vpan_bo;

/**
 * struct vpan_gem_hold - pages of a buffer that are held in memory
 */
struct vpan_gem_hold {
	/** @folios: References, or NULL. */
	struct folio **folios;
	/** @count: Number of @folios. */
	unsigned long count;
};

int vpan_gem_alloc_pages(struct vpan_bo *bo);
int vpan_gem_hold_pages(struct vpan_bo *bo, struct vpan_gem_hold *hold,
			const bool *stop);
int vpan_gem_lock_with_pages(struct vpan_bo *bo, struct vpan_gem_hold *hold);
void vpan_gem_release_pages(struct vpan_gem_hold *hold);

#endif /* _VPAN_GEM_PAGES_H_ */
