// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the checks need of Vulkan: a device with all features of the driver, buffers and images
 * with memory of their own, and command buffers that run to their end. Nothing is freed,
 * because each check is a process.
 */
#include <string.h>

#include "vk.h"

void vk_must(VkResult result, const char *what)
{
	int length = strcspn(what, "(");

	if (result == VK_ERROR_DEVICE_LOST)
		fail("%.*s: the device is lost", length, what);
	if (result != VK_SUCCESS)
		fail("%.*s: result %d", length, what, result);
}

PFN_vkVoidFunction vk_proc(struct vk *vk, const char *name)
{
	PFN_vkVoidFunction function = vkGetDeviceProcAddr(vk->device, name);

	if (!function)
		skip("the driver has no %s", name);
	return function;
}

static const char * const extensions[] = {
	"VK_KHR_16bit_storage", "VK_KHR_8bit_storage", "VK_KHR_buffer_device_address",
	"VK_KHR_copy_commands2", "VK_KHR_create_renderpass2", "VK_KHR_depth_stencil_resolve",
	"VK_KHR_dynamic_rendering", "VK_KHR_external_fence_fd", "VK_KHR_external_memory_fd",
	"VK_KHR_external_semaphore_fd", "VK_KHR_shader_float16_int8",
	"VK_KHR_synchronization2", "VK_KHR_timeline_semaphore",
};

static uint32_t choose(struct vk *vk, const char **names)
{
	VkExtensionProperties have[512];
	uint32_t count = ARRAY_SIZE(have), chosen = 0, i, k;

	vkEnumerateDeviceExtensionProperties(vk->physical, NULL, &count, have);
	for (i = 0; i < ARRAY_SIZE(extensions); i++)
		for (k = 0; k < count; k++)
			if (!strcmp(have[k].extensionName, extensions[i]))
				names[chosen++] = extensions[i];
	return chosen;
}

/* Another device of the same GPU, and its queue */
VkDevice vk_device(struct vk *vk, VkQueue *queue)
{
	VkPhysicalDeviceSynchronization2Features sync2 = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES,
		.pNext = &vk->int8,
		.synchronization2 = VK_TRUE,
	};
	VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
		.pNext = &sync2,
		.timelineSemaphore = VK_TRUE,
	};
	VkPhysicalDeviceDynamicRenderingFeatures dynamic = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DYNAMIC_RENDERING_FEATURES,
		.pNext = &timeline,
		.dynamicRendering = VK_TRUE,
	};
	float priority = 1;
	VkDeviceQueueCreateInfo queues = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
		.queueFamilyIndex = vk->family,
		.queueCount = 1,
		.pQueuePriorities = &priority,
	};
	const char *names[ARRAY_SIZE(extensions)];
	VkDeviceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.pNext = &dynamic,
		.queueCreateInfoCount = 1,
		.pQueueCreateInfos = &queues,
		.enabledExtensionCount = choose(vk, names),
		.ppEnabledExtensionNames = names,
		.pEnabledFeatures = &vk->features,
	};
	VkDevice device;

	VK(vkCreateDevice(vk->physical, &info, NULL, &device));
	vkGetDeviceQueue(device, vk->family, 0, queue);
	return device;
}

static void ask(struct vk *vk)
{
	VkPhysicalDeviceFeatures2 features = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
		.pNext = &vk->int8,
	};
	VkPhysicalDeviceProperties2 properties = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
		.pNext = &vk->subgroup,
	};

	vk->int8.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES;
	vk->int8.pNext = &vk->storage8;
	vk->storage8.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES;
	vk->storage8.pNext = &vk->storage16;
	vk->storage16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
	vk->storage16.pNext = &vk->address;
	vk->address.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES;
	vk->subgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES;
	vkGetPhysicalDeviceFeatures2(vk->physical, &features);
	vkGetPhysicalDeviceProperties2(vk->physical, &properties);
	vk->features = features.features;
	vk->properties = properties.properties;
	vkGetPhysicalDeviceMemoryProperties(vk->physical, &vk->memory);
}

void vk_open(struct vk *vk)
{
	VkApplicationInfo application = {
		.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
		.pApplicationName = "mesa-vk",
		.apiVersion = VK_API_VERSION_1_3,
	};
	VkInstanceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
		.pApplicationInfo = &application,
	};
	VkCommandPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
		.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
	};
	uint32_t count = 1;

	memset(vk, 0, sizeof(*vk));
	VK(vkCreateInstance(&info, NULL, &vk->instance));
	vkEnumeratePhysicalDevices(vk->instance, &count, &vk->physical);
	if (!count || !vk->physical)
		fail("there is no Vulkan device");
	ask(vk);
	vk->device = vk_device(vk, &vk->queue);
	VK(vkCreateCommandPool(vk->device, &pool, NULL, &vk->pool));
}

/* A type of memory that the CPU can map */
uint32_t vk_memory_type(struct vk *vk, uint32_t bits)
{
	VkMemoryPropertyFlags need = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
				     VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
	uint32_t i;

	for (i = 0; i < vk->memory.memoryTypeCount; i++)
		if (bits & (1u << i) &&
		    (vk->memory.memoryTypes[i].propertyFlags & need) == need)
			return i;
	fail("no memory that the CPU can map");
}

