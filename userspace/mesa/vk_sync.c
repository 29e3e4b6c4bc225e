// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The device, submits, fences, semaphores, sync files and events. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "vk.h"
#include "vk_checks.h"

#define FILLED 0x5a5a1234u

static VkCommandBuffer fill(struct vk *vk, struct buffer *buffer, VkDeviceSize offset,
			    uint32_t value)
{
	VkCommandBuffer cmd = vk_begin(vk);

	vkCmdFillBuffer(cmd, buffer->buffer, offset, 4, value);
	vk_end(cmd);
	return cmd;
}

static void want(const struct buffer *buffer, unsigned int index, uint32_t value)
{
	uint32_t have = ((uint32_t *)buffer->map)[index];

	if (have != value)
		fail("word %u is 0x%x, not 0x%x", index, have, value);
}

static VkFence new_fence(struct vk *vk)
{
	VkFenceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkFence fence;

	VK(vkCreateFence(vk->device, &info, NULL, &fence));
	return fence;
}

static VkSemaphore new_semaphore(VkDevice device, VkSemaphoreType type, bool exported)
{
	VkExportSemaphoreCreateInfo export = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
		.handleTypes = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
	};
	VkSemaphoreTypeCreateInfo timeline = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.pNext = exported ? &export : NULL,
		.semaphoreType = type,
	};
	VkSemaphoreCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &timeline,
	};
	VkSemaphore semaphore;

	VK(vkCreateSemaphore(device, &info, NULL, &semaphore));
	return semaphore;
}

/* Submit CMD, if any, that waits for and signals semaphores, with values for timelines. */
static void submit(VkQueue queue, VkCommandBuffer cmd, VkSemaphore wait, uint64_t wait_value,
		   VkSemaphore signal, uint64_t value, VkFence fence)
{
	VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	VkTimelineSemaphoreSubmitInfo values = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.waitSemaphoreValueCount = !!wait,
		.pWaitSemaphoreValues = &wait_value,
		.signalSemaphoreValueCount = !!signal,
		.pSignalSemaphoreValues = &value,
	};
	VkSubmitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = &values,
		.waitSemaphoreCount = !!wait,
		.pWaitSemaphores = &wait,
		.pWaitDstStageMask = &stage,
		.commandBufferCount = !!cmd,
		.pCommandBuffers = &cmd,
		.signalSemaphoreCount = !!signal,
		.pSignalSemaphores = &signal,
	};

	VK(vkQueueSubmit(queue, 1, &info, fence));
}

static void device_create(const void *data)
{
	struct vk vk;
	VkQueue queue;
	VkDevice device;
	int i;

	(void)data;
	vk_open(&vk);
	for (i = 0; i < 3; i++) {
		device = vk_device(&vk, &queue);
		VK(vkDeviceWaitIdle(device));
		vkDestroyDevice(device, NULL);
	}
}

static void submit_empty(const void *data)
{
	struct vk vk;
	VkFence fence;
	VkResult result;

	(void)data;
	vk_open(&vk);
	fence = new_fence(&vk);
	result = vkGetFenceStatus(vk.device, fence);
	if (result != VK_NOT_READY)
		fail("a fence that is new is signalled (%d)", result);
	submit(vk.queue, NULL, VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0, fence);
	VK(vkWaitForFences(vk.device, 1, &fence, VK_TRUE, UINT64_MAX));
	VK(vkGetFenceStatus(vk.device, fence));
	VK(vkResetFences(vk.device, 1, &fence));
	submit(vk.queue, vk_begin(&vk), VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0, fence);
	VK(vkWaitForFences(vk.device, 1, &fence, VK_TRUE, UINT64_MAX));
}

static void submit_many(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkFence fences[100];
	unsigned int i;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, 4096);
	for (i = 0; i < ARRAY_SIZE(fences); i++) {
		fences[i] = new_fence(&vk);
		submit(vk.queue, fill(&vk, &buffer, 4 * i, i * 3), VK_NULL_HANDLE, 0,
		       VK_NULL_HANDLE, 0, fences[i]);
	}
	VK(vkWaitForFences(vk.device, ARRAY_SIZE(fences), fences, VK_TRUE, UINT64_MAX));
	for (i = 0; i < ARRAY_SIZE(fences); i++)
		want(&buffer, i, i * 3);
}

static void semaphore_binary(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkSemaphore chain[8];
	unsigned int i;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, 4096);
	for (i = 0; i < ARRAY_SIZE(chain); i++) {
		chain[i] = new_semaphore(vk.device, VK_SEMAPHORE_TYPE_BINARY, false);
		/* All write to the same word. */
		submit(vk.queue, fill(&vk, &buffer, 0, i), i ? chain[i - 1] : VK_NULL_HANDLE,
		       0, chain[i], 0, VK_NULL_HANDLE);
	}
	VK(vkQueueWaitIdle(vk.queue));
	want(&buffer, 0, ARRAY_SIZE(chain) - 1);
}

