// SPDX-License-Identifier: Apache-2.0
#include "collector/quota.h"

#include <stdlib.h>

enum { PLACES = 1 << 16, NEIGHBOURS = 8, MILLI = 1000 };

bool
quota_init(struct quota *quota, uint32_t per_second, uint32_t burst,
           uint64_t seed)
{
    *quota = (struct quota){
        .per_second = per_second,
        .burst = burst > per_second ? burst : per_second,
        .seed = seed,
    };
    if (per_second == 0)
        return true;
    quota->buckets = calloc(PLACES, sizeof *quota->buckets);
    return quota->buckets != NULL;
}

void
quota_fini(struct quota *quota)
{
    free(quota->buckets);
    quota->buckets = NULL;
}

uint64_t
quota_name(const struct quota *quota, struct span name)
{
    uint64_t hash = quota->seed ^ UINT64_C(0xcbf29ce484222325);

    for (uint32_t i = 0; i < name.length; i++)
        hash = (hash ^ name.data[i]) * UINT64_C(0x100000001b3);
    hash = (hash ^ (hash >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
    return hash | 1;
}

// level_at says how full a bucket is by now.
static int64_t
level_at(const struct quota *quota, const struct quota_bucket *bucket,
         int64_t now_ms)
{
    int64_t full = (int64_t)quota->burst * MILLI;
    int64_t past = now_ms - bucket->at_ms;

    if (bucket->name == 0 || past > full / quota->per_second * 2 + MILLI)
        return full; // also when nothing was heard for so long
    int64_t level = bucket->level + past * quota->per_second;
    return level < full ? level : full;
}

// bucket_of finds the bucket of a name, or makes the fullest neighbour its own.
static struct quota_bucket *
bucket_of(struct quota *quota, uint64_t name, int64_t now_ms)
{
    struct quota_bucket *fullest = NULL;
    int64_t most = INT64_MIN;

    for (uint32_t i = 0; i < NEIGHBOURS; i++) {
        struct quota_bucket *bucket =
            &quota->buckets[((name >> 16) + i) % PLACES];
        if (bucket->name == name)
            return bucket;
        int64_t level = level_at(quota, bucket, now_ms);
        if (level > most) {
            fullest = bucket;
            most = level;
        }
    }
    *fullest = (struct quota_bucket){
        .name = name, .at_ms = now_ms, .level = (int64_t)quota->burst * MILLI};
    return fullest;
}

uint32_t
quota_left(struct quota *quota, uint64_t name, int64_t now_ms)
{
    if (quota->per_second == 0)
        return UINT32_MAX;
    int64_t level =
        level_at(quota, bucket_of(quota, name, now_ms), now_ms) / MILLI;
    return level > 0 ? (uint32_t)level : 0;
}

bool
quota_take(struct quota *quota, uint64_t name, uint32_t events, int64_t now_ms,
           uint32_t *after_ms)
{
    if (quota->per_second == 0)
        return true;
    struct quota_bucket *bucket = bucket_of(quota, name, now_ms);
    int64_t level = level_at(quota, bucket, now_ms);
    int64_t left = level - (int64_t)events * MILLI;

    *bucket =
        (struct quota_bucket){.name = name, .at_ms = now_ms, .level = level};
    if (left < -(int64_t)quota->burst * MILLI) {
        *after_ms = level < 0 ? (uint32_t)(-level / quota->per_second) : 0;
        return false;
    }
    bucket->level = left;
    return true;
}
