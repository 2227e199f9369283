#include "places.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <string.h>

#include "scim/table.h"

/* The number of places, in how many of them a key may be, and the maximum length of a key with its value. */
#define PLACES      8192
#define WAYS        8
#define PLACE_BYTES 1024

typedef struct place_t {
    apr_uint64_t hash;
    apr_time_t at;
    apr_size_t key_len, value_len;
} place_t;

struct scim_places_t {
    apr_thread_mutex_t *mutex; /* for the places and their bytes */
    apr_uint64_t secret[2];
    place_t places[PLACES];
    char *bytes; /* PLACES times PLACE_BYTES */
};

scim_places_t *scim_places_make(apr_pool_t *pool)
{
    scim_places_t *places = apr_pcalloc(pool, sizeof(*places));
    if (apr_thread_mutex_create(&places->mutex, APR_THREAD_MUTEX_DEFAULT, pool) != APR_SUCCESS ||
        apr_generate_random_bytes((unsigned char *)places->secret, sizeof(places->secret)) != APR_SUCCESS) {
        return NULL;
    }
    places->bytes =
        apr_palloc(pool, (apr_size_t)PLACES * PLACE_BYTES); /* memory pages that were never written take no memory */
    return places;
}

apr_uint64_t scim_places_hash(const scim_places_t *places, const char *bytes, apr_size_t len)
{
    return scim_siphash(places->secret, bytes, len);
}

scim_places_key_t scim_places_key(const scim_places_t *places, const char *bytes, apr_size_t len)
{
    return (scim_places_key_t){bytes, len, scim_places_hash(places, bytes, len)};
}

/* --- internal; the caller holds the mutex --------------------------------------------------------------------------*/

static char *bytes_of(const scim_places_t *places, const place_t *place)
{
    return places->bytes + (apr_size_t)(place - places->places) * PLACE_BYTES;
}

static int is_of(const scim_places_t *places, const place_t *place, const scim_places_key_t *key)
{
    return place->hash == key->hash && place->key_len == key->len &&
           memcmp(bytes_of(places, place), key->bytes, key->len) == 0;
}

/* The place of the key; if it has none, the place that was written longest ago, for the key to use. */
static size_t place_of(int *found, const scim_places_t *places, const scim_places_key_t *key)
{
    size_t first = key->hash % (PLACES / WAYS) * WAYS;
    size_t oldest = first;
    for (size_t i = first; i < first + WAYS; i++) {
        if (is_of(places, &places->places[i], key)) {
            *found = 1;
            return i;
        }
        oldest = places->places[i].at < places->places[oldest].at ? i : oldest;
    }
    *found = 0;
    return oldest;
}

/* --- public functions ----------------------------------------------------------------------------------------------*/

const char *scim_places_get(apr_size_t *len, apr_time_t *at, const scim_places_t *places, const scim_places_key_t *key,
                            apr_pool_t *pool)
{
    const char *value = NULL;
    int found;
    apr_thread_mutex_lock(places->mutex);
    const place_t *place = &places->places[place_of(&found, places, key)];
    if (found) {
        value = apr_pmemdup(pool, bytes_of(places, place) + place->key_len, place->value_len);
        *len = place->value_len;
        *at = place->at;
    }
    apr_thread_mutex_unlock(places->mutex);
    return value;
}

void scim_places_put(scim_places_t *places, const scim_places_key_t *key, const char *value, apr_size_t len,
                     apr_time_t at)
{
    int found;
    if (key->len + len > PLACE_BYTES) {
        return;
    }
    apr_thread_mutex_lock(places->mutex);
    place_t *place = &places->places[place_of(&found, places, key)];
    char *bytes = bytes_of(places, place);
    *place = (place_t){key->hash, at, key->len, len};
    memcpy(bytes, key->bytes, key->len);
    memcpy(bytes + key->len, value, len);
    apr_thread_mutex_unlock(places->mutex);
}
