// SPDX-License-Identifier: Apache-2.0
//
// replay <folder>...: runs every file of a corpus through a fuzz target, so
// that what was once found stays found in every build.
#include <dirent.h>
#include <limits.h>

#include "tests/fuzz/fuzz.h"

enum { FILE_MAX = 1 << 20 };

static bool
replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    // Of exactly the file's size, so that a sanitizer sees a step beyond it.
    uint8_t *room = malloc(FILE_MAX);
    size_t size = room ? fread(room, 1, FILE_MAX, file) : 0;
    uint8_t *data = malloc(size ? size : 1);
    if (data) {
        for (size_t i = 0; i < size; i++)
            data[i] = room[i];
        LLVMFuzzerTestOneInput(data, size);
    }
    bool fine = room && data && !ferror(file);
    free(data);
    free(room);
    fclose(file);
    return fine;
}

static size_t
replay_folder(const char *folder)
{
    size_t files = 0;
    DIR *dir = opendir(folder);

    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (!replay_file(path)) {
            fprintf(stderr, "cannot read %s\n", path);
            exit(EXIT_FAILURE);
        }
        files++;
    }
    closedir(dir);
    return files;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t files = replay_folder(argv[i]);
        printf("%s: %zu files\n", argv[i], files);
        if (files == 0)
            return EXIT_FAILURE; // a corpus that is not there proves nothing
    }
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