static uint64_t counter(struct vk *vk, VkSemaphore semaphore)
{
	PFN_vkGetSemaphoreCounterValueKHR get = (void *)vk_proc(vk,
		"vkGetSemaphoreCounterValueKHR");
	uint64_t value;

	VK(get(vk->device, semaphore, &value));
	return value;
}

static void wait_for(struct vk *vk, VkSemaphore semaphore, uint64_t value)
{
	PFN_vkWaitSemaphoresKHR wait = (void *)vk_proc(vk, "vkWaitSemaphoresKHR");
	VkSemaphoreWaitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.semaphoreCount = 1,
		.pSemaphores = &semaphore,
		.pValues = &value,
	};

	VK(wait(vk->device, &info, UINT64_MAX));
}

static void signal_from_cpu(struct vk *vk, VkSemaphore semaphore, uint64_t value)
{
	PFN_vkSignalSemaphoreKHR signal = (void *)vk_proc(vk, "vkSignalSemaphoreKHR");
	VkSemaphoreSignalInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
		.semaphore = semaphore,
		.value = value,
	};

	VK(signal(vk->device, &info));
}

static void semaphore_timeline(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkSemaphore line;
	unsigned int i;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, 4096);
	line = new_semaphore(vk.device, VK_SEMAPHORE_TYPE_TIMELINE, false);
	for (i = 0; i < 8; i++)
		submit(vk.queue, fill(&vk, &buffer, 0, i), line, i * 10, line, (i + 1) * 10,
		       VK_NULL_HANDLE);
	wait_for(&vk, line, 35);
	if (counter(&vk, line) < 40)
		fail("a wait for 35 ended at %llu", (unsigned long long)counter(&vk, line));
	wait_for(&vk, line, 80);
	want(&buffer, 0, 7);
}

/* A wait before its signal: the CPU signals what the GPU waits for. */
static void semaphore_cpu(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkSemaphore line, done;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, 4096);
	line = new_semaphore(vk.device, VK_SEMAPHORE_TYPE_TIMELINE, false);
	done = new_semaphore(vk.device, VK_SEMAPHORE_TYPE_TIMELINE, false);
	submit(vk.queue, fill(&vk, &buffer, 0, FILLED), line, 5, done, 1, VK_NULL_HANDLE);
	if (counter(&vk, done))
		fail("the job did not wait");
	want(&buffer, 0, 0);
	signal_from_cpu(&vk, line, 5);
	wait_for(&vk, done, 1);
	want(&buffer, 0, FILLED);
}

static int export_file(struct vk *vk, VkSemaphore semaphore)
{
	PFN_vkGetSemaphoreFdKHR get = (void *)vk_proc(vk, "vkGetSemaphoreFdKHR");
	VkSemaphoreGetFdInfoKHR info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR,
		.semaphore = semaphore,
		.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
	};
	int fd = -1;

	VK(get(vk->device, &info, &fd));
	return fd;
}

static void sync_file_export(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkSemaphore semaphore;
	struct pollfd poll_fd = { .events = POLLIN };

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, 4096);
	semaphore = new_semaphore(vk.device, VK_SEMAPHORE_TYPE_BINARY, true);
	submit(vk.queue, fill(&vk, &buffer, 0, FILLED), VK_NULL_HANDLE, 0, semaphore, 0,
	       VK_NULL_HANDLE);
	poll_fd.fd = export_file(&vk, semaphore);
	if (poll_fd.fd >= 0 && poll(&poll_fd, 1, -1) != 1)
		fail("poll() of a sync file");
	want(&buffer, 0, FILLED);
}

/* A job of another device waits for the sync file of a job. */
static void sync_file_import(const void *data)
{
	struct vk vk, other;
	struct buffer buffer;
	VkSemaphore semaphore;
	PFN_vkImportSemaphoreFdKHR import;
	VkImportSemaphoreFdInfoKHR info = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
		.flags = VK_SEMAPHORE_IMPORT_TEMPORARY_BIT,
		.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
	};

	(void)data;
	vk_open(&vk);
	vk_open(&other);
	import = (void *)vk_proc(&other, "vkImportSemaphoreFdKHR");
	buffer = buffer_new(&vk, 4096);
	semaphore = new_semaphore(vk.device, VK_SEMAPHORE_TYPE_BINARY, true);
	submit(vk.queue, fill(&vk, &buffer, 0, FILLED), VK_NULL_HANDLE, 0, semaphore, 0,
	       VK_NULL_HANDLE);
	info.fd = export_file(&vk, semaphore);
	info.semaphore = new_semaphore(other.device, VK_SEMAPHORE_TYPE_BINARY, false);
	VK(import(other.device, &info));
	submit(other.queue, NULL, info.semaphore, 0, VK_NULL_HANDLE, 0, VK_NULL_HANDLE);
	VK(vkQueueWaitIdle(other.queue));
	want(&buffer, 0, FILLED);
}

