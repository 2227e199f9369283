#include "mask.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "mask_text.h"
#include "query.h"
#include "text.h"

#define JSON_DEPTH 128 /* of JSON in a string; a deeper text is masked as a whole */

/* ---- texts ---- */

/* Adds `raw` with the spans masked. Character i of the decoded text is at raw[at[i]]; NULL: at raw[i]. */
static void put_without(scim_buf_t *out, const char *raw, apr_size_t len, const apr_size_t *at,
                        const apr_array_header_t *spans)
{
    apr_size_t done = 0;
    for (int i = 0; i < spans->nelts; i++) {
        const scim_mask_span_t *span = &APR_ARRAY_IDX(spans, i, scim_mask_span_t);
        apr_size_t from = at ? at[span->from] : span->from;
        scim_buf_add(out, raw + done, from - done);
        scim_buf_puts(out, SCIM_MASKED);
        done = at ? at[span->to] : span->to;
    }
    scim_buf_add(out, raw + done, len - done);
}

/* Masks a filter or a path. Returns the text itself if it has nothing to mask. */
static const char *mask_expression(const char *text, scim_mask_kind_e kind, const scim_mask_t *mask, apr_pool_t *pool)
{
    const apr_array_header_t *spans = scim_mask_spans(text, kind, mask, pool);
    if (!spans->nelts) {
        return text;
    }
    scim_buf_t out;
    scim_buf_init(&out, strlen(text) + 16, pool);
    put_without(&out, text, strlen(text), NULL, spans);
    return out.data;
}

/* ---- URLs ---- */

static int is_number(const char *text)
{
    text += *text == '-';
    return *text && !text[strspn(text, "0123456789")];
}

static int is_one_name(const char *text)
{
    return !*text || scim_mask_is_name(text, strlen(text));
}

static int is_names(const char *text)
{
    apr_size_t len = strlen(text);
    for (apr_size_t i = 0; i < len; i++) {
        if (!scim_mask_is_name(text + i, 1) && text[i] != ',' && text[i] != ' ') {
            return 0;
        }
    }
    return 1;
}

/* The parameters of RFC 7644 and RFC 9865, with a test whether the value is no secret. A cursor contains the value by
 * which a list is sorted. */
static const struct {
    const char *name;
    int (*harmless)(const char *value);
} parameters[] = {
    {"filter", NULL},        {"attributes", is_names},   {"excludedAttributes", is_names},
    {"sortBy", is_one_name}, {"sortOrder", is_one_name}, {"startIndex", is_number},
    {"count", is_number},    {"cursor", NULL},
};

enum { FILTER = 0, UNKNOWN = sizeof(parameters) / sizeof(parameters[0]) };

static apr_size_t find_parameter(const char *name)
{
    apr_size_t i = 0;
    while (i < UNKNOWN && strcasecmp(parameters[i].name, name) != 0) {
        i++;
    }
    return i;
}

/* The positions in `raw` of the characters of the percent-decoded text, and its end. */
static apr_size_t *places(const char *raw, apr_size_t len, apr_pool_t *pool)
{
    apr_size_t *at = apr_palloc(pool, (len + 1) * sizeof(*at));
    apr_size_t n = 0, i = 0;
    for (; i < len; i += raw[i] == '%' ? 3 : 1) {
        at[n++] = i;
    }
    at[n] = len;
    return at;
}

/* Percent-decodes a text; NULL: it is malformed. */
static const char *plain(const char *raw, apr_size_t len, int plus, apr_pool_t *pool)
{
    apr_size_t decoded;
    const char *text = scim_query_decode(raw, len, plus, &decoded, pool);
    return text && strlen(text) == decoded ? text : NULL;
}

static int shows(apr_size_t parameter, const char *value, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (!*value) {
        return 1;
    }
    if (parameter == UNKNOWN) {
        return 0;
    }
    if (!scim_mask_strict(mask) && !scim_mask_mentions(value, mask, pool)) {
        return 1;
    }
    return parameters[parameter].harmless && parameters[parameter].harmless(value);
}

