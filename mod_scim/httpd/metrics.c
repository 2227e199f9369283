#include "metrics.h"

#include <apr_strings.h>
#include <string.h>

#include "configuration.h"
#include "metrics_private.h"
#include "shared.h"

#define NOBODY 0
#define OTHERS 1
#define FIRST  2

const apr_uint64_t scim_metrics_ends[SCIM_METRICS_BUCKETS] = {5000,   10000,   25000,   50000,   100000,  250000,
                                                              500000, 1000000, 2500000, 5000000, 10000000};

/* The parent makes it before it starts children. */
static scim_metrics_t *memory;

const scim_metrics_t *scim_metrics_memory(void)
{
    return memory;
}

static apr_status_t make_memory(void *made, const void *tenants)
{
    ((scim_metrics_t *)made)->tenants = *(const apr_uint64_t *)tenants;
    return APR_SUCCESS;
}

apr_status_t scim_metrics_start(server_rec *main_server)
{
    apr_uint64_t tenants = (apr_uint64_t)scim_setting_metrics_tenants(scim_server_config(main_server)) + FIRST;
    const char *name = apr_psprintf(main_server->process->pool, "mod_scim metrics 4 %" APR_UINT64_T_FMT, tenants);
    apr_size_t size = sizeof(scim_metrics_t) + tenants * sizeof(scim_metrics_tenant_t);
    void *found;
    apr_status_t rv = scim_shared_find(&found, name, size, make_memory, &tenants, main_server);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    memory = found;
    return scim_metrics_found_start(main_server, tenants - FIRST);
}

static void add(scim_counter_t *counter, apr_uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void scim_metrics_add(scim_count_e count, apr_uint64_t n)
{
    if (memory && n) {
        add(&memory->counts[count], n);
    }
}

void scim_metrics_kept_house(void)
{
    if (memory) {
        atomic_store_explicit(&memory->house, (apr_uint64_t)apr_time_sec(apr_time_now()), memory_order_relaxed);
        scim_metrics_add(SCIM_COUNT_HOUSEKEEPING, 1);
    }
}

static apr_uint64_t hash(const char *text)
{
    apr_uint64_t sum = APR_UINT64_C(0xcbf29ce484222325);
    for (; *text; text++) {
        sum = (sum ^ (unsigned char)*text) * APR_UINT64_C(0x100000001b3);
    }
    return sum ^ (sum >> 32);
}

/* Whether the slot belongs to the tenant; takes a free slot for it. A slot that another process is naming does not
 * count. */
static int claim(scim_metrics_tenant_t *slot, const char *tenant)
{
    apr_uint64_t state = 0;
    if (atomic_compare_exchange_strong(&slot->state, &state, 1)) {
        apr_cpystrn(slot->name, tenant, sizeof(slot->name));
        atomic_store(&slot->state, 2);
        return 1;
    }
    return state == 2 && strcmp(slot->name, tenant) == 0;
}

static scim_metrics_tenant_t *find_tenant(const char *tenant)
{
    apr_uint64_t room = memory->tenants - FIRST;
    if (!tenant) {
        return &memory->tenant[NOBODY];
    }
    apr_uint64_t at = room ? hash(tenant) % room : 0;
    for (apr_uint64_t tried = 0; tried < room && tried < 16; tried++) {
        scim_metrics_tenant_t *slot = &memory->tenant[FIRST + (at + tried) % room];
        if (claim(slot, tenant)) {
            return slot;
        }
    }
    return &memory->tenant[OTHERS];
}

void scim_metrics_request(const char *tenant, scim_asked_e asked, int status, apr_interval_time_t duration)
{
    int kind = status >= 500 ? 3 : status >= 400 ? 2 : status >= 300 ? 1 : 0;
    apr_uint64_t took = duration > 0 ? (apr_uint64_t)duration : 0;
    int bucket = 0;
    if (!memory) {
        return;
    }
    while (bucket < SCIM_METRICS_BUCKETS && took > scim_metrics_ends[bucket]) {
        bucket++;
    }
    add(&find_tenant(tenant)->requests[asked][kind], 1);
    add(&memory->buckets[asked][bucket], 1);
    add(&memory->duration_us[asked], took);
}
