#include "restore.h"

#include <string.h>

#include "text.h"

#define IDENTIFIER_MIN 16 /* characters */

/* Whether all but punctuation is one byte. */
static int is_uniform(const char *text, apr_size_t len)
{
    char only = 0;
    for (apr_size_t i = 0; i < len; i++) {
        if (strchr("-{}", text[i]))
            continue;
        if (only && text[i] != only)
            return 0;
        only = text[i];
    }
    return 1;
}

static apr_size_t count_characters(const char *text, apr_size_t len)
{
    apr_size_t count = 0;
    for (apr_size_t i = 0; i < len; i++) {
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return count;
}

int scim_restore_identifies(json_object *doc)
{
    json_object *value = json_object_object_get(doc, "externalId");
    apr_size_t len;
    if (!json_object_is_type(value, json_type_string))
        return 0;
    const char *text = scim_text_trim(&len, json_object_get_string(value));
    return count_characters(text, len) >= IDENTIFIER_MIN && !is_uniform(text, len);
}