static void put_parameter(scim_buf_t *out, const char *raw, apr_size_t len, int plus, const scim_mask_t *mask,
                          apr_pool_t *pool)
{
    const char *equals = memchr(raw, '=', len);
    apr_size_t name_len = equals ? (apr_size_t)(equals - raw) : len;
    const char *name = plain(raw, name_len, plus, pool);
    if (name && scim_mask_is_name(name, strlen(name))) {
        scim_buf_add(out, raw, name_len);
    } else if (name_len) {
        scim_buf_puts(out, SCIM_MASKED);
    }
    if (!equals) {
        return;
    }
    apr_size_t parameter = name ? find_parameter(name) : UNKNOWN;
    const char *value = plain(equals + 1, len - name_len - 1, plus, pool);
    scim_buf_puts(out, "=");
    if (value && parameter == FILTER) {
        put_without(out, equals + 1, len - name_len - 1, places(equals + 1, len - name_len - 1, pool),
                    scim_mask_spans(value, SCIM_MASK_FILTER, mask, pool));
    } else if (value && shows(parameter, value, mask, pool)) {
        scim_buf_add(out, equals + 1, len - name_len - 1);
    } else {
        scim_buf_puts(out, SCIM_MASKED);
    }
}

static void put_query(scim_buf_t *out, const char *query, apr_size_t len, const scim_mask_t *mask, apr_pool_t *pool)
{
    const int plus = scim_query_has_plus(query, len);
    for (const char *end = query + len;;) {
        const char *next = memchr(query, '&', (apr_size_t)(end - query));
        put_parameter(out, query, (apr_size_t)((next ? next : end) - query), plus, mask, pool);
        if (!next) {
            return;
        }
        scim_buf_puts(out, "&");
        query = next + 1;
    }
}

/* Whether a segment of a URL is no secret: an endpoint's name, an id, a bulkId reference, a token (whose secret the
 * caller hides), or empty. */
static int is_segment(const char *text, int first)
{
    static const char *const known[] = {"bulkId:", "scim_"};
    char id[SCIM_ID_SIZE];
    const char *word = *text == '.' ? text + 1 : text;
    if (!*text || scim_id_read(id, text)) {
        return 1;
    }
    for (apr_size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strncmp(text, known[i], strlen(known[i])) == 0) {
            return scim_mask_is_name(text, strlen(text));
        }
    }
    return (first || *text == '.') && *word &&
           !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

static void put_path(scim_buf_t *out, const char *path, apr_size_t len, const scim_mask_t *mask, apr_pool_t *pool)
{
    const char *end = path + len;
    for (int first = 1; path < end;) {
        const char *slash = memchr(path, '/', (apr_size_t)(end - path));
        apr_size_t length = (apr_size_t)((slash ? slash : end) - path);
        const char *text = plain(path, length, 1, pool);
        if (text && (is_segment(text, first) || (!scim_mask_strict(mask) && !scim_mask_mentions(text, mask, pool)))) {
            scim_buf_add(out, path, length);
        } else {
            scim_buf_puts(out, SCIM_MASKED);
        }
        first &= length == 0;
        scim_buf_add(out, "/", slash ? 1 : 0);
        path += length + (slash ? 1 : 0);
    }
}

const char *scim_mask_url(const char *url, apr_size_t skip, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (!url || (!scim_mask_strict(mask) && !strpbrk(url, "?#") && !scim_mask_mentions(url, mask, pool))) {
        return url;
    }
    apr_size_t whole = strcspn(url, "#");
    apr_size_t path = strcspn(url, "?#");
    scim_buf_t out;
    skip = skip < path ? skip : path;
    scim_buf_init(&out, strlen(url) + 16, pool);
    scim_buf_add(&out, url, skip);
    put_path(&out, url + skip, path - skip, mask, pool);
    if (url[path] == '?') {
        scim_buf_puts(&out, "?");
        put_query(&out, url + path + 1, whole - path - 1, mask, pool);
    }
    if (url[whole]) {
        scim_buf_puts(&out, "#" SCIM_MASKED);
    }
    return strcmp(out.data, url) == 0 ? url : out.data;
}

/* ---- details ---- */

/* Words in details that refer to an attribute's value without the attribute's name. */
static const struct {
    const char *word, *attribute;
} concepts[] = {{"user", "userName"},     {"user", "displayName"},   {"e-mail", "emails"},
                {"group", "displayName"}, {"member", "displayName"}, {"role", "roles"}};

