// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Compute programs, from the table programs.csv and the SPIR-V files made of shaders/. All
 * programs see the same resources: binding 0 is a buffer with input, 1 one for output, 2 a
 * uniform buffer with the beginning of the input, 3 and 4 texel buffers of input and output;
 * push constants are 32 words 0x1000 + n; specialization constants 0 to 3 are 3, 5, 7, 11.
 * The output is left to be compared with that of another driver.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compute.h"
#include "vk.h"

enum { BINDINGS = 5, PUSHED = 128, MANY = 200, UNIFORM = 16384 };

/**
 * struct program - a row of the table
 * @name: name of the check
 * @input: kind of the input
 * @groups: number of workgroups in each dimension
 * @options: what else it needs, separated by spaces
 * @compare: how the output is compared
 */
struct program {
	char name[48];
	char input[16];
	unsigned int groups[3];
	char options[48];
	char compare[48];
};

struct setup {
	struct vk vk;
	struct buffer buffers[3];
	struct buffer indirect;
	VkFormat texels;
	VkDescriptorSetLayout set_layout;
	VkPipelineLayout layout;
	VkDescriptorSet set;
	VkPipeline pipeline;
};

/* Folder with the SPIR-V of all programs */
static const char *folder;

static void *load(const char *name, size_t *size)
{
	void *data = malloc(1 << 20);
	FILE *file;
	char *path;

	if (!data || asprintf(&path, "%s/%s.spv", folder, name) < 0)
		fail("out of memory");
	file = fopen(path, "rb");
	if (!file)
		fail("%s: %s", path, strerror(errno));
	*size = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

static const VkDescriptorType types[BINDINGS] = {
	VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
	VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER,
	VK_DESCRIPTOR_TYPE_STORAGE_TEXEL_BUFFER,
};

static void make_layout(struct setup *setup)
{
	VkDescriptorSetLayoutBinding bindings[BINDINGS];
	VkDescriptorSetLayoutCreateInfo set = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
		.bindingCount = BINDINGS,
		.pBindings = bindings,
	};
	VkPushConstantRange range = { VK_SHADER_STAGE_COMPUTE_BIT, 0, PUSHED };
	VkPipelineLayoutCreateInfo layout = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
		.setLayoutCount = 1,
		.pSetLayouts = &setup->set_layout,
		.pushConstantRangeCount = 1,
		.pPushConstantRanges = &range,
	};
	unsigned int i;

	memset(bindings, 0, sizeof(bindings));
	for (i = 0; i < BINDINGS; i++) {
		bindings[i].binding = i;
		bindings[i].descriptorType = types[i];
		bindings[i].descriptorCount = 1;
		bindings[i].stageFlags = VK_SHADER_STAGE_COMPUTE_BIT;
	}
	VK(vkCreateDescriptorSetLayout(setup->vk.device, &set, NULL, &setup->set_layout));
	VK(vkCreatePipelineLayout(setup->vk.device, &layout, NULL, &setup->layout));
}

static VkBufferView texels(struct vk *vk, struct buffer *buffer, VkFormat format)
{
	VkBufferViewCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
		.buffer = buffer->buffer,
		.format = format,
		.range = WORDS * 4,
	};
	VkBufferView view;

	VK(vkCreateBufferView(vk->device, &info, NULL, &view));
	return view;
}

static void make_set(struct setup *setup)
{
	struct vk *vk = &setup->vk;
	VkDescriptorPoolSize sizes[BINDINGS];
	VkDescriptorPoolCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
		.maxSets = 1,
		.poolSizeCount = BINDINGS,
		.pPoolSizes = sizes,
	};
	VkDescriptorSetAllocateInfo allocate = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
		.descriptorSetCount = 1,
		.pSetLayouts = &setup->set_layout,
	};
	VkDescriptorBufferInfo buffers[3];
	VkBufferView views[2] = { texels(vk, &setup->buffers[0], setup->texels),
				  texels(vk, &setup->buffers[1], setup->texels) };
	VkWriteDescriptorSet writes[BINDINGS];
	unsigned int i;

	memset(writes, 0, sizeof(writes));
	for (i = 0; i < BINDINGS; i++)
		sizes[i] = (VkDescriptorPoolSize) { types[i], 1 };
	VK(vkCreateDescriptorPool(vk->device, &info, NULL, &allocate.descriptorPool));
	VK(vkAllocateDescriptorSets(vk->device, &allocate, &setup->set));
	for (i = 0; i < BINDINGS; i++) {
		if (i < 3)
			buffers[i] = (VkDescriptorBufferInfo) {
				setup->buffers[i].buffer, 0, setup->buffers[i].size };
		writes[i] = (VkWriteDescriptorSet) {
			.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
			.dstSet = setup->set,
			.dstBinding = i,
			.descriptorCount = 1,
			.descriptorType = types[i],
			.pBufferInfo = i < 3 ? &buffers[i] : NULL,
			.pTexelBufferView = i < 3 ? NULL : &views[i - 3],
		};
	}
	vkUpdateDescriptorSets(vk->device, BINDINGS, writes, 0, NULL);
}

