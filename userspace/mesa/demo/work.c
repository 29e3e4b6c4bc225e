// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The jobs of the demo. Each queue is that of a device of its own, and so a group of the
 * kernel's. All but the first one iterate, each a band of every frame; the first one colours
 * a frame when all bands are ready. Each queue has a timeline, on which the others wait:
 *
 *   band of frame N      waits until frame N - KEPT is coloured, whose values it replaces
 *   colours of frame N   wait for all bands of frame N
 *
 * All jobs are submitted before the first one has ended: only the timelines order them.
 */
#include <stdio.h>

#include "demo/work.h"

#define GROUP_WIDTH 16
#define GROUP_HEIGHT 4
#define COLOUR_GROUP 64

static uint32_t groups(uint32_t count, uint32_t size)
{
	return (count + size - 1) / size;
}

/* --- Programs ------------------------------------------------------------------- */

static VkShaderModule module(struct vk *vk, const char *folder, const char *name)
{
	VkShaderModuleCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
	};
	static uint32_t code[1 << 14];
	VkShaderModule result;
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.spv", folder, name);
	file = fopen(path, "rb");
	if (!file)
		fail("%s cannot be read", path);
	info.codeSize = fread(code, 1, sizeof(code), file);
	info.pCode = code;
	fclose(file);
	VK(vkCreateShaderModule(vk->device, &info, NULL, &result));
	return result;
}

static VkPipeline pipeline(struct queue *queue, const char *folder, const char *name)
{
	VkComputePipelineCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
		.stage = {
			.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
			.stage = VK_SHADER_STAGE_COMPUTE_BIT,
			.module = module(&queue->vk, folder, name),
			.pName = "main",
		},
		.layout = queue->layout,
	};
	VkPipeline result;

	VK(vkCreateComputePipelines(queue->vk.device, VK_NULL_HANDLE, 1, &info, NULL, &result));
	return result;
}

static void make_layout(struct queue *queue)
{
	VkDescriptorSetLayoutBinding bindings[2] = {
		{ 0, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL },
		{ 1, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL },
	};
	VkDescriptorSetLayoutCreateInfo set = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
		.bindingCount = 2,
		.pBindings = bindings,
	};
	VkPushConstantRange range = { VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(struct view) };
	VkPipelineLayoutCreateInfo layout = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
		.setLayoutCount = 1,
		.pSetLayouts = &queue->set_layout,
		.pushConstantRangeCount = 1,
		.pPushConstantRanges = &range,
	};

	VK(vkCreateDescriptorSetLayout(queue->vk.device, &set, NULL, &queue->set_layout));
	VK(vkCreatePipelineLayout(queue->vk.device, &layout, NULL, &queue->layout));
}

/* --- Preparation ---------------------------------------------------------------- */

static void open_queue(struct work *work, struct queue *queue)
{
	uint32_t i;

	vk_open(&queue->vk);
	make_layout(queue);
	queue->line = timeline_new(&queue->vk, work->count > 1);
	if (queue != work->queues || work->count == 1)
		queue->iterate = pipeline(queue, work->shaders, "iterate");
	if (queue == work->queues)
		queue->colour = pipeline(queue, work->shaders, "colour");
	for (i = 0; i < KEPT; i++)
		queue->values[i] = queue == work->queues ?
			share_new(&queue->vk, work->stride, work->count > 1) :
			share_memory(&work->queues->vk, &work->queues->values[i], &queue->vk);
}

/* Open all queues, of a driver that has been chosen by the environment. */
void work_open(struct work *work)
{
	struct queue *first = work->queues;
	uint32_t i;

	work->stride = (work->scene.width * work->scene.height * 4ull + 4095) & ~4095ull;
	for (i = 0; i < work->count; i++)
		open_queue(work, &work->queues[i]);
	for (i = 1; i < work->count; i++) {
		struct queue *queue = &work->queues[i];

		queue->heard[0] = share_timeline(&first->vk, first->line, &queue->vk);
		first->heard[i] = share_timeline(&queue->vk, queue->line, &first->vk);
	}
	work->picture = share_new(&first->vk, work->stride * work->scene.frames, false);
}

/* --- Jobs ----------------------------------------------------------------------- */

