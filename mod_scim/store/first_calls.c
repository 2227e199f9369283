#include "first_calls.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <curl/curl.h>
#include <string.h>

#include "scim/json.h"
#include "scim/text.h"

#define CONNECT_SECONDS 5L
#define CALL_SECONDS    15L
#define BODY_MAX        (64 * 1024)
#define DETAIL_DEPTH    8
#define SEEK_HTTPS      "Give the identity provider a base URL with https; it accepts no other."

typedef struct first_call_t {
    const char *step;
    const char *path;
    int with_token;
    long status;
    const char *expected;
} first_call_t;

static const first_call_t calls[] = {
    {"discovery", "/ServiceProviderConfig", 0, 200,
     "200: the endpoint is reached, by TLS that identity providers accept"},
    {"stranger", "/Users?count=1", 0, 401, "401: a request without a token is refused"},
    {"users", "/Users?filter=userName%20eq%20%22test-connection%22", 1, 200, "200: the token may search for a user"},
    {"groups", "/Groups?count=1&excludedAttributes=members", 1, 200, "200: and for groups"},
};

/* What to do if there was no answer, by the error. */
static const struct {
    CURLcode code;
    const char *fix;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "Correct the host of the base URL (ScimBaseURL), or its name in the DNS."},
    {CURLE_COULDNT_CONNECT, "Start httpd at this port, or let the firewall pass it."},
    {CURLE_OPERATION_TIMEDOUT, "Check whether a firewall drops the connection, and whether httpd has free workers."},
    {CURLE_PEER_FAILED_VERIFICATION, "Get a certificate from a public authority for this name, and add the "
                                     "intermediate certificates to SSLCertificateFile."},
    {CURLE_SSL_CONNECT_ERROR,
     "Switch TLS 1.2 or later on in the virtual host of this name and port (SSLEngine, SSLProtocol)."},
    {CURLE_OK, "See the error log of httpd, or of the proxy in front of it."},
};

/* What to do after an unexpected status; the last row is for all others. */
static const struct {
    long from, to;
    const char *fix;
} statuses[] = {
    {200, 299, "Something other than mod_scim answers here: make sure that SetHandler scim applies to this path."},
    {300, 399,
     "Use the address that it redirects to as the base URL (ScimBaseURL); identity providers follow no redirect."},
    {401, 401,
     "Copy the whole token again, and check that it belongs to this tenant and is neither revoked nor expired."},
    {403, 403,
     "Do what the answer says: switch provisioning on, or allow the token to be used from there and for this."},
    {404, 404, "Correct the path of the base URL (ScimBaseURL): the path of the Location, and the tenant's name."},
    {429, 429, "Wait a moment, or raise the token's rate."},
    {0, 999, "See the error log of httpd, or of the proxy in front of it."},
};

typedef struct answer_t {
    CURLcode code;
    long status;
    scim_buf_t body;
    char problem[CURL_ERROR_SIZE];
} answer_t;

static size_t take(char *bytes, size_t size, size_t count, void *data)
{
    answer_t *answer = data;
    apr_size_t room = BODY_MAX - answer->body.len;
    scim_buf_add(&answer->body, bytes, size * count < room ? size * count : room);
    return size * count;
}

/* Makes one request, and follows no redirect. */
static void ask(answer_t *answer, const char *url, const char *token, apr_pool_t *pool)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/scim+json");
    scim_buf_init(&answer->body, 512, pool);
    answer->code = CURLE_FAILED_INIT;
    if (token) {
        headers = curl_slist_append(headers, apr_pstrcat(pool, "Authorization: Bearer ", token, NULL));
    }
    if (curl && headers) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, CALL_SECONDS);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "mod_scim connection test");
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, answer->problem);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
        answer->code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}

static const char *fix_of_failure(CURLcode code)
{
    size_t i = 0;
    while (failures[i].code != code && failures[i].code != CURLE_OK) {
        i++;
    }
    return failures[i].fix;
}

static const char *fix_of_status(long status)
{
    size_t i = 0;
    while (status < statuses[i].from || status > statuses[i].to) {
        i++;
    }
    return statuses[i].fix;
}

