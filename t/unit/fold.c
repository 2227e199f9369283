/*
 * Folds each line of standard input; input and output are bytes in hexadecimal. t/cli/fold.t compares the output with
 * scim.fold() in PostgreSQL for the same texts.
 */
#include "scim/fold.h"

#include <apr_general.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 65536

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* Decodes a line of lower-case digits in place. */
static void decode(char *line)
{
    size_t len = 0;
    for (const char *at = line; at[0] >= '0' && at[1] >= '0'; at += 2)
        line[len++] = (char)(digit(at[0]) << 4 | digit(at[1]));
    line[len] = '\0';
}

int main(void)
{
    static char line[LINE_MAX_BYTES];
    apr_pool_t *pool;

    if (apr_initialize() != APR_SUCCESS)
        return 1;
    apr_pool_create(&pool, NULL);
    while (fgets(line, sizeof(line), stdin)) {
        decode(line);
        for (const char *at = scim_fold(line, pool); *at; at++)
            printf("%02x", (unsigned)(unsigned char)*at);
        putchar('\n');
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    apr_terminate();
    return fflush(stdout) == 0 ? 0 : 1;
}