static VkDescriptorSet descriptors(struct work *work, struct queue *queue, uint32_t frame)
{
	VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 2 };
	VkDescriptorPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
		.maxSets = 1,
		.poolSizeCount = 1,
		.pPoolSizes = &size,
	};
	VkDescriptorSetAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
		.descriptorSetCount = 1,
		.pSetLayouts = &queue->set_layout,
	};
	VkDescriptorBufferInfo buffers[2] = {
		{ queue->values[frame % KEPT].buffer, 0, VK_WHOLE_SIZE },
		{ work->picture.buffer, work->stride * frame, work->stride },
	};
	VkWriteDescriptorSet write = {
		.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
		/* Only the first queue has the pictures. */
		.descriptorCount = queue == work->queues ? 2 : 1,
		.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
		.pBufferInfo = buffers,
	};

	VK(vkCreateDescriptorPool(queue->vk.device, &pool, NULL, &info.descriptorPool));
	VK(vkAllocateDescriptorSets(queue->vk.device, &info, &write.dstSet));
	vkUpdateDescriptorSets(queue->vk.device, 1, &write, 0, NULL);
	return write.dstSet;
}

static void dispatch(struct queue *queue, VkCommandBuffer cmd, VkPipeline program,
		     const struct view *view, uint32_t x, uint32_t y)
{
	vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, program);
	vkCmdPushConstants(cmd, queue->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(*view),
			   view);
	vkCmdDispatch(cmd, x, y, 1);
	vk_barrier(cmd);
}

static VkCommandBuffer record(struct work *work, struct queue *queue, uint32_t frame)
{
	struct view view = scene_view(&work->scene, frame), band = view;
	uint32_t bands = work->count - 1, index = queue - work->queues;
	VkDescriptorSet set = descriptors(work, queue, frame);
	VkCommandBuffer cmd = vk_begin(&queue->vk);

	vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, queue->layout, 0, 1, &set,
				0, NULL);
	if (index) {
		band.row = view.end * (index - 1) / bands;
		band.end = view.end * index / bands;
	}
	if (queue->iterate)
		dispatch(queue, cmd, queue->iterate, &band, groups(band.width, GROUP_WIDTH),
			 groups(band.end - band.row, GROUP_HEIGHT));
	if (queue->colour)
		dispatch(queue, cmd, queue->colour, &view,
			 groups(view.width * view.end, COLOUR_GROUP), 1);
	vk_end(cmd);
	return cmd;
}

static void submit(struct work *work, struct queue *queue, uint32_t frame)
{
	VkCommandBuffer cmd = record(work, queue, frame);
	VkPipelineStageFlags stages[QUEUES_MAX];
	VkSemaphore lines[QUEUES_MAX];
	uint64_t points[QUEUES_MAX], ready = frame + 1;
	VkTimelineSemaphoreSubmitInfo values = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.pWaitSemaphoreValues = points,
		.signalSemaphoreValueCount = 1,
		.pSignalSemaphoreValues = &ready,
	};
	VkSubmitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = &values,
		.pWaitSemaphores = lines,
		.pWaitDstStageMask = stages,
		.commandBufferCount = 1,
		.pCommandBuffers = &cmd,
		.signalSemaphoreCount = 1,
		.pSignalSemaphores = &queue->line,
	};
	uint32_t i, count = 0;

	for (i = 0; i < work->count; i++) {
		if (!queue->heard[i] || (i == 0 && frame < KEPT))
			continue;
		stages[count] = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
		lines[count] = queue->heard[i];
		points[count++] = i ? ready : ready - KEPT;
	}
	values.waitSemaphoreValueCount = count;
	info.waitSemaphoreCount = count;
	VK(vkQueueSubmit(queue->vk.queue, 1, &info, VK_NULL_HANDLE));
	work->jobs++;
}

/* Submit the jobs of all frames. */
void work_submit(struct work *work)
{
	uint32_t frame, i;

	for (frame = 0; frame < work->scene.frames; frame++)
		for (i = 0; i < work->count; i++)
			submit(work, &work->queues[i], frame);
}

/* Wait until a frame has its colours. */
void work_wait(struct work *work, uint32_t frame)
{
	struct queue *first = work->queues;
	PFN_vkWaitSemaphoresKHR wait = (void *)vk_proc(&first->vk, "vkWaitSemaphoresKHR");
	uint64_t ready = frame + 1;
	VkSemaphoreWaitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.semaphoreCount = 1,
		.pSemaphores = &first->line,
		.pValues = &ready,
	};

	VK(wait(first->vk.device, &info, UINT64_MAX));
}

/* Fail if a device has been lost. */
void work_check(struct work *work)
{
	uint32_t i;

	for (i = 0; i < work->count; i++) {
		VK(vkQueueWaitIdle(work->queues[i].vk.queue));
		VK(vkQueueSubmit(work->queues[i].vk.queue, 0, NULL, VK_NULL_HANDLE));
	}
}
