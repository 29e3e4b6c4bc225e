/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef JQ_FILES_H
#define JQ_FILES_H

/**
 * DOC: debugfs files of job queues
 *
 * Shared by jq-why and jq-top: finds the directory in debugfs that has the files
 * "why" and "queues", and reads them.
 */

#include <stdbool.h>
#include <stddef.h>

/* Length of names of queues and processes, with the terminator */
#define JQ_NAME		64

const char *jq_find_directory(const char *tool, const char *directory);
char *jq_read_file(const char *tool, const char *directory, const char *name);

char *jq_next_line(char **rest);
bool jq_is_within(const char *name, const char *above);
bool jq_split_job(const char *line, char *queue, char *job, const char **sentence);
bool jq_split_group(const char *line, char *group, const char **rest);

#endif /* JQ_FILES_H */