static VkEvent new_event(struct vk *vk)
{
	VkEventCreateInfo info = { .sType = VK_STRUCTURE_TYPE_EVENT_CREATE_INFO };
	VkEvent event;

	VK(vkCreateEvent(vk->device, &info, NULL, &event));
	return event;
}

static void event_gpu(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkEvent event;
	VkCommandBuffer cmd;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, 4096);
	event = new_event(&vk);
	if (vkGetEventStatus(vk.device, event) != VK_EVENT_RESET)
		fail("a new event is set");
	cmd = vk_begin(&vk);
	vkCmdFillBuffer(cmd, buffer.buffer, 0, 4, FILLED);
	vkCmdSetEvent(cmd, event, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT);
	vkCmdWaitEvents(cmd, 1, &event, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, NULL, 0, NULL, 0, NULL);
	vkCmdFillBuffer(cmd, buffer.buffer, 4, 4, FILLED + 1);
	vk_run(&vk, cmd);
	if (vkGetEventStatus(vk.device, event) != VK_EVENT_SET)
		fail("the event is not set");
	want(&buffer, 0, FILLED);
	want(&buffer, 1, FILLED + 1);
	cmd = vk_begin(&vk);
	vkCmdResetEvent(cmd, event, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT);
	vk_run(&vk, cmd);
	if (vkGetEventStatus(vk.device, event) != VK_EVENT_RESET)
		fail("the event is still set");
}

/* The GPU waits for an event that the CPU sets. */
static void event_cpu(const void *data)
{
	struct vk vk;
	struct buffer buffer;
	VkEvent event;
	VkCommandBuffer cmd;
	VkFence fence;

	(void)data;
	vk_open(&vk);
	buffer = buffer_new(&vk, 4096);
	event = new_event(&vk);
	fence = new_fence(&vk);
	cmd = vk_begin(&vk);
	vkCmdWaitEvents(cmd, 1, &event, VK_PIPELINE_STAGE_HOST_BIT,
			VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, NULL, 0, NULL, 0, NULL);
	vkCmdFillBuffer(cmd, buffer.buffer, 0, 4, FILLED);
	vk_end(cmd);
	VK(vkSetEvent(vk.device, event));
	submit(vk.queue, cmd, VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0, fence);
	VK(vkWaitForFences(vk.device, 1, &fence, VK_TRUE, UINT64_MAX));
	want(&buffer, 0, FILLED);
}

static void query_timestamp(const void *data)
{
	VkQueryPoolCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
		.queryType = VK_QUERY_TYPE_TIMESTAMP,
		.queryCount = 2,
	};
	struct vk vk;
	struct buffer buffer;
	VkQueryPool pool;
	VkCommandBuffer cmd;
	uint64_t times[2];

	(void)data;
	vk_open(&vk);
	if (!vk.properties.limits.timestampComputeAndGraphics)
		skip("the driver has no time stamps");
	buffer = buffer_new(&vk, 4096);
	VK(vkCreateQueryPool(vk.device, &info, NULL, &pool));
	cmd = vk_begin(&vk);
	vkCmdResetQueryPool(cmd, pool, 0, 2);
	vkCmdWriteTimestamp(cmd, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, pool, 0);
	vkCmdFillBuffer(cmd, buffer.buffer, 0, 4096, FILLED);
	vk_barrier(cmd);
	vkCmdWriteTimestamp(cmd, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool, 1);
	vk_run(&vk, cmd);
	VK(vkGetQueryPoolResults(vk.device, pool, 0, 2, sizeof(times), times, 8,
				 VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
	if (!times[0] || times[1] < times[0])
		fail("%llu, then %llu", (unsigned long long)times[0],
		     (unsigned long long)times[1]);
}

void sync_checks(void)
{
	static const struct check checks[] = {
		{ "sync-device", device_create, NULL },
		{ "sync-empty", submit_empty, NULL },
		{ "sync-many", submit_many, NULL },
		{ "sync-binary", semaphore_binary, NULL },
		{ "sync-timeline", semaphore_timeline, NULL },
		{ "sync-timeline-cpu", semaphore_cpu, NULL },
		{ "sync-file-export", sync_file_export, NULL },
		{ "sync-file-import", sync_file_import, NULL },
		{ "sync-event", event_gpu, NULL },
		{ "sync-event-cpu", event_cpu, NULL },
		{ "sync-timestamp", query_timestamp, NULL },
	};

	checks_run(checks, ARRAY_SIZE(checks));
}
