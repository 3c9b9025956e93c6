// SPDX-License-Identifier: Apache-2.0
#include "aggregator/checkpoint.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "common/runtime/clock.h"

enum phase { IDLE, WRITING, WRITTEN, CLEARING };

// A settling step moves so many values that it takes about STEP_US, then
// leaves the disk to others for REST times that, at most REST_MAX_US.
enum {
    STEP_MIN = 128,
    STEP_MAX = 1 << 14,
    STEP_US = 2500,
    REST = 8,
    REST_MAX_US = 25000
};

struct checkpoint_writer {
    struct state *state;
    struct cache *cache;
    pthread_t thread;
    pthread_mutex_t mutex; // over what follows
    pthread_cond_t changed;
    enum phase phase;
    enum checkpoint_kind kind;
    enum status result;
    bool is_settled, stopping, has_thread;
    size_t step; // values a settling step moves; the thread's own
    int fd;
};

static enum status
write_generation(struct checkpoint_writer *writer, enum checkpoint_kind kind)
{
    struct checkpoint *checkpoint;

    enum status status = checkpoint_begin(&checkpoint, writer->state, kind);
    if (status != STATUS_OK)
        return status;
    status = cache_write(writer->cache, checkpoint);
    if (status != STATUS_OK) {
        checkpoint_abort(checkpoint);
        return status;
    }
    return checkpoint_commit(checkpoint);
}

// settle moves a little into place and returns how long to rest after it.
static int64_t
settle(struct checkpoint_writer *writer, enum status *status, bool *is_done)
{
    int64_t before = clock_steady_us();
    *status = state_settle(writer->state, writer->step, is_done);
    int64_t took = clock_steady_us() - before;
    if (took > STEP_US && writer->step > STEP_MIN)
        writer->step /= 2;
    else if (took < STEP_US && writer->step < STEP_MAX)
        writer->step += writer->step / 4;
    return took * REST < REST_MAX_US ? took * REST : REST_MAX_US;
}

// rest waits for so long, or until there is something to do.
static void
rest(struct checkpoint_writer *writer, int64_t us)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + us * 1000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    while (writer->phase == IDLE && !writer->stopping &&
           pthread_cond_timedwait(&writer->changed, &writer->mutex, &until) ==
               0)
        continue;
}

// The three kinds of work; each is called with the mutex held and lets go of
// it while it works.
static void
do_write(struct checkpoint_writer *writer)
{
    enum checkpoint_kind kind = writer->kind;

    pthread_mutex_unlock(&writer->mutex);
    enum status result = write_generation(writer, kind);
    pthread_mutex_lock(&writer->mutex);
    writer->result = result;
    writer->is_settled = kind == CHECKPOINT_PLACED;
    writer->phase = WRITTEN;
    pthread_cond_broadcast(&writer->changed);
    (void)eventfd_write(writer->fd, 1);
}

static void
do_clear(struct checkpoint_writer *writer)
{
    pthread_mutex_unlock(&writer->mutex);
    cache_reset(writer->cache);
    pthread_mutex_lock(&writer->mutex);
    writer->phase = IDLE;
    pthread_cond_broadcast(&writer->changed);
}

static void
do_settle(struct checkpoint_writer *writer)
{
    enum status status;
    bool is_done;

    pthread_mutex_unlock(&writer->mutex);
    int64_t us = settle(writer, &status, &is_done);
    pthread_mutex_lock(&writer->mutex);
    // What goes wrong here goes wrong again with the next checkpoint, which
    // begins with what is left; that result is looked at.
    writer->is_settled = is_done || status != STATUS_OK;
    if (!writer->is_settled)
        rest(writer, us);
}

static void *
run(void *argument)
{
    struct checkpoint_writer *writer = argument;

    pthread_mutex_lock(&writer->mutex);
    while (!writer->stopping || writer->phase == WRITING ||
           writer->phase == CLEARING) {
        if (writer->phase == WRITING)
            do_write(writer);
        else if (writer->phase == CLEARING)
            do_clear(writer);
        else if (writer->phase == IDLE && !writer->is_settled)
            do_settle(writer);
        else
            pthread_cond_wait(&writer->changed, &writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

static void
init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

enum status
checkpoint_writer_open(struct checkpoint_writer **out, struct state *state,
                       struct cache *cache)
{
    struct checkpoint_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return STATUS_SYSTEM;
    writer->state = state;
    writer->cache = cache;
    pthread_mutex_init(&writer->mutex, NULL);
    init_condition(&writer->changed);
    writer->step = STEP_MIN;
    writer->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    writer->has_thread =
        writer->fd >= 0 &&
        pthread_create(&writer->thread, NULL, run, writer) == 0;
    if (!writer->has_thread) {
        checkpoint_writer_close(writer);
        return STATUS_SYSTEM;
    }
    *out = writer;
    return STATUS_OK;
}

void
checkpoint_writer_close(struct checkpoint_writer *writer)
{
    if (!writer)
        return;
    if (writer->has_thread) {
        pthread_mutex_lock(&writer->mutex);
        writer->stopping = true;
        pthread_cond_broadcast(&writer->changed);
        pthread_mutex_unlock(&writer->mutex);
        pthread_join(writer->thread, NULL);
    }
    if (writer->fd >= 0)
        close(writer->fd);
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

int
checkpoint_writer_fd(const struct checkpoint_writer *writer)
{
    return writer->fd;
}

static enum phase
phase_of(struct checkpoint_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    enum phase phase = writer->phase;
    pthread_mutex_unlock(&writer->mutex);
    return phase;
}

bool
checkpoint_writer_is_idle(struct checkpoint_writer *writer)
{
    return phase_of(writer) == IDLE;
}

bool
checkpoint_writer_is_settled(struct checkpoint_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    bool is_settled = writer->phase == IDLE && writer->is_settled;
    pthread_mutex_unlock(&writer->mutex);
    return is_settled;
}

void
checkpoint_writer_start(struct checkpoint_writer *writer,
                        enum checkpoint_kind kind)
{
    pthread_mutex_lock(&writer->mutex);
    writer->phase = WRITING;
    writer->kind = kind;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->mutex);
}

enum status
checkpoint_writer_result(struct checkpoint_writer *writer)
{
    if (phase_of(writer) != WRITTEN)
        return STATUS_AGAIN;
    eventfd_t ignored;
    (void)eventfd_read(writer->fd, &ignored);
    return writer->result;
}

void
checkpoint_writer_release(struct checkpoint_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->phase = CLEARING;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->mutex);
}

void
checkpoint_writer_wait(struct checkpoint_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    while (writer->phase == WRITING || writer->phase == CLEARING)
        pthread_cond_wait(&writer->changed, &writer->mutex);
    pthread_mutex_unlock(&writer->mutex);
}