VkCommandBuffer vk_begin(struct vk *vk)
{
	VkCommandBufferAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.commandPool = vk->pool,
		.commandBufferCount = 1,
	};
	VkCommandBufferBeginInfo begin = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
	};
	VkCommandBuffer cmd;

	VK(vkAllocateCommandBuffers(vk->device, &info, &cmd));
	VK(vkBeginCommandBuffer(cmd, &begin));
	return cmd;
}

/* All that is before happens before all that follows, the CPU's accesses included. */
void vk_barrier(VkCommandBuffer cmd)
{
	VkMemoryBarrier barrier = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
		.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT |
				 VK_ACCESS_HOST_READ_BIT,
	};

	vkCmdPipelineBarrier(cmd, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			     VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT,
			     0, 1, &barrier, 0, NULL, 0, NULL);
}

void vk_end(VkCommandBuffer cmd)
{
	vk_barrier(cmd);
	VK(vkEndCommandBuffer(cmd));
}

/* End, submit, and wait for the end. */
void vk_run(struct vk *vk, VkCommandBuffer cmd)
{
	VkFenceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.commandBufferCount = 1,
		.pCommandBuffers = &cmd,
	};
	VkFence fence;

	vk_end(cmd);
	VK(vkCreateFence(vk->device, &info, NULL, &fence));
	VK(vkQueueSubmit(vk->queue, 1, &submit, fence));
	VK(vkWaitForFences(vk->device, 1, &fence, VK_TRUE, UINT64_MAX));
	/* A job that has failed completes, too. */
	VK(vkQueueWaitIdle(vk->queue));
	VK(vkQueueSubmit(vk->queue, 0, NULL, VK_NULL_HANDLE));
}

static VkDeviceMemory allocate(struct vk *vk, const VkMemoryRequirements *need, void **map,
			       bool addressed)
{
	VkMemoryAllocateFlagsInfo flags = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
		.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT,
	};
	VkMemoryAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.pNext = addressed ? &flags : NULL,
		.allocationSize = need->size,
		.memoryTypeIndex = vk_memory_type(vk, need->memoryTypeBits),
	};
	VkDeviceMemory memory;

	VK(vkAllocateMemory(vk->device, &info, NULL, &memory));
	VK(vkMapMemory(vk->device, memory, 0, VK_WHOLE_SIZE, 0, map));
	memset(*map, 0, need->size);
	return memory;
}

struct buffer buffer_new(struct vk *vk, VkDeviceSize size)
{
	VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.size = size,
		.usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
			 VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
			 VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
			 VK_BUFFER_USAGE_STORAGE_TEXEL_BUFFER_BIT |
			 VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
	};
	struct buffer buffer = { .size = size };
	VkMemoryRequirements need;

	if (vk->address.bufferDeviceAddress)
		info.usage |= VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
	VK(vkCreateBuffer(vk->device, &info, NULL, &buffer.buffer));
	vkGetBufferMemoryRequirements(vk->device, buffer.buffer, &need);
	buffer.memory = allocate(vk, &need, &buffer.map, vk->address.bufferDeviceAddress);
	VK(vkBindBufferMemory(vk->device, buffer.buffer, buffer.memory, 0));
	return buffer;
}

uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state ^ *state >> 15;
}

void buffer_random(struct buffer *buffer, uint32_t seed)
{
	uint32_t *word = buffer->map;
	size_t i;

	for (i = 0; i < buffer->size / 4; i++)
		word[i] = next_random(&seed);
}

struct image image_new(struct vk *vk, const VkImageCreateInfo *wanted, VkImageAspectFlags aspect)
{
	struct image image = { .info = *wanted };
	VkImageViewCreateInfo view = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
		.format = wanted->format,
		.subresourceRange = { .aspectMask = aspect, .levelCount = 1 },
	};
	VkMemoryRequirements need;
	bool layers = wanted->arrayLayers > 1;

	VK(vkCreateImage(vk->device, wanted, NULL, &image.image));
	vkGetImageMemoryRequirements(vk->device, image.image, &need);
	image.memory = allocate(vk, &need, &image.map, false);
	VK(vkBindImageMemory(vk->device, image.image, image.memory, 0));
	view.image = image.image;
	view.viewType = wanted->imageType == VK_IMAGE_TYPE_3D ? VK_IMAGE_VIEW_TYPE_3D :
			layers ? VK_IMAGE_VIEW_TYPE_2D_ARRAY : VK_IMAGE_VIEW_TYPE_2D;
	view.subresourceRange.layerCount = wanted->arrayLayers;
	if (wanted->usage & ~(VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT))
		VK(vkCreateImageView(vk->device, &view, NULL, &image.view));
	return image;
}

void image_layout(VkCommandBuffer cmd, struct image *image, VkImageAspectFlags aspect,
		  VkImageLayout from, VkImageLayout to)
{
	VkImageMemoryBarrier barrier = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
		.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
		.oldLayout = from,
		.newLayout = to,
		.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
		.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
		.image = image->image,
		.subresourceRange = {
			.aspectMask = aspect,
			.levelCount = VK_REMAINING_MIP_LEVELS,
			.layerCount = VK_REMAINING_ARRAY_LAYERS,
		},
	};

	vkCmdPipelineBarrier(cmd, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			     VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 0, NULL, 0, NULL,
			     1, &barrier);
}
