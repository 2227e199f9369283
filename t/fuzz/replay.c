/*
 * Runs every file of the corpora once, without libFuzzer, as a regression test.
 *
 *   replay [-v] [TARGET...]
 *
 * A line of TAP for each target. The corpora are in $FUZZ_CORPUS, or in the build's default directory. With -v each
 * file is printed before it runs.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static const struct {
    const char *name;
    fuzz_target_t *run;
} targets[] = {
    {"bulk", fuzz_bulk},     {"cursor", fuzz_cursor}, {"filter", fuzz_filter}, {"json", fuzz_json},
    {"patch", fuzz_patch},   {"path", fuzz_path},     {"query", fuzz_query},   {"resource", fuzz_resource},
    {"search", fuzz_search}, {"sheet", fuzz_sheet},   {"token", fuzz_token},
};

static int verbose;

static void give_up(const char *what)
{
    perror(what);
    exit(2);
}

static void run_file(fuzz_target_t *run, const char *path)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t len;

    if (!file)
        give_up(path);
    len = fread(bytes, 1, sizeof(bytes), file);
    if (ferror(file))
        give_up(path);
    fclose(file);
    if (verbose)
        fprintf(stderr, "%s\n", path);
    fuzz_run(run, bytes, len);
}

static int run_corpus(fuzz_target_t *run, const char *corpora, const char *name)
{
    char path[4096];
    struct dirent *entry;
    DIR *dir;
    int ran = 0;

    snprintf(path, sizeof(path), "%s/%s", corpora, name);
    dir = opendir(path);
    if (!dir)
        give_up(path);
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s/%s", corpora, name, entry->d_name);
        run_file(run, path);
        ran++;
    }
    closedir(dir);
    return ran;
}

static int is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return 1;
    }
    return argc < 2;
}

int main(int argc, char **argv)
{
    const char *corpora = getenv("FUZZ_CORPUS");
    int failed = 0;

    if (argc > 1 && strcmp(argv[1], "-v") == 0) {
        verbose = 1;
        argc--;
        argv++;
    }
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        int ran;

        if (!is_wanted(targets[i].name, argc, argv))
            continue;
        ran = run_corpus(targets[i].run, corpora ? corpora : FUZZ_CORPUS_DIR, targets[i].name);
        printf("%sok replay %s: %d inputs\n", ran ? "" : "not ", targets[i].name, ran);
        fflush(stdout);
        failed += !ran;
    }
    return failed ? 1 : 0;
}
