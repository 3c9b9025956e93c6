// SPDX-License-Identifier: Apache-2.0
//
// reopen: starts again from a data directory as the aggregator would, then
// verifies it.  For thousands of directories in a row.
//
//   reopen PROGRAMME DEALERS SCRATCH < directories
//
// SCRATCH is an existing empty directory.  Each line of input names a
// directory; each is opened by code that has no memory of the one before (a
// fork), and answered by one line:
//
//   ok position=N head=HEX events=N replayed=N store=HEX
//   bad step="what was being done" reason="why"
//   died signal=N        14: it was still at it after PATIENCE_S
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aggregator/data.h"
#include "aggregator/verify.h"
#include "common/crypto/digest.h"

enum { MAP = 64 << 20, CREDIT = 1000, EVENTS = 400, FILE_ROOM = 1 << 20 };

// A start takes milliseconds here; one on pages that a lying disk has mixed may
// go round in a circle.
enum { PATIENCE_S = 60 };

// The ledger's caches at a size for small stores (the linker puts this in the
// place of ledger_limits): clearing the real ones would take most of the time.
struct cache_limits __wrap_ledger_limits(size_t checkpoint_events);

struct cache_limits
__wrap_ledger_limits(size_t checkpoint_events)
{
    (void)checkpoint_events;
    return (struct cache_limits){.ids = 1 << 13,
                                 .entities = 1 << 14,
                                 .tallies = 1 << 12,
                                 .others = 1 << 12,
                                 .bytes = 64 << 20,
                                 .filter_bytes = 1 << 18};
}

static struct span
file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(FILE_ROOM);
    if (!file || !bytes) {
        perror(path);
        exit(66);
    }
    size_t length = fread(bytes, 1, FILE_ROOM, file);
    (void)fclose(file);
    return span_of(bytes, length);
}

static void
print_hex(const char *name, const uint8_t *bytes, size_t length)
{
    printf(" %s=", name);
    for (size_t i = 0; i < length; i++)
        printf("%02x", bytes[i]);
}

static int
bad(const char *step, enum status status)
{
    printf("bad step=\"%s\" reason=\"%s\"\n", step, status_text(status));
    return 1;
}

static int
reopen(const char *dir, const char *scratch, struct span programme,
       struct span dealers)
{
    struct data data;
    struct data_report report;
    struct verify_report verified;
    static struct problems problems;
    const struct data_options options = {
        .dir = dir,
        .journal_bytes = MAP,
        .state_bytes = MAP,
        .checkpoint_events = EVENTS,
        .checkpoint_ms = 1000,
        .credit = CREDIT,
        .programme = programme,
        .dealers = dealers,
        .now = 1,
    };
    const struct verify_options verify = {
        .dir = dir, .scratch = scratch, .map_bytes = MAP};

    enum status status = data_open(&data, &options, &report, &problems);
    if (status != STATUS_OK)
        return bad(report.step, status);
    struct store_identity identity = data.identity;
    status = keeper_settle(data.keeper);
    data_close(&data);
    if (status != STATUS_OK)
        return bad("writing the checkpoint", status);
    status = verify_run(&verify, &verified, &problems);
    if (status != STATUS_OK)
        return bad(verified.step, status);
    if (verified.checkpoint != verified.end)
        return bad("comparing positions", STATUS_CORRUPT);
    printf("ok position=%llu events=%llu replayed=%llu",
           (unsigned long long)verified.end,
           (unsigned long long)verified.events,
           (unsigned long long)report.replayed);
    print_hex("head", verified.head, sizeof verified.head);
    print_hex("store", identity.id, sizeof identity.id);
    printf("\n");
    return 0;
}

static int
remove_one(const char *path, const struct stat *stat, int kind,
           struct FTW *place)
{
    (void)stat;
    (void)kind;
    return place->level == 0 ? 0 : remove(path);
}

int
main(int argc, char **argv)
{
    static char dir[4096];

    if (argc != 4)
        return 64;
    struct span programme = file_read(argv[1]), dealers = file_read(argv[2]);
    // Huge pages would be cleared whole for the little that is used of them.
    if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) || crypto_start() != STATUS_OK)
        return 70;
    while (fgets(dir, sizeof dir, stdin)) {
        dir[strcspn(dir, "\n")] = '\0';
        (void)fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            alarm(PATIENCE_S);
            int code = reopen(dir, argv[3], programme, dealers);
            (void)fflush(stdout);
            _exit(code);
        }
        int how = 0;
        if (child < 0 || waitpid(child, &how, 0) != child)
            return 71;
        if (WIFSIGNALED(how))
            printf("died signal=%d\n", WTERMSIG(how));
        else if (WEXITSTATUS(how) > 1)
            printf("died exit=%d\n", WEXITSTATUS(how));
        (void)nftw(argv[3], remove_one, 16, FTW_DEPTH | FTW_PHYS);
        (void)fflush(stdout);
    }
    return 0;
}
