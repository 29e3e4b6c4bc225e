// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * mesa-demo - compute a zoom into the Mandelbrot set with a Vulkan driver
 *
 *   mesa-demo [-c] [-f FRAMES] [-i ITERATIONS] [-o FILE] [-q QUEUES] [-s WIDTHxHEIGHT] SHADERS
 *
 * SHADERS is the folder with iterate.spv and colour.spv. FILE gets the frames, one after the
 * other, as RGBA of 8 bits. With -c, they are computed without Vulkan.
 *
 * The last lines of the output say what was done, and how much of it by the software GPU, if
 * that is the one, by its file in debugfs.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "demo/work.h"

#define STATE "/sys/kernel/debug/vcsf-mali/state"

__attribute__((format(printf, 1, 0)))
static void complain(const char *format, va_list args)
{
	fprintf(stderr, "mesa-demo: error: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	exit(1);
}

/* What vk.c calls; nothing can be left out of the demo. */
void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	abort();
}

void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	abort();
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/**
 * struct counts - what a GPU has done
 * @workgroups: workgroups launched
 * @instructions: instructions of warps
 */
struct counts {
	unsigned long long workgroups;
	unsigned long long instructions;
};

/* Counters of the software GPU; false if the GPU is another one */
static bool count_gpu(struct counts *counts)
{
	FILE *file = fopen(STATE, "r");
	bool found = false;
	char line[256];

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "shaders: %llu workgroups, %llu instructions",
			       &counts->workgroups, &counts->instructions) == 2;
	if (file)
		fclose(file);
	return found;
}

static void write_frame(FILE *out, const void *picture, const struct scene *scene)
{
	size_t size = 4ull * scene->width * scene->height;
	/* A file system may be unable to read directly from memory of a GPU. */
	void *copy = malloc(size);

	if (!copy || fwrite(memcpy(copy, picture, size), 1, size, out) != size)
		fail("the frames cannot be written: %s", strerror(errno));
	free(copy);
}

static void without_gpu(const struct scene *scene, FILE *out)
{
	uint32_t *picture = calloc(scene->width * scene->height, 4), frame;
	double begin = now();

	for (frame = 0; picture && frame < scene->frames; frame++) {
		scene_compute(scene, frame, picture);
		write_frame(out, picture, scene);
	}
	printf("%u frames of %ux%u in %.2f s\n", scene->frames, scene->width, scene->height,
	       now() - begin);
	free(picture);
}

static void report(const struct work *work, double seconds, bool ours,
		   const struct counts *before)
{
	const struct scene *scene = &work->scene;
	struct counts after;

	printf("%u frames of %ux%u in %.2f s: %.3f frames/s, %.0f pixels/s\n", scene->frames,
	       scene->width, scene->height, seconds, scene->frames / seconds,
	       1.0 * scene->frames * scene->width * scene->height / seconds);
	if (!ours || !count_gpu(&after))
		return;
	printf("GPU: %u jobs of %u groups, %llu workgroups, %llu instructions of warps\n",
	       work->jobs, work->count, after.workgroups - before->workgroups,
	       after.instructions - before->instructions);
}

static void with_gpu(struct work *work, FILE *out)
{
	const struct scene *scene = &work->scene;
	struct counts before;
	double begin, last;
	uint32_t frame;
	bool ours;

	work_open(work);
	printf("%s: %u queues, each of a device of its own\n",
	       work->queues->vk.properties.deviceName, work->count);
	ours = count_gpu(&before) && strstr(work->queues->vk.properties.deviceName, "Mali");
	begin = now();
	last = begin;
	work_submit(work);
	for (frame = 0; frame < scene->frames; frame++) {
		double time;

		work_wait(work, frame);
		time = now();
		printf("frame %u of %u: %.2f s\n", frame + 1, scene->frames, time - last);
		fflush(stdout);
		last = time;
	}
	/* Jobs of a device that is lost complete, too. */
	work_check(work);
	report(work, last - begin, ours, &before);
	for (frame = 0; frame < scene->frames; frame++)
		write_frame(out, (char *)work->picture.map + work->stride * frame, scene);
}

static uint32_t parse(const char *text, uint32_t low, uint32_t high)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || end == text || value < low || value > high)
		fail("'%s' is not a number from %u to %u", text, low, high);
	return value;
}

static void parse_size(char *text, struct scene *scene)
{
	char *height = strchr(text, 'x');

	if (!height)
		fail("'%s' is not a size such as 320x200", text);
	*height++ = 0;
	scene->width = parse(text, 1, 4096);
	scene->height = parse(height, 1, 4096);
}

int main(int argc, char **argv)
{
	static struct work work = {
		.scene = { .width = 320, .height = 200, .frames = 6, .limit = 256 },
		.count = 4,
	};
	const char *path = "/dev/null";
	bool without = false;
	FILE *out;
	int option;

	while ((option = getopt(argc, argv, "cf:i:o:q:s:")) != -1) {
		if (option == 'c')
			without = true;
		else if (option == 'f')
			work.scene.frames = parse(optarg, 1, 100);
		else if (option == 'i')
			work.scene.limit = parse(optarg, 1, 10000);
		else if (option == 'o')
			path = optarg;
		else if (option == 'q')
			work.count = parse(optarg, 1, QUEUES_MAX);
		else if (option == 's')
			parse_size(optarg, &work.scene);
		else
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	work.shaders = argv[optind];
	out = fopen(path, "wb");
	if (!out)
		fail("%s: %s", path, strerror(errno));
	if (without)
		without_gpu(&work.scene, out);
	else
		with_gpu(&work, out);
	if (fclose(out))
		fail("%s: %s", path, strerror(errno));
	return 0;
}
