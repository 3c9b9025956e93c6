// SPDX-License-Identifier: Apache-2.0
#include "aggregator/checkpoint.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum phase { IDLE, WRITING, WRITTEN, CLEARING };

struct checkpoint_writer {
    struct state *state;
    struct cache *cache;
    pthread_t thread;
    pthread_mutex_t mutex; // over phase, result and stopping
    pthread_cond_t changed;
    enum phase phase;
    enum status result;
    bool stopping, has_thread;
    int fd;
};

static enum status
write_generation(struct checkpoint_writer *writer)
{
    struct checkpoint *checkpoint;

    enum status status = checkpoint_begin(&checkpoint, writer->state);
    if (status != STATUS_OK)
        return status;
    status = cache_write(writer->cache, checkpoint);
    if (status != STATUS_OK) {
        checkpoint_abort(checkpoint);
        return status;
    }
    return checkpoint_commit(checkpoint);
}

// work does what the phase asks for, without the mutex, and returns the next.
static enum phase
work(struct checkpoint_writer *writer, enum phase phase, enum status *result)
{
    if (phase == CLEARING) {
        cache_reset(writer->cache);
        return IDLE;
    }
    *result = write_generation(writer);
    return WRITTEN;
}

static void *
run(void *argument)
{
    struct checkpoint_writer *writer = argument;

    pthread_mutex_lock(&writer->mutex);
    for (;;) {
        while (writer->phase != WRITING && writer->phase != CLEARING &&
               !writer->stopping)
            pthread_cond_wait(&writer->changed, &writer->mutex);
        if (writer->phase != WRITING && writer->phase != CLEARING)
            break;
        enum phase phase = writer->phase;
        enum status result = writer->result;
        pthread_mutex_unlock(&writer->mutex);
        phase = work(writer, phase, &result);
        pthread_mutex_lock(&writer->mutex);
        writer->phase = phase;
        writer->result = result;
        pthread_cond_broadcast(&writer->changed);
        if (phase == WRITTEN)
            (void)eventfd_write(writer->fd, 1);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
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
    pthread_cond_init(&writer->changed, NULL);
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

static void
set_phase(struct checkpoint_writer *writer, enum phase phase)
{
    pthread_mutex_lock(&writer->mutex);
    writer->phase = phase;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->mutex);
}

void
checkpoint_writer_start(struct checkpoint_writer *writer)
{
    set_phase(writer, WRITING);
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
    set_phase(writer, CLEARING);
}

void
checkpoint_writer_wait(struct checkpoint_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    while (writer->phase == WRITING || writer->phase == CLEARING)
        pthread_cond_wait(&writer->changed, &writer->mutex);
    pthread_mutex_unlock(&writer->mutex);
}
