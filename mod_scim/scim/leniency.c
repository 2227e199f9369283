#include "leniency.h"

#include <apr_strings.h>
#include <apr_tables.h>

typedef struct leniency_t {
    scim_leniency_e bit;
    const char *name;     /* in the log */
    const char *client;   /* who needs it */
    const char *accepted; /* what is accepted */
} leniency_t;

static const leniency_t leniencies[] = {
    {SCIM_LENIENT_BOOLEAN_STRING, "boolean-string", "Entra ID", "\"True\" and \"False\" for a boolean"},
    {SCIM_LENIENT_DOTTED_KEY, "dotted-key", "Entra ID", "a path such as name.givenName as a member's name"},
    {SCIM_LENIENT_URN_KEY, "urn-key", "Entra ID", "an attribute with its schema's URN as a member's name"},
    {SCIM_LENIENT_ARRAY_FOR_SINGULAR, "array-for-singular", "Entra ID", "a list of one for a single complex value"},
    {SCIM_LENIENT_BARE_COMPLEX, "bare-complex", "Entra ID", "a string for a complex value's value"},
    {SCIM_LENIENT_BARE_EXTENSION, "bare-extension", "Entra ID", "an extension's attribute without the URN"},
    {SCIM_LENIENT_REMOVE_VALUE, "remove-value", "Entra ID, JumpCloud", "a remove operation that lists values"},
    {SCIM_LENIENT_READ_ONLY_IN_VALUE, "read-only-in-value", "Okta", "a readOnly attribute inside a value, ignored"},
    {SCIM_LENIENT_JSON_STRING, "json-string", "Entra ID", "a JSON document in a role's value"},
    {SCIM_LENIENT_VALUE_PATH_CREATES, "value-path-creates", "Entra ID", "a value path without a match, which adds"},
    {SCIM_LENIENT_NO_SCHEMAS, "no-schemas", "several", "a body without schemas"},
    {SCIM_LENIENT_UNLISTED_EXTENSION, "unlisted-extension", "Entra ID", "an extension that schemas does not list"},
    {SCIM_LENIENT_URN_SLIP, "urn-slip", "Entra ID, OneLogin", "a known misspelling of a schema's URN"},
    {SCIM_LENIENT_FILTER_SLIPS, "filter-slips", "Entra ID", "missing spaces, bare words, quoted booleans"},
    {SCIM_LENIENT_OBJECT_FOR_ARRAY, "object-for-array", "OneLogin", "one complex value for a list of one"},
};

int scim_lenient(scim_leniency_t *leniency, scim_leniency_e what)
{
    if (!leniency || !(leniency->allowed & (unsigned)what))
        return 0;
    leniency->used |= (unsigned)what;
    return 1;
}

const char *scim_leniency_names(unsigned used, apr_pool_t *pool)
{
    const char *names = "";
    for (apr_size_t i = 0; i < sizeof(leniencies) / sizeof(leniencies[0]); i++) {
        if (used & (unsigned)leniencies[i].bit)
            names = apr_pstrcat(pool, names, *names ? "," : "", leniencies[i].name, NULL);
    }
    return names;
}
