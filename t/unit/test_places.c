/* The cache of a process: it returns the latest value, and its size is limited. */
#include <apr_strings.h>
#include <string.h>

#include "store/places.h"
#include "unit.h"

/* The value of a key; NULL: none. */
static const char *get(const scim_places_t *places, const char *name, apr_time_t *at)
{
    apr_size_t len;
    const scim_places_key_t key = scim_places_key(places, name, strlen(name));
    const char *value = scim_places_get(&len, at, places, &key, unit_pool);
    return value ? apr_pstrmemdup(unit_pool, value, len) : NULL;
}

static void put(scim_places_t *places, const char *name, const char *value, apr_time_t at)
{
    const scim_places_key_t key = scim_places_key(places, name, strlen(name));
    scim_places_put(places, &key, value, strlen(value), at);
}

static void last(void)
{
    scim_places_t *places = scim_places_make(unit_pool);
    apr_time_t at = 0;
    UNIT_STR(get(places, "kim", &at), NULL);
    put(places, "kim", "old", 7);
    put(places, "lee", "", 8);
    UNIT_STR(get(places, "kim", &at), "old");
    UNIT_INT(at, 7);
    UNIT_STR(get(places, "lee", &at), "");
    UNIT_INT(at, 8);
    put(places, "kim", "newer", 9);
    UNIT_STR(get(places, "kim", &at), "newer");
    UNIT_INT(at, 9);
    UNIT_STR(get(places, "ki", &at), NULL);
}

static void too_long(void)
{
    scim_places_t *places = scim_places_make(unit_pool);
    char value[1025];
    apr_time_t at;
    memset(value, 'x', sizeof(value));
    value[1021] = '\0';
    put(places, "kim", value, 1);
    UNIT_STR(get(places, "kim", &at), value);
    value[1021] = 'x';
    value[1022] = '\0';
    put(places, "lee", value, 1);
    UNIT_STR(get(places, "lee", &at), NULL);
}

/* Of many more entries than it can hold, the latest are there, and no wrong ones. */
static void bounded(void)
{
    scim_places_t *places = scim_places_make(unit_pool);
    int there = 0, early = 0;
    for (int i = 0; i < 40000; i++) {
        const char *name = apr_itoa(unit_pool, i);
        put(places, name, name, i + 1);
    }
    for (int i = 0; i < 40000; i++) {
        apr_time_t at;
        const char *name = apr_itoa(unit_pool, i);
        const char *value = get(places, name, &at);
        if (value) {
            UNIT_STR(value, name);
            UNIT_INT(at, i + 1);
            there++;
            early += i < 20000;
        }
    }
    CU_ASSERT(there > 8000 && there <= 8192);
    CU_ASSERT(early < 100);
}

CU_TestInfo test_places[] = {{"what was put last comes back", last},
                             {"what is too long is not kept", too_long},
                             {"the latest take the place of the earliest", bounded},
                             CU_TEST_INFO_NULL};
