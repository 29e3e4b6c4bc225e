/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef MESA_VK_H
#define MESA_VK_H

#include <stdbool.h>
#include <stdint.h>
#include <vulkan/vulkan.h>

#include "check.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Ends the check if a call of Vulkan does not succeed. */
#define VK(call) vk_must((call), #call)

/**
 * struct vk - a device with its queue
 * @instance: the instance
 * @physical: the physical device
 * @device: the device
 * @queue: its first queue
 * @family: the family of @queue
 * @pool: pool of command buffers
 * @memory: types of memory
 * @properties: of @physical
 * @subgroup: properties of subgroups
 * @features: features of @physical, all of which are enabled
 * @int8: 8-bit and 16-bit arithmetic
 * @storage8: access to buffers by 8 bits
 * @storage16: access to buffers by 16 bits
 * @address: addresses of buffers
 */
struct vk {
	VkInstance instance;
	VkPhysicalDevice physical;
	VkDevice device;
	VkQueue queue;
	uint32_t family;
	VkCommandPool pool;
	VkPhysicalDeviceMemoryProperties memory;
	VkPhysicalDeviceProperties properties;
	VkPhysicalDeviceSubgroupProperties subgroup;
	VkPhysicalDeviceFeatures features;
	VkPhysicalDeviceShaderFloat16Int8Features int8;
	VkPhysicalDevice8BitStorageFeatures storage8;
	VkPhysicalDevice16BitStorageFeatures storage16;
	VkPhysicalDeviceBufferDeviceAddressFeatures address;
};

/**
 * struct buffer - a buffer with memory that is mapped
 * @buffer: the buffer
 * @memory: its memory
 * @map: where it is mapped
 * @size: in bytes
 */
struct buffer {
	VkBuffer buffer;
	VkDeviceMemory memory;
	void *map;
	VkDeviceSize size;
};

/**
 * struct image - an image with memory
 * @image: the image
 * @view: of its first level
 * @memory: its memory
 * @map: where the memory is mapped, if the image is linear
 * @info: what it was created with
 */
struct image {
	VkImage image;
	VkImageView view;
	VkDeviceMemory memory;
	void *map;
	VkImageCreateInfo info;
};

void vk_must(VkResult result, const char *what);
void vk_open(struct vk *vk);
VkDevice vk_device(struct vk *vk, VkQueue *queue);
uint32_t vk_memory_type(struct vk *vk, uint32_t bits);
PFN_vkVoidFunction vk_proc(struct vk *vk, const char *name);

VkCommandBuffer vk_begin(struct vk *vk);
void vk_barrier(VkCommandBuffer cmd);
void vk_end(VkCommandBuffer cmd);
void vk_run(struct vk *vk, VkCommandBuffer cmd);

struct buffer buffer_new(struct vk *vk, VkDeviceSize size);
void buffer_random(struct buffer *buffer, uint32_t seed);
uint32_t next_random(uint32_t *state);
struct image image_new(struct vk *vk, const VkImageCreateInfo *info,
		       VkImageAspectFlags aspect);
void image_layout(VkCommandBuffer cmd, struct image *image, VkImageAspectFlags aspect,
		  VkImageLayout from, VkImageLayout to);

#endif
