/*
 * Mutations for targets that read JSON. Random changes of bytes rarely give JSON again, so most mutations change the
 * tree. The text before the last JSON object (a query, a stored document) is changed as bytes.
 */
#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX 512
#define TEXT_MAX  512

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed);

/* The position of a value in its tree: `key` in an object, or `index` in a list. */
typedef struct place_t {
    json_object *holder;
    const char *key;
    size_t index;
} place_t;

typedef struct places_t {
    place_t list[NODES_MAX];
    size_t number;
} places_t;

#define USER       "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static const char *const names[] = {
    "userName",
    "displayName",
    "externalId",
    "active",
    "emails",
    "roles",
    "members",
    "groups",
    "name",
    "manager",
    "value",
    "type",
    "primary",
    "display",
    "$ref",
    "formatted",
    "name.givenName",
    "emails.type",
    "schemas",
    "id",
    "meta",
    "x509Certificates",
    "addresses",
    "password",
    "op",
    "path",
    "Operations",
    ENTERPRISE,
    USER,
    ENTERPRISE ":manager",
    ENTERPRISE ":employeeNumber",
    "emails[type eq \"work\"]",
    "emails[type eq \"work\"].value",
    "roles[primary eq true]",
    "emails[primary eq true].primary",
    "addresses[type eq \"other\"].formatted",
    "emails[not (value pr)]",
};

static const char *const values[] = {
    "null",
    "true",
    "false",
    "\"False\"",
    "\"True\"",
    "\"\"",
    "[]",
    "{}",
    "0",
    "1.5",
    "\"work\"",
    "\"home\"",
    "\"add\"",
    "\"replace\"",
    "\"remove\"",
    "\"b@x\"",
    "[null]",
    "[{}]",
    "[\"b@x\"]",
    "{\"value\":\"b@x\"}",
    "{\"primary\":true}",
    "[{\"value\":\"b@x\",\"type\":\"work\",\"primary\":true}]",
    "{\"op\":\"add\",\"path\":\"title\",\"value\":\"t\"}",
    "{\"op\":\"remove\",\"path\":\"emails\"}",
    "{\"op\":\"replace\",\"value\":{\"nickName\":\"n\"}}",
    "\"2819c223-7f76-453a-919d-413861904646\"",
    "\"" ENTERPRISE "\"",
    "\"" USER "\"",
};

static unsigned any(unsigned below)
{
    return below ? (unsigned)rand() % below : 0;
}

static void collect(places_t *places, json_object *object)
{
    if (json_object_is_type(object, json_type_object)) {
        json_object_object_foreach(object, key, value)
        {
            if (places->number < NODES_MAX)
                places->list[places->number++] = (place_t){object, key, 0};
            collect(places, value);
        }
    } else if (json_object_is_type(object, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(object); i++) {
            if (places->number < NODES_MAX)
                places->list[places->number++] = (place_t){object, NULL, i};
            collect(places, json_object_array_get_idx(object, i));
        }
    }
}

static json_object *get(const place_t *place)
{
    return place->key ? json_object_object_get(place->holder, place->key)
                      : json_object_array_get_idx(place->holder, place->index);
}

/* Sets the value, and owns it. */
static void set(const place_t *place, json_object *value)
{
    if (place->key)
        json_object_object_add(place->holder, place->key, value);
    else
        json_object_array_put_idx(place->holder, place->index, value);
}

static json_object *copy_of(json_object *object)
{
    json_object *copy = NULL;

    if (object)
        json_object_deep_copy(object, &copy, NULL);
    return copy;
}

static void rename_key(const place_t *place, const places_t *places)
{
    const char *name = names[any(sizeof(names) / sizeof(names[0]))];
    const char *other = places->list[any((unsigned)places->number)].key;
    json_object *value;

    if (!place->key)
        return;
    value = json_object_get(get(place));
    name = strdup(other && any(2) ? other : name);
    json_object_object_del(place->holder, place->key);
    json_object_object_add(place->holder, name, value);
    free((void *)name);
}

