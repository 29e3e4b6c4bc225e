/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _COMPAT_KUNIT_H_
#define _COMPAT_KUNIT_H_

/* The namespace of symbols for tests: once named by a token, now by a string */

#include <linux/module.h>

#include "generated/features.h"

#ifdef COMPAT_HAVE_IMPORT_NS_TOKEN
#define COMPAT_IMPORT_KUNIT_SYMBOLS	MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING)
#else
#define COMPAT_IMPORT_KUNIT_SYMBOLS	MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING")
#endif

#endif /* _COMPAT_KUNIT_H_ */
