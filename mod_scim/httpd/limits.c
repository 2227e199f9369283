#include "limits.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "shared.h"
#include "slots.h"

/* The name of the shared memory. A version of the module with another layout uses another name. */
#define MEMORY "mod_scim limits 1"

#define TOKEN_SETS   8192 /* of 8 slots in 256 bytes: 65536 tokens in 2 MiB */
#define ADDRESS_SETS 8192

/* The precision of a token's last use in nanoseconds, so that not each request writes it. */
#define SEEN_STEP APR_UINT64_C(1000000000)

/* How many refusals of unknown clients get an activity entry: from one address, and from all. */
#define STRANGER_NUMBER  30
#define STRANGER_SECONDS 60
#define STRANGER_BURST   100
#define STRANGERS_NUMBER 20
#define STRANGERS_BURST  200

const char scim_limits_flood[] = "ScimFailureLimit";
static const char rate_cause[] = "the token's --rate";

struct scim_limits_t {
    apr_uint64_t salt; /* so that nobody outside knows which addresses share a set */
    scim_slots_t tokens, addresses;
};

typedef struct memory_t {
    scim_set_t tokens[TOKEN_SETS];
    scim_set_t addresses[ADDRESS_SETS];
    apr_uint64_t salt;
} memory_t;

static apr_status_t make_memory(void *made, const void *data)
{
    memory_t *memory = made;

    (void)data;
    return apr_generate_random_bytes((unsigned char *)&memory->salt, sizeof(memory->salt));
}

apr_status_t scim_limits_start(server_rec *main_server)
{
    scim_runtime_t *runtime = scim_server_config(main_server)->runtime;
    void *found;
    memory_t *memory;
    scim_limits_t *limits;
    apr_status_t rv;

    if (!runtime)
        return APR_SUCCESS;
    rv = scim_shared_find(&found, MEMORY, sizeof(*memory), make_memory, NULL, main_server);
    if (rv != APR_SUCCESS)
        return rv;
    memory = found;
    limits = apr_pcalloc(main_server->process->pconf, sizeof(*limits));
    limits->salt = memory->salt;
    limits->tokens = (scim_slots_t){memory->tokens, TOKEN_SETS};
    limits->addresses = (scim_slots_t){memory->addresses, ADDRESS_SETS};
    runtime->limits = limits;
    return APR_SUCCESS;
}

static const scim_limits_t *limits_of(const scim_request_t *request)
{
    return scim_server_config(request->r->server)->runtime->limits;
}

/* The machine's clock, which is the same in all processes. */
static apr_uint64_t clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (apr_uint64_t)now.tv_sec * APR_UINT64_C(1000000000) + (apr_uint64_t)now.tv_nsec;
}

/* Spreads the bits (the finalizer of MurmurHash3). */
static apr_uint64_t mix(apr_uint64_t x)
{
    x = (x ^ (x >> 33)) * APR_UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ (x >> 33)) * APR_UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ (x >> 33);
}

static apr_uint64_t word_at(const unsigned char *bytes)
{
    apr_uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    return word;
}

/* The key includes the tenant of the URL, so a token that is refused at another tenant's URL does not change the slot
 * of its own tenant. */
static apr_uint64_t token_key(const scim_limits_t *limits, const scim_request_t *request)
{
    apr_uint64_t key = limits->salt;

    for (const char *c = request->tenant; *c; c++)
        key = (key ^ (unsigned char)*c) * APR_UINT64_C(0x100000001b3);
    return mix(mix(key) ^ word_at(request->token.digest));
}

/* A token and its access tokens share one rate. The rate is checked only after the client has proved that it has one
 * of them. */
