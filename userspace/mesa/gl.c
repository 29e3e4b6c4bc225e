// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * mesa-gl - checks of an OpenGL ES driver, by EGL without a window system
 *
 *   mesa-gl [-o FOLDER] [-k] [-l] [NAME...]
 *
 * The options are those of check.c.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EGL_EGLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl31.h>

#include "check.h"

enum { WIDTH = 50, HEIGHT = 37 };

static void gl_open(void)
{
	static const EGLint version[] = {
		EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 1, EGL_NONE };
	EGLDisplay display;
	EGLContext context;

	display = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
	if (!eglInitialize(display, NULL, NULL) || !eglBindAPI(EGL_OPENGL_ES_API))
		fail("eglInitialize: 0x%x", eglGetError());
	context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
	if (!context)
		fail("eglCreateContext: 0x%x", eglGetError());
	if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context))
		fail("eglMakeCurrent: 0x%x", eglGetError());
}

static void gl_name(const void *data)
{
	const char *name;

	(void)data;
	gl_open();
	name = (const char *)glGetString(GL_RENDERER);
	/* The same program runs on the driver that it is compared with. */
	if (!name || (!strstr(name, "Mali-G610") && !strstr(name, "llvmpipe")))
		fail("the renderer is %s", name ? name : "none");
}

static void new_target(GLenum format)
{
	GLuint texture, frame;

	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glGenTextures(1, &texture);
	glBindTexture(GL_TEXTURE_2D, texture);
	glTexStorage2D(GL_TEXTURE_2D, 1, format, WIDTH, HEIGHT);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		skip("the driver does not offer it");
}

static void leave(GLenum format, GLenum type, unsigned int bytes)
{
	char *pixels = calloc(WIDTH * HEIGHT, bytes);
	GLenum error;

	if (!pixels)
		fail("out of memory");
	glPixelStorei(GL_PACK_ALIGNMENT, 1);
	glReadPixels(0, 0, WIDTH, HEIGHT, format, type, pixels);
	error = glGetError();
	if (error)
		fail("error 0x%x", error);
	dump("bits", pixels, WIDTH * HEIGHT * bytes);
}

/*
 * What images are cleared. panfrost compresses them unless PAN_MESA_DEBUG has noafbc; then
 * glReadPixels() can read them by a mapping, not by a draw.
 */
static const struct target {
	const char *name;
	GLenum format, read, type;
	unsigned int bytes;
	const char *debug;
} targets[] = {
	{ "gl-clear-rgba8", GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, 4, NULL },
	{ "gl-clear-rgb10a2", GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV, 4, NULL },
	{ "gl-clear-rgb565", GL_RGB565, GL_RGBA, GL_UNSIGNED_BYTE, 4, NULL },
	{ "gl-clear-rgba4", GL_RGBA4, GL_RGBA, GL_UNSIGNED_BYTE, 4, NULL },
	{ "gl-clear-r8", GL_R8, GL_RGBA, GL_UNSIGNED_BYTE, 4, NULL },
	{ "gl-noafbc-rgba8", GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, 4, "noafbc" },
	{ "gl-noafbc-rgb10a2", GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV, 4, "noafbc" },
	{ "gl-noafbc-rgb565", GL_RGB565, GL_RGBA, GL_UNSIGNED_BYTE, 4, "noafbc" },
	{ "gl-noafbc-rgba4", GL_RGBA4, GL_RGBA, GL_UNSIGNED_BYTE, 4, "noafbc" },
	{ "gl-noafbc-r8", GL_R8, GL_RGBA, GL_UNSIGNED_BYTE, 4, "noafbc" },
};

static void gl_clear(const void *data)
{
	const struct target *target = data;

	if (target->debug)
		setenv("PAN_MESA_DEBUG", target->debug, 1);
	gl_open();
	new_target(target->format);
	glClearColor(0.2f, 0.6f, 1.0f, 0.0f);
	glClear(GL_COLOR_BUFFER_BIT);
	leave(target->read, target->type, target->bytes);
}

/* A part is cleared to another colour. */
static void gl_scissor(const void *data)
{
	(void)data;
	gl_open();
	new_target(GL_RGBA8);
	glClearColor(0.2f, 0.6f, 1.0f, 0.0f);
	glClear(GL_COLOR_BUFFER_BIT);
	glFinish();
	glEnable(GL_SCISSOR_TEST);
	glScissor(5, 7, 20, 11);
	glClearColor(1.0f, 0.0f, 0.4f, 1.0f);
	glClear(GL_COLOR_BUFFER_BIT);
	leave(GL_RGBA, GL_UNSIGNED_BYTE, 4);
}

static void gl_fence(const void *data)
{
	GLsync sync;

	(void)data;
	gl_open();
	new_target(GL_RGBA8);
	glClear(GL_COLOR_BUFFER_BIT);
	sync = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	if (glClientWaitSync(sync, GL_SYNC_FLUSH_COMMANDS_BIT, 100000000000ULL) ==
	    GL_TIMEOUT_EXPIRED)
		fail("the fence does not signal");
}

/* GLES 3.1: a compute shader writes to a buffer. */
static void gl_compute(const void *data)
{
	static const char *text =
		"#version 310 es\n"
		"layout(local_size_x = 32) in;\n"
		"layout(std430, binding = 0) buffer Out { uint words[]; };\n"
		"void main() { uint i = gl_GlobalInvocationID.x; words[i] = i * i + 7u; }\n";
	GLuint shader = 0, program, buffer;
	const uint32_t *words;
	GLint good = 0;
	unsigned int i;

	(void)data;
	gl_open();
	shader = glCreateShader(GL_COMPUTE_SHADER);
	glShaderSource(shader, 1, &text, NULL);
	glCompileShader(shader);
	program = glCreateProgram();
	glAttachShader(program, shader);
	glLinkProgram(program);
	glGetProgramiv(program, GL_LINK_STATUS, &good);
	if (!good)
		fail("the program does not link");
	glGenBuffers(1, &buffer);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer);
	glBufferData(GL_SHADER_STORAGE_BUFFER, 4096, NULL, GL_DYNAMIC_READ);
	glUseProgram(program);
	glDispatchCompute(32, 1, 1);
	glMemoryBarrier(GL_BUFFER_UPDATE_BARRIER_BIT);
	words = glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, 4096, GL_MAP_READ_BIT);
	if (!words)
		fail("glMapBufferRange: 0x%x", glGetError());
	for (i = 0; i < 1024; i++)
		if (words[i] != i * i + 7)
			fail("word %u is %u, not %u", i, words[i], i * i + 7);
}

int main(int argc, char **argv)
{
	static const struct check others[] = {
		{ "gl-clear-scissor", gl_scissor, NULL },
		{ "gl-fence", gl_fence, NULL },
		{ "gl-compute", gl_compute, NULL },
	};
	static const struct check first[] = { { "gl-name", gl_name, NULL } };
	struct check checks[sizeof(targets) / sizeof(targets[0])];
	unsigned int i;

	checks_begin(argc, argv);
	checks_run(first, 1);
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		checks[i] = (struct check){ targets[i].name, gl_clear, &targets[i] };
	checks_run(checks, i);
	checks_run(others, sizeof(others) / sizeof(others[0]));
	return checks_end();
}
