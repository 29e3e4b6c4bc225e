// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Buffers and timeline semaphores that several devices have, through file descriptors. */
#include "demo/share.h"

static VkMemoryRequirements make_buffer(struct vk *vk, struct memory *memory, bool shared)
{
	VkExternalMemoryBufferCreateInfo external = {
		.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
		.handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
	};
	VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.pNext = shared ? &external : NULL,
		.size = memory->size,
		.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
	};
	VkMemoryRequirements need;

	VK(vkCreateBuffer(vk->device, &info, NULL, &memory->buffer));
	vkGetBufferMemoryRequirements(vk->device, memory->buffer, &need);
	return need;
}

/* A buffer of @size bytes, which is mapped; other devices can have it if it is @exported. */
struct memory share_new(struct vk *vk, VkDeviceSize size, bool exported)
{
	struct memory memory = { .size = size };
	VkMemoryRequirements need = make_buffer(vk, &memory, exported);
	VkExportMemoryAllocateInfo export = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
		.handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
	};
	VkMemoryAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.pNext = exported ? &export : NULL,
		.allocationSize = need.size,
		.memoryTypeIndex = vk_memory_type(vk, need.memoryTypeBits),
	};

	VK(vkAllocateMemory(vk->device, &info, NULL, &memory.memory));
	VK(vkMapMemory(vk->device, memory.memory, 0, VK_WHOLE_SIZE, 0, &memory.map));
	VK(vkBindBufferMemory(vk->device, memory.buffer, memory.memory, 0));
	return memory;
}

/* A buffer of device @to with the memory of one of device @from */
struct memory share_memory(struct vk *from, const struct memory *memory, struct vk *to)
{
	PFN_vkGetMemoryFdKHR get = (void *)vk_proc(from, "vkGetMemoryFdKHR");
	VkMemoryGetFdInfoKHR what = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR,
		.memory = memory->memory,
		.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
	};
	VkImportMemoryFdInfoKHR import = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
		.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
	};
	struct memory shared = { .size = memory->size };
	VkMemoryRequirements need = make_buffer(to, &shared, true);
	VkMemoryAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.pNext = &import,
		.allocationSize = need.size,
		.memoryTypeIndex = vk_memory_type(to, need.memoryTypeBits),
	};

	VK(get(from->device, &what, &import.fd));
	VK(vkAllocateMemory(to->device, &info, NULL, &shared.memory));
	VK(vkBindBufferMemory(to->device, shared.buffer, shared.memory, 0));
	return shared;
}

VkSemaphore timeline_new(struct vk *vk, bool exported)
{
	VkExportSemaphoreCreateInfo export = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
		.handleTypes = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
	};
	VkSemaphoreTypeCreateInfo timeline = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.pNext = exported ? &export : NULL,
		.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
	};
	VkSemaphoreCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &timeline,
	};
	VkSemaphore line;

	VK(vkCreateSemaphore(vk->device, &info, NULL, &line));
	return line;
}

/* The timeline @line of device @from for device @to */
VkSemaphore share_timeline(struct vk *from, VkSemaphore line, struct vk *to)
{
	PFN_vkGetSemaphoreFdKHR get = (void *)vk_proc(from, "vkGetSemaphoreFdKHR");
	PFN_vkImportSemaphoreFdKHR put = (void *)vk_proc(to, "vkImportSemaphoreFdKHR");
	VkSemaphoreGetFdInfoKHR what = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR,
		.semaphore = line,
		.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
	};
	VkImportSemaphoreFdInfoKHR import = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
		.semaphore = timeline_new(to, false),
		.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
	};

	VK(get(from->device, &what, &import.fd));
	VK(put(to->device, &import));
	return import.semaphore;
}
