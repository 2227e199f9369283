#include "facts_kept.h"

#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <string.h>

#include "facts_pack.h"
#include "scim/text.h"

#define LIFE apr_time_from_sec(60)

/* How many tenants are stored as recently changed, and for how long their cached facts are not verified but read
 * again. A later tenant replaces an earlier one. */
#define TENANTS  64
#define RESTLESS apr_time_from_msec(500)

typedef struct restless_t {
    apr_uint64_t tenant;
    apr_time_t at;     /* when the change was noticed */
    apr_time_t before; /* facts read before this time are outdated */
} restless_t;

struct scim_facts_kept_t {
    scim_places_t *places;     /* each value: a head_t, the snapshot with its NUL, the facts */
    apr_thread_mutex_t *mutex; /* for the following members */
    restless_t restless[TENANTS];
};

typedef struct head_t {
    unsigned met; /* scim_conn_met() at the time of reading */
} head_t;

/* A cached value. */
typedef struct found_t {
    const char *snapshot; /* NULL: no valid value */
    const char *facts;
    apr_size_t facts_len;
    apr_time_t at;
} found_t;

scim_facts_kept_t *scim_facts_kept_make(apr_pool_t *pool)
{
    scim_facts_kept_t *kept = apr_pcalloc(pool, sizeof(*kept));
    kept->places = scim_places_make(pool);
    if (!kept->places || apr_thread_mutex_create(&kept->mutex, APR_THREAD_MUTEX_DEFAULT, pool) != APR_SUCCESS) {
        return NULL;
    }
    return kept;
}

void scim_kept_key(scim_kept_key_t *key, const scim_facts_kept_t *kept, const scim_conn_t *conn,
                   const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool)
{
    scim_buf_t parts;
    scim_buf_init(&parts, 256, pool);
    const char lists = (char)wish->lists;
    scim_buf_add(&parts, &lists, 1);
    scim_facts_put_part(&parts, scim_conn_database(conn));
    scim_facts_put_identity(&parts, identity);
    for (int i = 0; wish->names && i < wish->names->nelts; i++) {
        scim_facts_put_part(&parts, APR_ARRAY_IDX(wish->names, i, const char *));
    }
    key->place = scim_places_key(kept->places, parts.data, parts.len);
    key->tenant = scim_places_hash(kept->places, identity->tenant, strlen(identity->tenant));
}

static int is_past(apr_time_t at, apr_interval_time_t life)
{
    apr_interval_time_t age = apr_time_now() - at;
    return age < 0 || age > life;
}

static found_t find(const scim_facts_kept_t *kept, const scim_kept_key_t *key, unsigned met, apr_pool_t *pool)
{
    found_t found = {0};
    head_t head;
    apr_size_t len;
    const char *value = scim_places_get(&len, &found.at, kept->places, &key->place, pool);
    if (value) {
        memcpy(&head, value, sizeof(head));
        if (head.met == met && !is_past(found.at, LIFE)) {
            found.snapshot = value + sizeof(head);
            found.facts = found.snapshot + strlen(found.snapshot) + 1;
            found.facts_len = len - (apr_size_t)(found.facts - value);
        }
    }
    return found;
}

static restless_t *restless_of(scim_facts_kept_t *kept, const scim_kept_key_t *key)
{
    return &kept->restless[key->tenant % TENANTS];
}

/* Whether the cached value is outdated, or the tenant changes so often that verifying it is not worth it. */
static int is_restless(scim_facts_kept_t *kept, const scim_kept_key_t *key, apr_time_t at)
{
    apr_thread_mutex_lock(kept->mutex);
    const restless_t *restless = restless_of(kept, key);
    int is = restless->tenant == key->tenant && (!is_past(restless->at, RESTLESS) || at <= restless->before);
    apr_thread_mutex_unlock(kept->mutex);
    return is;
}

scim_facts_t *scim_kept_find(const char **snapshot, scim_facts_kept_t *kept, const scim_kept_key_t *key,
                             const scim_conn_t *conn, apr_pool_t *pool)
{
    const found_t found = find(kept, key, scim_conn_met(conn), pool);
    apr_time_t at;
    *snapshot = found.snapshot;
    return found.snapshot && !is_restless(kept, key, found.at)
               ? scim_facts_unpack(&at, found.facts, found.facts_len, pool)
               : NULL;
}

void scim_kept_changed(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_conn_t *conn, apr_pool_t *pool)
{
    const found_t found = find(kept, key, scim_conn_met(conn), pool);
    apr_thread_mutex_lock(kept->mutex);
    *restless_of(kept, key) = (restless_t){key->tenant, apr_time_now(), found.snapshot ? found.at : 0};
    apr_thread_mutex_unlock(kept->mutex);
}

void scim_kept_put(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_facts_t *facts, const char *snapshot,
                   unsigned met, apr_pool_t *pool)
{
    const head_t head = {met};
    scim_buf_t value;
    scim_buf_init(&value, 512, pool);
    apr_time_t now = apr_time_now();
    scim_buf_add(&value, (const char *)&head, sizeof(head));
    scim_buf_add(&value, snapshot, strlen(snapshot) + 1);
    scim_facts_pack(&value, facts, now);
    scim_places_put(kept->places, &key->place, value.data, value.len, now);
}