/* After these texts the rest of a detail is a value without quotes. */
static const struct {
    const char *text, *attribute;
} tails[] = {{"Role not found: ", "roles"}, {"Entitlement not found: ", "entitlements"}};

static int has_word(const char *text, const char *word)
{
    apr_size_t len = strlen(word);
    for (const char *at = text; *at; at++) {
        if (strncasecmp(at, word, len) == 0 && !apr_isalpha(at[len]) && (at == text || !apr_isalpha(at[-1]))) {
            return 1;
        }
    }
    return 0;
}

static int about_masked(const char *text, const scim_mask_t *mask)
{
    for (apr_size_t i = 0; i < sizeof(concepts) / sizeof(concepts[0]); i++) {
        if (scim_mask_hides(mask, concepts[i].attribute) && has_word(text, concepts[i].word)) {
            return 1;
        }
    }
    return 0;
}

static int is_readable(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    return scim_mask_readable(text, SCIM_MASK_PATH, mask, pool) ||
           scim_mask_readable(text, SCIM_MASK_FILTER, mask, pool);
}

/* Whether the text between a detail's first and last quotes is a name, a path, a filter, or several names. */
static int quotes_names(const char *quoted, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (is_readable(quoted, mask, pool)) {
        return 1;
    }
    for (int inside = 1;; inside = !inside) {
        apr_size_t len = strcspn(quoted, "\"");
        if (inside && !scim_mask_is_name(quoted, len)) {
            return 0;
        }
        if (!quoted[len]) {
            return inside;
        }
        quoted += len + 1;
    }
}

/* Whether the quoted text was cut short, and may have lost an attribute's name. */
static int is_cut(const char *quoted)
{
    apr_size_t len = strlen(quoted);
    while (len && quoted[len - 1] == '.') {
        len--;
    }
    return quoted[len] && !scim_mask_is_name(quoted, len);
}

/* Whether a detail quotes only a role's name, which does not show who has the role. */
static int quotes_role(const char *text)
{
    const char *quote = strchr(text, '"');
    return quote - text >= 5 && strncasecmp(quote - 5, "role ", 5) == 0 && strrchr(text, '"') == strchr(quote + 1, '"');
}

static int hides(const char *text, const char *quoted, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (scim_mask_mentions(text, mask, pool) || is_cut(quoted)) {
        return 1;
    }
    if (!mask->names || !*mask->names) {
        return 0;
    }
    if (quotes_role(text) && !scim_mask_hides(mask, "roles")) {
        return !quotes_names(quoted, mask, pool);
    }
    return about_masked(text, mask) || !quotes_names(quoted, mask, pool) || scim_mask_strange(quoted, mask);
}

static const char *mask_tail(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        const char *at = strstr(text, tails[i].text);
        if (at && (scim_mask_hides(mask, tails[i].attribute) || scim_mask_is_address(at, mask))) {
            return apr_psprintf(pool, "%.*s%s" SCIM_MASKED, (int)(at - text), text, tails[i].text);
        }
    }
    return text;
}

const char *scim_mask_detail(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (!text) {
        return NULL;
    }
    text = mask_tail(text, mask, pool);
    const char *first = strchr(text, '"');
    if (!first) {
        return text;
    }
    const char *last = strrchr(text, '"');
    const char *quoted = last > first ? apr_pstrmemdup(pool, first + 1, (apr_size_t)(last - first - 1)) : first + 1;
    char id[SCIM_ID_SIZE];
    if (scim_id_read(id, quoted) || !hides(text, quoted, mask, pool)) {
        return text;
    }
    return apr_psprintf(pool, "%.*s" SCIM_MASKED "%s", (int)(first + 1 - text), text, last > first ? last : "");
}

/* Removes a name from a list of names. */
static const char *without_name(const char *names, const char *gone, apr_pool_t *pool)
{
    const char *rest = "";
    for (apr_size_t len; *names; names += len + (names[len] == ',')) {
        len = strcspn(names, ",");
        if (strncasecmp(names, gone, len) != 0 || gone[len]) {
            rest = apr_pstrcat(pool, rest, *rest ? "," : "", apr_pstrmemdup(pool, names, len), NULL);
        }
    }
    return rest;
}

