// SPDX-License-Identifier: Apache-2.0
#include "collector/published.h"

#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"

enum { ANSWER_WITHIN_MS = 5000, REFUSED_PAUSE_MS = 30000 };

void
published_init(struct published *published)
{
    *published = (struct published){0};
}

static void
drop_next(struct published *published)
{
    programme_free(published->next_rulebook);
    dealers_free(published->next_directory);
    published->next_rulebook = NULL;
    published->next_directory = NULL;
    published->asked = PUBLICATION_NONE;
}

void
published_fini(struct published *published)
{
    drop_next(published);
    programme_free(published->rulebook);
    dealers_free(published->directory);
    *published = (struct published){0};
}

static bool
is_hash(const uint8_t hash[HASH_SIZE], struct span other)
{
    return span_equal(span_of(hash, HASH_SIZE), other);
}

void
published_want(struct published *published, struct span programme_hash,
               struct span dealers_hash)
{
    if (programme_hash.length != HASH_SIZE || dealers_hash.length != HASH_SIZE)
        return; // nothing is published yet
    if (published->wanted &&
        is_hash(published->wanted_programme, programme_hash) &&
        is_hash(published->wanted_dealers, dealers_hash))
        return;
    drop_next(published);
    memcpy(published->wanted_programme, programme_hash.data, HASH_SIZE);
    memcpy(published->wanted_dealers, dealers_hash.data, HASH_SIZE);
    published->not_before_ms = 0;
    published->wanted = !published->ready ||
                        !is_hash(published->programme_hash, programme_hash) ||
                        !is_hash(published->dealers_hash, dealers_hash);
}

enum published_step
published_next(struct published *published, int64_t now_ms,
               struct writer *question)
{
    if (!published->wanted || now_ms < published->not_before_ms)
        return PUBLISHED_IDLE;
    if (published->asked != PUBLICATION_NONE) {
        if (now_ms - published->asked_at_ms < ANSWER_WITHIN_MS)
            return PUBLISHED_IDLE;
        published->asked = PUBLICATION_NONE;
        return PUBLISHED_REOPEN;
    }

    bool programme = !published->next_rulebook;
    struct query query = {
        .number = published->number + 1,
        .question = QUESTION_PUBLICATION,
        .kind = programme ? PUBLICATION_PROGRAMME : PUBLICATION_DEALERS,
        .hash = span_of(programme ? published->wanted_programme
                                  : published->wanted_dealers,
                        HASH_SIZE),
    };
    return query_write(question, &query) > 0 ? PUBLISHED_ASK : PUBLISHED_IDLE;
}

void
published_asked(struct published *published, int64_t now_ms)
{
    published->number++;
    published->asked =
        published->next_rulebook ? PUBLICATION_DEALERS : PUBLICATION_PROGRAMME;
    published->asked_at_ms = now_ms;
}

// find takes the publication that was asked for, and only if its content has
// the hash it claims.
static bool
find(struct repeated publications, enum publication_kind kind,
     const uint8_t wanted[HASH_SIZE], struct span *content)
{
    struct publication publication;
    while (answer_next_publication(&publications, &publication)) {
        uint8_t hash[HASH_SIZE];
        digest(publication.content, hash, sizeof hash);
        if (publication.kind == kind &&
            is_hash(wanted, span_of(hash, HASH_SIZE))) {
            *content = publication.content;
            return true;
        }
    }
    return false;
}

static void
swap_in(struct published *published)
{
    programme_free(published->rulebook);
    dealers_free(published->directory);
    published->rulebook = published->next_rulebook;
    published->directory = published->next_directory;
    published->next_rulebook = NULL;
    published->next_directory = NULL;
    published->versions[0] = published->rulebook;
    published->history = (struct rulebook_history){1, published->versions};
    memcpy(published->programme_hash, published->wanted_programme, HASH_SIZE);
    memcpy(published->dealers_hash, published->wanted_dealers, HASH_SIZE);
    published->ready = true;
    published->wanted = false;
}

static enum status
read_content(struct published *published, enum publication_kind kind,
             const struct answer_frame *answer, struct problems *problems)
{
    bool programme = kind == PUBLICATION_PROGRAMME;
    struct span content;

    if (answer->code != CODE_NONE ||
        !find(answer->publications, kind,
              programme ? published->wanted_programme
                        : published->wanted_dealers,
              &content)) {
        problem_add(problems, "aggregator", 0,
                    programme ? "programme" : "dealers",
                    "the aggregator does not have the file it names: %s",
                    code_text((uint32_t)answer->code));
        return STATUS_MALFORMED;
    }
    if (programme)
        return programme_read(content, "published programme",
                              &published->next_rulebook, problems);
    return dealers_read(content, "published dealers",
                        &published->next_directory, problems);
}

enum status
published_answer(struct published *published, int64_t now_ms, struct span frame,
                 struct problems *problems)
{
    struct answer_frame answer;
    enum publication_kind kind = published->asked;

    if (kind == PUBLICATION_NONE || answer_read(frame, &answer) != CODE_NONE ||
        answer.number != published->number)
        return STATUS_AGAIN;
    published->asked = PUBLICATION_NONE;
    if (read_content(published, kind, &answer, problems) != STATUS_OK) {
        drop_next(published);
        published->not_before_ms = now_ms + REFUSED_PAUSE_MS;
        return STATUS_MALFORMED;
    }
    if (!published->next_directory)
        return STATUS_AGAIN;
    swap_in(published);
    return STATUS_OK;
}