static apr_uint64_t rate_key(const scim_limits_t *limits, const scim_request_t *request)
{
    apr_uint64_t key = limits->salt;

    for (const char *c = request->tenant; *c; c++)
        key = (key ^ (unsigned char)*c) * APR_UINT64_C(0x100000001b3);
    for (const char *c = request->token.key_id; *c; c++)
        key = (key ^ (unsigned char)*c) * APR_UINT64_C(0x100000001b3);
    return mix(mix(key) + 10);
}

static apr_uint64_t count_rate(const scim_limits_t *limits, const scim_request_t *request, const scim_rate_t *rate)
{
    apr_uint64_t now = clock_now();
    int made;
    scim_slot_t *slot = scim_slots_take(&limits->tokens, rate_key(limits, request), 0, now, &made);

    return slot ? scim_slot_arrive(slot, rate, now) : 0;
}

/* The key includes the rate, so Locations with different limits count separately. 0: the client has no address. */
static apr_uint64_t address_key(const scim_limits_t *limits, const request_rec *r, const scim_rate_t *rate)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const apr_sockaddr_t *from = r->useragent_addr;
    apr_uint64_t seed = mix(limits->salt ^ rate->interval ^ (rate->burst << 48));
    const unsigned char *bytes;

    if (!from || (from->family != APR_INET && from->family != APR_INET6))
        return 0;
    bytes = from->ipaddr_ptr;
    if (from->family == APR_INET6 && memcmp(bytes, mapped, sizeof(mapped)) != 0)
        return mix(mix(seed ^ word_at(bytes)) + 6);
    bytes += from->family == APR_INET6 ? sizeof(mapped) : 0;
    return mix(mix(seed ^ ((apr_uint64_t)bytes[0] << 24 | (apr_uint64_t)bytes[1] << 16 | (apr_uint64_t)bytes[2] << 8 |
                           bytes[3])) +
               4);
}

static scim_rate_t failure_rate(const scim_request_t *request)
{
    int number = scim_setting_failure_limit(request->config);

    return scim_rate_make(number, scim_setting_failure_period(request->config), number);
}

static int arrives(const scim_limits_t *limits, apr_uint64_t key, const scim_rate_t *rate)
{
    apr_uint64_t now = clock_now();
    int made;
    scim_slot_t *slot = key ? scim_slots_take(&limits->addresses, mix(key + 20), 0, now, &made) : NULL;

    return slot && !scim_slot_arrive(slot, rate, now);
}

int scim_limits_stranger(const scim_request_t *request)
{
    const scim_limits_t *limits = limits_of(request);
    const scim_rate_t one = scim_rate_make(STRANGER_NUMBER, STRANGER_SECONDS, STRANGER_BURST);
    const scim_rate_t all = scim_rate_make(STRANGERS_NUMBER, 1, STRANGERS_BURST);

    return arrives(limits, address_key(limits, request->r, &one), &one) &&
           arrives(limits, mix(limits->salt ^ all.burst), &all);
}

/* A token's rate and burst as one number, for its slot. */
static apr_uint64_t pack(int rate, int burst)
{
    return rate > 0 ? (apr_uint64_t)rate << 32 | (apr_uint64_t)(burst > 0 ? burst : 1) : 0;
}

static scim_error_t *too_many(apr_pool_t *pool, int seconds, const char *why, const char *cause)
{
    scim_error_t *error = scim_error_status(pool, HTTP_TOO_MANY_REQUESTS, "%s Try again in %d second%s.", why, seconds,
                                            seconds == 1 ? "" : "s");

    error->cause = cause;
    error->retry_after = seconds;
    return error;
}

static scim_error_t *admit_token(const scim_limits_t *limits, const scim_slot_t *slot, const scim_request_t *request)
{
    apr_uint64_t note = atomic_load_explicit(&slot->note, memory_order_relaxed);
    int number = (int)(note >> 32);
    int burst = (int)(note & 0xffffffff);
    scim_rate_t rate = scim_rate_make(number, 1, burst);
    apr_uint64_t wait = note ? count_rate(limits, request, &rate) : 0;
    apr_pool_t *pool = request->r->pool;

    if (!wait)
        return NULL;
    return too_many(pool, scim_rate_seconds(wait),
                    apr_psprintf(pool, "This token may make %d request%s a second, and %d at once.", number,
                                 number == 1 ? "" : "s", burst),
                    rate_cause);
}