const char *scim_mask_fault(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (!text || !mask->names || scim_mask_is_address(text, mask)) {
        return scim_mask_detail(text, mask, pool);
    }
    const scim_mask_t chosen = {mask->secret, without_name(mask->names, SCIM_MASK_PERSONAL, pool), NULL};
    return scim_mask_detail(text, &chosen, pool);
}

/* ---- JSON ---- */

/* The names of an object's members, with NULL at the end. A copy, because the object changes in the loop. */
static const char **keys_of(json_object *object, apr_pool_t *pool)
{
    apr_size_t count = (apr_size_t)json_object_object_length(object);
    const char **keys = apr_pcalloc(pool, (count + 1) * sizeof(*keys));
    apr_size_t n = 0;
    json_object_object_foreach(object, name, value)
    {
        keys[n++] = apr_pstrdup(pool, name);
        (void)value;
    }
    return keys;
}

static void put(json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, json_object_new_string(text));
}

/* The path of a Bulk operation is a URL; that of a PATCH operation names attributes. */
static const char *mask_path(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    const char *scheme = strstr(text, "://");
    if (scheme || strpbrk(text, "/?")) {
        apr_size_t host = scheme ? (apr_size_t)(scheme + 3 - text) + strcspn(scheme + 3, "/?#") : 0;
        return scheme && scim_mask_strict(mask) ? SCIM_MASKED : scim_mask_url(text, host, mask, pool);
    }
    return mask_expression(text, SCIM_MASK_PATH, mask, pool);
}

static const char *mask_filter(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    return mask_expression(text, SCIM_MASK_FILTER, mask, pool);
}

static const char *mask_cursor(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    (void)pool;
    return *text && scim_mask_strict(mask) ? SCIM_MASKED : text;
}

/* Members of messages whose text names attributes, or has their values. Their case does not matter. */
static const struct {
    const char *name;
    const char *(*masked)(const char *text, const scim_mask_t *mask, apr_pool_t *pool);
} members[] = {{"path", mask_path}, {"filter", mask_filter}, {"cursor", mask_cursor}};

/* Masks a member. Returns whether the operation concerns a masked attribute. */
static int mask_member(json_object *object, const char *key, const scim_mask_t *mask, apr_pool_t *pool)
{
    json_object *value = json_object_object_get(object, key);
    for (apr_size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (strcasecmp(members[i].name, key) != 0 || !json_object_is_type(value, json_type_string)) {
            continue;
        }
        const char *text = json_object_get_string(value);
        const char *without = members[i].masked(text, mask, pool);
        int about = without != text || scim_mask_mentions(text, mask, pool) || scim_mask_strange(text, mask);
        if (without != text) {
            put(object, key, apr_pstrdup(pool, without));
        }
        return about && members[i].masked == mask_path;
    }
    return 0;
}

/* Masks the paths of a PATCH operation or a search; if one names a masked attribute, the value too. */
static void mask_operation(json_object *object, const char *const *keys, const scim_mask_t *mask, apr_pool_t *pool)
{
    int about = 0;
    for (const char *const *key = keys; *key; key++) {
        about |= mask_member(object, *key, mask, pool);
    }
    for (const char *const *key = keys; about && *key; key++) {
        if (strcasecmp(*key, "value") == 0) {
            put(object, *key, SCIM_MASKED);
        }
    }
}

/* Some clients send a string with JSON instead of an object or a list, and the server reads it, so its content is
 * masked too. NULL: nothing to mask. */
static const char *mask_string(const char *text, const scim_mask_t *mask, apr_pool_t *pool)
{
    char first = text[strspn(text, " \t\r\n")];
    if (first != '{' && first != '[') {
        return scim_mask_is_address(text, mask) ? SCIM_MASKED : NULL;
    }
    const char *wrapped = apr_pstrcat(pool, "{\"value\":", text, "}", NULL);
    json_object *object;
    if (scim_json_read(&object, wrapped, strlen(wrapped), JSON_DEPTH, pool)) {
        return scim_mask_strict(mask) || scim_mask_mentions(text, mask, pool) ? SCIM_MASKED : NULL;
    }
    json_object *inner = json_object_object_get(object, "value");
    const char *before = apr_pstrdup(pool, scim_json_text(inner, NULL, pool));
    scim_mask_json(inner, mask, pool);
    const char *after = scim_json_text(inner, NULL, pool);
    return strcmp(before, after) != 0 ? after : NULL;
}

