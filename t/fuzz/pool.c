#include "pool.h"

#include <apr_pools.h>
#include <dlfcn.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FUZZ_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define FUZZ_ASAN
#endif

#ifdef FUZZ_ASAN

static void **given;
static size_t number, room;
static int active;

void *apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    static void *(*real)(apr_pool_t *, apr_size_t);

    if (!active) {
        /* POSIX allows dlsym to return functions; C has no cast for this. */
        if (!real)
            *(void **)&real = dlsym(RTLD_NEXT, "apr_palloc");
        return real(pool, size);
    }
    if (number == room) {
        room = room ? 2 * room : 1024;
        given = realloc(given, room * sizeof(*given));
        if (!given)
            abort();
    }
    return given[number++] = malloc(size);
}

void fuzz_pool_begin(void)
{
    active = 1;
}

void fuzz_pool_end(void)
{
    active = 0;
    while (number)
        free(given[--number]);
}

#else

void fuzz_pool_begin(void)
{
}

void fuzz_pool_end(void)
{
}

#endif