static void make_pipeline(struct setup *setup, const char *name)
{
	static const uint32_t constants[4] = { 3, 5, 7, 11 };
	VkSpecializationMapEntry entries[4] = {
		{ 0, 0, 4 }, { 1, 4, 4 }, { 2, 8, 4 }, { 3, 12, 4 } };
	VkSpecializationInfo special = { 4, entries, sizeof(constants), constants };
	VkShaderModuleCreateInfo module = {
		.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
	};
	VkComputePipelineCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
		.stage = {
			.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
			.stage = VK_SHADER_STAGE_COMPUTE_BIT,
			.pName = "main",
			.pSpecializationInfo = &special,
		},
		.layout = setup->layout,
	};

	module.pCode = load(name, &module.codeSize);
	VK(vkCreateShaderModule(setup->vk.device, &module, NULL, &info.stage.module));
	VK(vkCreateComputePipelines(setup->vk.device, VK_NULL_HANDLE, 1, &info, NULL,
				    &setup->pipeline));
}

static const struct {
	const char *name;
	VkSubgroupFeatureFlagBits bit;
} subgroup_operations[] = {
	{ "basic", VK_SUBGROUP_FEATURE_BASIC_BIT },
	{ "vote", VK_SUBGROUP_FEATURE_VOTE_BIT },
	{ "arithmetic", VK_SUBGROUP_FEATURE_ARITHMETIC_BIT },
	{ "ballot", VK_SUBGROUP_FEATURE_BALLOT_BIT },
	{ "shuffle", VK_SUBGROUP_FEATURE_SHUFFLE_BIT },
	{ "relative", VK_SUBGROUP_FEATURE_SHUFFLE_RELATIVE_BIT },
	{ "clustered", VK_SUBGROUP_FEATURE_CLUSTERED_BIT },
	{ "quad", VK_SUBGROUP_FEATURE_QUAD_BIT },
};

static void need(struct vk *vk, const char *option)
{
	const struct {
		const char *name;
		VkBool32 have;
	} features[] = {
		{ "int64", vk->features.shaderInt64 },
		{ "int16", vk->features.shaderInt16 },
		{ "int8", vk->int8.shaderInt8 },
		{ "float16", vk->int8.shaderFloat16 },
		{ "float64", vk->features.shaderFloat64 },
		{ "storage8", vk->storage8.storageBuffer8BitAccess },
		{ "storage16", vk->storage16.storageBuffer16BitAccess },
		{ "address", vk->address.bufferDeviceAddress },
		{ "robust", vk->features.robustBufferAccess },
		{ "indirect", VK_TRUE }, { "twice", VK_TRUE },
		{ "rgba8", VK_TRUE }, { "rgba8-snorm", VK_TRUE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(features); i++) {
		if (strcmp(features[i].name, option))
			continue;
		if (!features[i].have)
			skip("the driver has no %s", option);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(subgroup_operations); i++) {
		if (strcmp(subgroup_operations[i].name, option))
			continue;
		if (!(vk->subgroup.supportedOperations & subgroup_operations[i].bit) ||
		    !(vk->subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT))
			skip("the driver has no subgroup operations: %s", option);
		return;
	}
	fail("unknown option %s", option);
}

static void record(struct setup *setup, VkCommandBuffer cmd, const struct program *program)
{
	uint32_t constants[PUSHED / 4];
	unsigned int i;

	for (i = 0; i < PUSHED / 4; i++)
		constants[i] = 0x1000 + i;
	vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, setup->pipeline);
	vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, setup->layout, 0, 1,
				&setup->set, 0, NULL);
	vkCmdPushConstants(cmd, setup->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, PUSHED, constants);
	for (i = 0; i < (strstr(program->options, "twice") ? 2 : 1); i++) {
		if (strstr(program->options, "indirect"))
			vkCmdDispatchIndirect(cmd, setup->indirect.buffer, 16);
		else
			vkCmdDispatch(cmd, program->groups[0], program->groups[1],
				      program->groups[2]);
		vk_barrier(cmd);
	}
}