static void change_text(const place_t *place)
{
    const char *text = json_object_get_string(get(place));
    size_t len = text ? strlen(text) : 0;
    uint8_t bytes[TEXT_MAX];

    if (len > TEXT_MAX / 2)
        return;
    memcpy(bytes, text ? text : "", len);
    len = LLVMFuzzerMutate(bytes, len, TEXT_MAX);
    set(place, json_object_new_string_len((const char *)bytes, (int)len));
}

/* `gift` is a value from this or another input; a copy of it is used. */
static void change(const places_t *places, json_object *gift)
{
    const place_t *place = &places->list[any((unsigned)places->number)];
    json_object *list = json_object_is_type(place->holder, json_type_array) ? place->holder : get(place);
    json_object *wrapped;

    switch (any(8)) {
    case 0:
        set(place, copy_of(gift));
        break;
    case 1:
        if (json_object_is_type(list, json_type_array))
            json_object_array_add(list, copy_of(gift));
        else if (json_object_is_type(list, json_type_object))
            json_object_object_add(list, names[any(sizeof(names) / sizeof(names[0]))], copy_of(gift));
        break;
    case 2:
        if (place->key)
            json_object_object_del(place->holder, place->key);
        else
            json_object_array_del_idx(place->holder, place->index, 1);
        break;
    case 3:
        set(place, json_tokener_parse(values[any(sizeof(values) / sizeof(values[0]))]));
        break;
    case 4:
        set(place, json_object_new_string(names[any(sizeof(names) / sizeof(names[0]))]));
        break;
    case 5:
        rename_key(place, places);
        break;
    case 6:
        change_text(place);
        break;
    default:
        wrapped = json_object_new_array();
        json_object_array_add(wrapped, copy_of(get(place)));
        set(place, wrapped);
    }
}

/* The start of the object to change: after a query's line, or of either the stored document or the body. */
static size_t body_start(const uint8_t *data, size_t size)
{
    const uint8_t *divider = memmem(data, size, "\n--\n", 4);
    const uint8_t *line = size && *data == '?' ? memchr(data, '\n', size) : NULL;

    if (divider)
        return (size_t)(divider - data) + 4;
    return line ? (size_t)(line - data) + 1 : 0;
}

static json_object *parse(const uint8_t *data, size_t size)
{
    json_tokener *tokener = json_tokener_new();
    size_t start = body_start(data, size);
    json_object *object = json_tokener_parse_ex(tokener, (const char *)data + start, (int)(size - start));

    json_tokener_free(tokener);
    return object;
}

/* Writes the part before the body from `data`, and the object as the body; 0: it does not fit. Releases the object. */
static size_t write_body(uint8_t *out, const uint8_t *data, size_t start, json_object *object, size_t max_size)
{
    size_t len;
    const char *text =
        json_object_to_json_string_length(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
    int fits = start + len <= max_size;

    if (fits) {
        memmove(out, data, start);
        memcpy(out + start, text, len);
    }
    json_object_put(object);
    return fits ? start + len : 0;
}

static size_t mutate(uint8_t *out, const uint8_t *data, size_t size, size_t max_size, json_object *other)
{
    static places_t places, gifts;
    json_object *object = parse(data, size);
    size_t written = 0;

    gifts.number = 0;
    collect(&gifts, other ? other : object);
    for (unsigned times = 1 + any(3); times; times--) {
        json_object *gift = gifts.number ? copy_of(get(&gifts.list[any((unsigned)gifts.number)])) : NULL;

        places.number = 0;
        collect(&places, object);
        if (places.number)
            change(&places, gift);
        json_object_put(gift);
        gifts.number = other ? gifts.number : 0; /* the values may have been freed */
    }
    if (json_object_is_type(object, json_type_object))
        written = write_body(out, data, body_start(data, size), object, max_size);
    else
        json_object_put(object);
    return written;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size_t written;

    srand(seed);
    if (any(5) && (written = mutate(data, data, size, max_size, NULL)))
        return written;
    return LLVMFuzzerMutate(data, size, max_size);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed)
{
    json_object *other = parse(data2, size2);
    size_t written = 0;

    srand(seed);
    if (other)
        written = mutate(out, data1, size1, max_size, other);
    json_object_put(other);
    return written;
}