static void count_failure(const scim_limits_t *limits, const scim_request_t *request)
{
    scim_rate_t rate = failure_rate(request);
    apr_uint64_t key = rate.interval ? address_key(limits, request->r, &rate) : 0;
    apr_uint64_t now;
    scim_slot_t *slot;
    int made;

    if (!key)
        return;
    now = clock_now();
    slot = scim_slots_take(&limits->addresses, key, 0, now, &made);
    if (slot)
        scim_slot_arrive(slot, &rate, now);
}

static scim_error_t *admit_address(const scim_limits_t *limits, const scim_request_t *request)
{
    scim_rate_t rate = failure_rate(request);
    apr_uint64_t key = rate.interval ? address_key(limits, request->r, &rate) : 0;
    scim_slot_t *slot = key ? scim_slots_find(&limits->addresses, key) : NULL;
    apr_uint64_t wait;

    if (!slot)
        return NULL;
    wait = scim_rate_wait(&rate, atomic_load_explicit(&slot->due, memory_order_relaxed), clock_now());
    if (!wait)
        return NULL;
    return too_many(request->r->pool, scim_rate_seconds(wait),
                    "Too many requests with a wrong bearer token came from this address.", scim_limits_flood);
}

scim_error_t *scim_limits_admit(const scim_request_t *request, scim_error_t *unreadable)
{
    const scim_limits_t *limits = limits_of(request);
    scim_slot_t *slot;
    scim_error_t *error;

    if (!request->token_presented)
        return unreadable;
    slot = unreadable ? NULL : scim_slots_find(&limits->tokens, token_key(limits, request));
    if (slot)
        return admit_token(limits, slot, request);
    error = admit_address(limits, request);
    if (error)
        return error;
    if (unreadable)
        count_failure(limits, request);
    return unreadable;
}

static void learn_token(const scim_limits_t *limits, const scim_request_t *request, apr_uint64_t note)
{
    apr_uint64_t now = clock_now();
    int made;
    scim_slot_t *slot = scim_slots_take(&limits->tokens, token_key(limits, request), note, now, &made);
    scim_rate_t rate = scim_rate_make((int)(note >> 32), 1, (int)(note & 0xffffffff));

    if (!slot)
        return;
    if (made && note)
        count_rate(limits, request, &rate);
    if (atomic_load_explicit(&slot->note, memory_order_relaxed) != note)
        atomic_store_explicit(&slot->note, note, memory_order_relaxed);
    if (now - atomic_load_explicit(&slot->seen, memory_order_relaxed) > SEEN_STEP)
        atomic_store_explicit(&slot->seen, now, memory_order_relaxed);
}

void scim_limits_learn(const scim_request_t *request, const scim_session_t *session, const scim_error_t *error)
{
    const scim_limits_t *limits = limits_of(request);

    if (error && error->status == HTTP_UNAUTHORIZED) {
        scim_slots_drop(&limits->tokens, token_key(limits, request));
        count_failure(limits, request);
    } else if (session->told.token_name) {
        learn_token(limits, request, pack(session->told.rate, session->told.burst));
    }
}

scim_count_e scim_limits_count(const scim_error_t *error)
{
    if (error->cause == rate_cause)
        return SCIM_COUNT_LIMIT_TOKEN;
    if (error->cause == scim_limits_flood)
        return SCIM_COUNT_LIMIT_ADDRESS;
    return error->cause && strcmp(error->cause, "ScimTenantShare") == 0 ? SCIM_COUNT_LIMIT_SHARE
                                                                        : SCIM_COUNT_LIMIT_GUARD;
}