static void mask_value(json_object *holder, const char *key, const scim_mask_t *mask, apr_pool_t *pool)
{
    json_object *value = json_object_object_get(holder, key);
    if (!json_object_is_type(value, json_type_string)) {
        scim_mask_json(value, mask, pool);
        return;
    }
    const char *text = mask_string(json_object_get_string(value), mask, pool);
    if (text) {
        put(holder, key, text);
    }
}

static void mask_object(json_object *object, const scim_mask_t *mask, apr_pool_t *pool)
{
    const char **keys = keys_of(object, pool);
    mask_operation(object, keys, mask, pool);
    for (const char **key = keys; *key; key++) {
        if (!scim_mask_mentions(*key, mask, pool) && !scim_mask_strange(*key, mask)) {
            mask_value(object, *key, mask, pool);
            continue;
        }
        json_object_object_del(object, *key);
        put(object, mask_expression(*key, SCIM_MASK_PATH, mask, pool), SCIM_MASKED);
    }
}

void scim_mask_json(json_object *value, const scim_mask_t *mask, apr_pool_t *pool)
{
    if (json_object_is_type(value, json_type_object)) {
        mask_object(value, mask, pool);
        return;
    }
    if (!json_object_is_type(value, json_type_array)) {
        return;
    }
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        json_object *element = json_object_array_get_idx(value, i);
        const char *text = json_object_is_type(element, json_type_string)
                               ? mask_string(json_object_get_string(element), mask, pool)
                               : NULL;
        if (text) {
            json_object_array_put_idx(value, i, json_object_new_string(text));
        } else {
            scim_mask_json(element, mask, pool);
        }
    }
}

/* ---- what a dry run would have changed ---- */

static const char *text_of(json_object *object, const char *name)
{
    json_object *value;
    return json_object_object_get_ex(object, name, &value) && value ? json_object_get_string(value) : "";
}

/* Whether the mask hides the names of things of this type. Only a user's name is personal; the other names are hidden
 * only if the mask lists their attribute. */
static int masks_name(const char *type, const scim_mask_t *mask)
{
    static const char *const naming[][2] = {{"Group", "displayName"},
                                            {"Role", "value"},
                                            {"Role", "displayName"},
                                            {"Subscription", "value"},
                                            {"Subscription", "displayName"}};
    if (strcmp(type, "User") == 0) {
        return scim_mask_hides(mask, "userName");
    }
    for (apr_size_t i = 0; i < sizeof(naming) / sizeof(naming[0]); i++) {
        if (strcmp(naming[i][0], type) == 0 && scim_mask_listed(mask->names, naming[i][1], strlen(naming[i][1]))) {
            return 1;
        }
    }
    return 0;
}

static void mask_item(json_object *item, const scim_mask_t *mask, apr_pool_t *pool)
{
    static const char *const states[] = {"before", "after"};
    json_object *state;
    for (int i = 0; i < 2; i++) {
        if (json_object_object_get_ex(item, states[i], &state)) {
            scim_mask_json(state, mask, pool);
        }
    }
    if (json_object_object_get_ex(item, "objectName", NULL) && masks_name(text_of(item, "objectType"), mask)) {
        put(item, "objectName", SCIM_MASKED);
    }
}

const char *scim_mask_changes(const char *changes, const scim_mask_t *mask, apr_pool_t *pool)
{
    json_object *object = changes ? scim_json_trusted(changes, strlen(changes), pool) : NULL;
    json_object *items;
    if (!object || !json_object_object_get_ex(object, "items", &items)) {
        return NULL;
    }
    for (size_t i = 0; i < json_object_array_length(items); i++) {
        mask_item(json_object_array_get_idx(items, i), mask, pool);
    }
    return scim_json_text(object, NULL, pool);
}