static void run_program(const void *data)
{
	const struct program *program = data;
	char options[sizeof(program->options)], *option, *rest = options;
	struct setup setup;
	struct vk *vk = &setup.vk;
	VkCommandBuffer cmd;
	unsigned int i;

	vk_open(vk);
	strcpy(options, program->options);
	while ((option = strtok_r(rest, " ", &rest)))
		need(vk, option);
	for (i = 0; i < 3; i++)
		setup.buffers[i] = buffer_new(vk, i == 2 ? UNIFORM : WORDS * 4);
	setup.indirect = buffer_new(vk, 64);
	memcpy((char *)setup.indirect.map + 16, program->groups, sizeof(program->groups));
	fill_input(setup.buffers[0].map, program->input);
	memcpy(setup.buffers[2].map, setup.buffers[0].map, UNIFORM);
	if (strstr(program->options, "address")) {
		VkBufferDeviceAddressInfo info = {
			.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO,
			.buffer = setup.buffers[0].buffer,
		};
		PFN_vkGetBufferDeviceAddressKHR address = (void *)vk_proc(vk,
			"vkGetBufferDeviceAddressKHR");
		uint64_t where = address(vk->device, &info);

		memcpy(setup.buffers[2].map, &where, sizeof(where));
	}
	setup.texels = strstr(program->options, "rgba8-snorm") ? VK_FORMAT_R8G8B8A8_SNORM :
		       strstr(program->options, "rgba8") ? VK_FORMAT_R8G8B8A8_UNORM :
							   VK_FORMAT_R32_UINT;
	make_layout(&setup);
	make_set(&setup);
	make_pipeline(&setup, program->name);
	cmd = vk_begin(vk);
	record(&setup, cmd, program);
	vk_run(vk, cmd);
	dump(program->compare, setup.buffers[1].map, WORDS * 4);
}

static void copy_field(char *to, size_t size, const char *from)
{
	if (snprintf(to, size, "%s", from) >= (int)size) {
		fprintf(stderr, "the field '%s' is too long\n", from);
		exit(2);
	}
}

/* A row: Name,File,Input,Groups,Options,Compare */
static int parse(char *line, struct program *program)
{
	char *fields[6];
	unsigned int i;

	line[strcspn(line, "\n")] = 0;
	for (i = 0; i < 6; i++) {
		fields[i] = strsep(&line, ",");
		if (!fields[i])
			return 0;
	}
	copy_field(program->name, sizeof(program->name), fields[0]);
	copy_field(program->input, sizeof(program->input), fields[2]);
	copy_field(program->options, sizeof(program->options), fields[4]);
	copy_field(program->compare, sizeof(program->compare), fields[5]);
	return sscanf(fields[3], "%ux%ux%u", &program->groups[0], &program->groups[1],
		      &program->groups[2]) == 3;
}

void compute_checks(const char *table, const char *shaders)
{
	static struct program programs[MANY];
	struct check checks[MANY];
	size_t count = 0;
	char line[512];
	FILE *file = fopen(table, "r");

	folder = shaders;
	if (!file || !fgets(line, sizeof(line), file)) {
		perror(table);
		exit(2);
	}
	while (count < MANY && fgets(line, sizeof(line), file)) {
		if (!parse(line, &programs[count])) {
			fprintf(stderr, "%s: line %zu is malformed\n", table, count + 2);
			exit(2);
		}
		checks[count] = (struct check){ programs[count].name, run_program,
						&programs[count] };
		count++;
	}
	fclose(file);
	checks_run(checks, count);
}