/* The detail of a SCIM error; "": the body is not one. */
static const char *detail(const answer_t *answer, apr_pool_t *pool)
{
    json_object *body;
    json_object *text;
    if (answer->status < 400 || scim_json_read(&body, answer->body.data, answer->body.len, DETAIL_DEPTH, pool) ||
        !json_object_object_get_ex(body, "detail", &text)) {
        return "";
    }
    return apr_pstrcat(pool, ": ", json_object_get_string(text), NULL);
}

static const char *found(const answer_t *answer, apr_pool_t *pool)
{
    if (answer->code != CURLE_OK) {
        return *answer->problem ? apr_pstrdup(pool, answer->problem) : curl_easy_strerror(answer->code);
    }
    return apr_psprintf(pool, "%ld%s", answer->status, detail(answer, pool));
}

static void put_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, text ? json_object_new_string(text) : NULL);
}

static json_object *new_step(const first_call_t *call, const char *url)
{
    json_object *step = json_object_new_object();
    put_text(step, "step", call->step);
    put_text(step, "request", url);
    put_text(step, "expected", call->expected);
    return step;
}

static json_object *scheme_step(const char *base_url, int https)
{
    static const first_call_t scheme = {"https", "", 0, 0, "a base URL with https"};
    json_object *step = new_step(&scheme, base_url);
    put_text(step, "found", https ? "https" : "http");
    json_object_object_add(step, "ok", json_object_new_boolean(https));
    put_text(step, "fix", https ? NULL : SEEK_HTTPS);
    return step;
}

/* Returns 1: it passed, 0: it failed, -1: it was not tried. */
static int try_call(json_object *step, const first_call_t *call, const char *url, const char *token, apr_pool_t *pool)
{
    answer_t answer = {.code = CURLE_OK};
    if (call->with_token && !token) {
        put_text(step, "found", "not tried, because no token was given");
        json_object_object_add(step, "ok", NULL);
        put_text(step, "fix", "Give the token of this tenant that the identity provider uses.");
        return -1;
    }
    ask(&answer, url, call->with_token ? token : NULL, pool);
    int ok = answer.code == CURLE_OK && answer.status == call->status;
    put_text(step, "found", found(&answer, pool));
    json_object_object_add(step, "ok", json_object_new_boolean(ok));
    put_text(step, "fix",
             ok                        ? NULL
             : answer.code != CURLE_OK ? fix_of_failure(answer.code)
                                       : fix_of_status(answer.status));
    return ok;
}

static const char *without_slash(const char *url, apr_pool_t *pool)
{
    apr_size_t len = strlen(url);
    while (len > 0 && url[len - 1] == '/') {
        len--;
    }
    return apr_pstrmemdup(pool, url, len);
}

int scim_is_first_call(const char *path)
{
    const char *end = path + 1;
    if (*path != '/' || !apr_isalpha(*end)) {
        return 0;
    }
    while (apr_isalpha(*end)) {
        end++;
    }
    for (const char *at = *end == '?' ? end : ""; *at; at++, end++) {
        if (!apr_isgraph(*at) || *at == '#') {
            return 0;
        }
    }
    return !*end;
}

/* Makes one call, and adds its step to the others. Returns what try_call does. */
static int add_step(json_object *steps, const first_call_t *call, const char *base, const char *token, apr_pool_t *pool)
{
    const char *url = apr_pstrcat(pool, base, call->path, NULL);
    json_object *step = new_step(call, url);
    int result = try_call(step, call, url, token, pool);
    json_object_array_add(steps, step);
    return result;
}

int scim_first_calls(json_object **steps, const char *base_url, const char *token, json_object *own, apr_pool_t *pool)
{
    const char *base = without_slash(base_url, pool);
    int https = strncmp(base, "https://", 8) == 0;
    int passed = https;
    *steps = scim_json_own(json_object_new_array(), pool);
    json_object_array_add(*steps, scheme_step(base, https));
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        int result = add_step(*steps, &calls[i], base, token, pool);
        passed = passed && result != 0;
        if (i == 0 && result == 0) {
            return 0; /* if this fails, the other calls fail too */
        }
    }
    for (size_t i = 0; own && i < json_object_array_length(own); i++) {
        const char *path = json_object_get_string(json_object_array_get_idx(own, i));
        const first_call_t call = {"call", path, 1, 200, "200: the identity provider's own first request"};
        passed = add_step(*steps, &call, base, token, pool) != 0 && passed;
    }
    return passed;
}
