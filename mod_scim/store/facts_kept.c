#include "facts_kept.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <string.h>

#include "facts_pack.h"
#include "scim/table.h"
#include "scim/text.h"

/* How many, how many of them a hash may be in, and how long the longest is: its key, its snapshot and its facts. */
#define PLACES      8192
#define WAYS        8
#define PLACE_BYTES 1024

#define LIFE apr_time_from_sec(60)

/* Tenants of which it is known that they have just changed, and for how long nothing of them is looked at then. A later
 * one takes the place of an earlier one. */
#define TENANTS  64
#define RESTLESS apr_time_from_msec(500)

typedef struct place_t {
    apr_uint64_t hash;
    apr_time_t at;
    unsigned met; /* scim_conn_met() when it was read */
    apr_size_t key_len, snapshot_len, facts_len;
} place_t;

typedef struct restless_t {
    apr_uint64_t tenant;
    apr_time_t at;     /* when it was found to have changed */
    apr_time_t before; /* what was read until then holds no longer */
} restless_t;

struct scim_facts_kept_t {
    apr_thread_mutex_t *mutex; /* of all that follows but the secret */
    apr_uint64_t secret[2];    /* of the hashes: clients choose the names */
    place_t places[PLACES];
    restless_t restless[TENANTS];
    char *bytes; /* PLACES times PLACE_BYTES */
};

scim_facts_kept_t *scim_facts_kept_make(apr_pool_t *pool)
{
    scim_facts_kept_t *kept = apr_pcalloc(pool, sizeof(*kept));
    if (apr_thread_mutex_create(&kept->mutex, APR_THREAD_MUTEX_DEFAULT, pool) != APR_SUCCESS ||
        apr_generate_random_bytes((unsigned char *)kept->secret, sizeof(kept->secret)) != APR_SUCCESS) {
        return NULL;
    }
    kept->bytes = apr_palloc(pool, (apr_size_t)PLACES * PLACE_BYTES); /* a page is not there before it is written to */
    return kept;
}

void scim_kept_key(scim_kept_key_t *key, const scim_facts_kept_t *kept, const scim_conn_t *conn,
                   const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool)
{
    scim_buf_t parts;
    scim_buf_init(&parts, 256, pool);
    const char lists = (char)wish->lists;
    scim_buf_add(&parts, &lists, 1);
    scim_facts_put_identity(&parts, scim_conn_database(conn), identity);
    for (int i = 0; wish->names && i < wish->names->nelts; i++) {
        scim_facts_put_part(&parts, APR_ARRAY_IDX(wish->names, i, const char *));
    }
    *key = (scim_kept_key_t){.bytes = parts.data,
                             .len = parts.len,
                             .hash = scim_siphash(kept->secret, parts.data, parts.len),
                             .tenant = scim_siphash(kept->secret, identity->tenant, strlen(identity->tenant))};
}

/* --- with the mutex held ------------------------------------------------------------------------------------------ */

static char *bytes_of(scim_facts_kept_t *kept, const place_t *place)
{
    return kept->bytes + (apr_size_t)(place - kept->places) * PLACE_BYTES;
}

static restless_t *restless_of(scim_facts_kept_t *kept, const scim_kept_key_t *key)
{
    return &kept->restless[key->tenant % TENANTS];
}

static int is_past(apr_time_t at, apr_interval_time_t life)
{
    apr_interval_time_t age = apr_time_now() - at;
    return age < 0 || age > life;
}

static int is_of(scim_facts_kept_t *kept, const place_t *place, const scim_kept_key_t *key, unsigned met)
{
    return place->hash == key->hash && place->key_len == key->len && place->met == met && !is_past(place->at, LIFE) &&
           memcmp(bytes_of(kept, place), key->bytes, key->len) == 0;
}

/* NULL: it is not there. */
static place_t *place_of(scim_facts_kept_t *kept, const scim_kept_key_t *key, unsigned met)
{
    place_t *first = &kept->places[key->hash % (PLACES / WAYS) * WAYS];
    for (place_t *place = first; place < first + WAYS; place++) {
        if (is_of(kept, place, key, met)) {
            return place;
        }
    }
    return NULL;
}

/* The one that was written the longest ago. */
static place_t *oldest(scim_facts_kept_t *kept, const scim_kept_key_t *key)
{
    place_t *first = &kept->places[key->hash % (PLACES / WAYS) * WAYS];
    place_t *found = first;
    for (place_t *place = first + 1; place < first + WAYS; place++) {
        found = place->at < found->at ? place : found;
    }
    return found;
}

/* --- what others call --------------------------------------------------------------------------------------------- */

scim_facts_t *scim_kept_find(const char **snapshot, scim_facts_kept_t *kept, const scim_kept_key_t *key,
                             const scim_conn_t *conn, apr_pool_t *pool)
{
    const char *facts = NULL;
    apr_size_t len = 0;
    apr_thread_mutex_lock(kept->mutex);
    const restless_t *restless = restless_of(kept, key);
    const place_t *place = place_of(kept, key, scim_conn_met(conn));
    if (place &&
        (restless->tenant != key->tenant || (is_past(restless->at, RESTLESS) && place->at > restless->before))) {
        const char *bytes = bytes_of(kept, place) + place->key_len;
        *snapshot = apr_pstrmemdup(pool, bytes, place->snapshot_len);
        facts = apr_pmemdup(pool, bytes + place->snapshot_len, place->facts_len);
        len = place->facts_len;
    }
    apr_thread_mutex_unlock(kept->mutex);
    apr_time_t at;
    return facts ? scim_facts_unpack(&at, facts, len, pool) : NULL;
}

void scim_kept_changed(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_conn_t *conn)
{
    apr_thread_mutex_lock(kept->mutex);
    const place_t *place = place_of(kept, key, scim_conn_met(conn));
    *restless_of(kept, key) = (restless_t){key->tenant, apr_time_now(), place ? place->at : 0};
    apr_thread_mutex_unlock(kept->mutex);
}

void scim_kept_put(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_facts_t *facts, const char *snapshot,
                   unsigned met, apr_pool_t *pool)
{
    scim_buf_t packed;
    scim_buf_init(&packed, 512, pool);
    apr_time_t now = apr_time_now();
    scim_facts_pack(&packed, facts, now);
    apr_size_t snapshot_len = strlen(snapshot);
    if (key->len + snapshot_len + packed.len > PLACE_BYTES) {
        return;
    }
    apr_thread_mutex_lock(kept->mutex);
    place_t *place = place_of(kept, key, met);
    place = place ? place : oldest(kept, key);
    char *bytes = bytes_of(kept, place);
    *place = (place_t){key->hash, now, met, key->len, snapshot_len, packed.len};
    memcpy(bytes, key->bytes, key->len);
    memcpy(bytes + key->len, snapshot, snapshot_len);
    memcpy(bytes + key->len + snapshot_len, packed.data, packed.len);
    apr_thread_mutex_unlock(kept->mutex);
}
