/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef TEST_SYSFS_H
#define TEST_SYSFS_H

/**
 * DOC: Files of the driver and of the software GPU
 *
 * Parameters, attributes and debugfs files that tests write and read. Unless
 * stated otherwise, all functions fail the subtest if the file does not exist or
 * refuses the text.
 */

#include <stdbool.h>
#include <stddef.h>

/* The driver's default of job_timeout_ms, which tests restore */
#define TEST_JOB_TIMEOUT_MS	5000

void test_write_file(const char *path, const char *text);
int test_try_write_file(const char *path, const char *text);
void test_read_file(const char *path, char *text, size_t size);

bool test_own_driver(void);
void test_require_own_driver(void);
void test_reload(const char *parameter);
void test_param_set(const char *name, unsigned int value);
void test_inject(const char *point, const char *setting);
unsigned int test_injected(const char *point);
void test_wait_injected(const char *point, unsigned int hits);

bool test_debugfs_lacks(const char *name);
void test_debugfs_path(const char *name, char *path, size_t size);
unsigned int test_debugfs_count(const char *name, const char *what);
void test_device_path(const char *name, char *path, size_t size);
unsigned int test_reset_count(void);

void test_clear_dumps(void);
void test_take_dump(char *text, size_t size);

void test_unbind(void);
void test_bind(void);

void test_moves_begin(void);
unsigned int test_moves_read(unsigned int *left);
void test_moves_end(void);

#endif /* TEST_SYSFS_H */
