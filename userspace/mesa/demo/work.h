/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MESA_DEMO_WORK_H
#define MESA_DEMO_WORK_H

#include <stdint.h>

#include "demo/scene.h"
#include "demo/share.h"
#include "vk.h"

#define QUEUES_MAX 8
/* Frames whose values are kept: one is coloured while the next one is iterated. */
#define KEPT 2

/**
 * struct queue - a device with its queue
 * @vk: the device
 * @line: timeline of the queue: frame N of it is ready at point N + 1
 * @heard: timelines of other queues, for jobs of this one, by queue
 * @values: values of the frames that are kept
 * @layout: layout of the programs
 * @set_layout: the same, of descriptors
 * @iterate: the program that computes values
 * @colour: the program that computes colours
 */
struct queue {
	struct vk vk;
	VkSemaphore line;
	VkSemaphore heard[QUEUES_MAX];
	struct memory values[KEPT];
	VkPipelineLayout layout;
	VkDescriptorSetLayout set_layout;
	VkPipeline iterate;
	VkPipeline colour;
};

/**
 * struct work - all queues
 * @scene: what is computed
 * @shaders: folder with the programs
 * @queues: the queues; the first one colours
 * @count: how many; if it is 1, the queue also iterates
 * @picture: the pictures of all frames
 * @stride: bytes from a picture to the next
 * @jobs: jobs that were submitted
 */
struct work {
	struct scene scene;
	const char *shaders;
	struct queue queues[QUEUES_MAX];
	uint32_t count;
	struct memory picture;
	VkDeviceSize stride;
	uint32_t jobs;
};

void work_open(struct work *work);
void work_submit(struct work *work);
void work_wait(struct work *work, uint32_t frame);
void work_check(struct work *work);

#endif
