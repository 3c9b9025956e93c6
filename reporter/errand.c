// SPDX-License-Identifier: Apache-2.0
#include "reporter/errand.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct errands {
    const struct site *site; // lent
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    struct errand *first, *last; // waiting
    size_t count;                // with the one under way
    atomic_bool is_ending;
};

// take waits for the next one; NULL: the end.
static struct errand *
take(struct errands *errands)
{
    pthread_mutex_lock(&errands->lock);
    while (!errands->first && !atomic_load(&errands->is_ending))
        pthread_cond_wait(&errands->news, &errands->lock);
    struct errand *errand = errands->first;
    if (errand)
        errands->first = errand->next;
    if (!errands->first)
        errands->last = NULL;
    pthread_mutex_unlock(&errands->lock);
    return errand;
}

static void
refuse(struct errand *errand)
{
    response_problem(&errand->response, 503, "the reporter is ending");
}

static void
run(struct errands *errands, struct errand *errand)
{
    errand->request.stop = &errands->is_ending;
    if (atomic_load(&errands->is_ending))
        refuse(errand);
    else
        site_answer(errands->site, errand->raw, &errand->request,
                    &errand->response);
    pthread_mutex_lock(&errands->lock);
    errands->count -= 1;
    pthread_mutex_unlock(&errands->lock);
    errand->done(errand);
}

static void *
work(void *closure)
{
    struct errands *errands = closure;
    struct errand *errand;

    while ((errand = take(errands)))
        run(errands, errand);
    return NULL;
}

enum status
errands_open(struct errands **out, const struct site *site)
{
    struct errands *errands = calloc(1, sizeof *errands);
    if (!errands)
        return STATUS_SYSTEM;
    errands->site = site;
    // Neither fails with default attributes.
    (void)pthread_mutex_init(&errands->lock, NULL);
    (void)pthread_cond_init(&errands->news, NULL);
    if (pthread_create(&errands->thread, NULL, work, errands) != 0) {
        free(errands);
        return STATUS_SYSTEM;
    }
    *out = errands;
    return STATUS_OK;
}

void
errands_end(struct errands *errands)
{
    if (!errands)
        return;
    pthread_mutex_lock(&errands->lock);
    bool has_ended = atomic_exchange(&errands->is_ending, true);
    pthread_cond_signal(&errands->news);
    pthread_mutex_unlock(&errands->lock);
    if (!has_ended)
        pthread_join(errands->thread, NULL);
}

void
errands_close(struct errands *errands)
{
    if (!errands)
        return;
    errands_end(errands);
    pthread_cond_destroy(&errands->news);
    pthread_mutex_destroy(&errands->lock);
    free(errands);
}

bool
errands_is_full(struct errands *errands)
{
    pthread_mutex_lock(&errands->lock);
    bool is_full = errands->count >= ERRANDS_MAX;
    pthread_mutex_unlock(&errands->lock);
    return is_full;
}

void
errands_send(struct errands *errands, struct errand *errand)
{
    errand->next = NULL;
    pthread_mutex_lock(&errands->lock);
    if (atomic_load(&errands->is_ending)) { // the thread may be gone already
        pthread_mutex_unlock(&errands->lock);
        refuse(errand);
        errand->done(errand);
        return;
    }
    assert(errands->count < ERRANDS_MAX);
    if (errands->last)
        errands->last->next = errand;
    else
        errands->first = errand;
    errands->last = errand;
    errands->count += 1;
    pthread_cond_signal(&errands->news);
    pthread_mutex_unlock(&errands->lock);
}
