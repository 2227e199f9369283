#include "leniency.h"

#include <apr_strings.h>
#include <apr_tables.h>
#include <string.h>

typedef struct leniency_t {
    scim_leniency_e bit;
    const char *name;    /* in the log and in details */
    const char *client;  /* who needs it */
    const char *slip;    /* what the client did */
    const char *instead; /* what it should have done */
    scim_type_e type;    /* of the refusal */
    int by_rfc;          /* RFC 7643 and RFC 7644 do not allow it: profile rfc refuses it too */
} leniency_t;

static const leniency_t leniencies[] = {
    {SCIM_LENIENT_BOOLEAN_STRING, "boolean-string", "Entra ID", "A boolean is a string, \"True\" or \"False\"",
     "send true or false", SCIM_INVALID_VALUE, 1},
    {SCIM_LENIENT_DOTTED_KEY, "dotted-key", "Entra ID", "A path such as name.givenName is the name of a member",
     "send it as the \"path\" of an operation", SCIM_INVALID_PATH, 1},
    {SCIM_LENIENT_URN_KEY, "urn-key", "Entra ID", "An attribute with its schema's URN is the name of a member",
     "put the attribute into an object under the URN", SCIM_INVALID_SYNTAX, 1},
    {SCIM_LENIENT_ARRAY_FOR_SINGULAR, "array-for-singular", "Entra ID", "A single value is in a list",
     "send it without the list", SCIM_INVALID_VALUE, 1},
    {SCIM_LENIENT_BARE_COMPLEX, "bare-complex", "Entra ID", "A string stands for a complex value",
     "send an object with a \"value\"", SCIM_INVALID_VALUE, 1},
    {SCIM_LENIENT_BARE_EXTENSION, "bare-extension", "Entra ID", "An extension's attribute lacks its schema's URN",
     "put the URN and a colon before its name", SCIM_INVALID_PATH, 1},
    {SCIM_LENIENT_REMOVE_VALUE, "remove-value", "Entra ID, JumpCloud, authentik", "A remove operation has a \"value\"",
     "name what to remove by a filter in the path", SCIM_INVALID_SYNTAX, 1},
    {SCIM_LENIENT_READ_ONLY_IN_VALUE, "read-only-in-value", "Okta, authentik",
     "A read-only attribute is in the value of a PATCH", "leave it out", SCIM_MUTABILITY, 1},
    {SCIM_LENIENT_JSON_STRING, "json-string", "Entra ID", "A JSON document is in a string",
     "send an object with \"value\", \"display\" and \"type\"", SCIM_INVALID_VALUE, 1},
    {SCIM_LENIENT_VALUE_PATH_CREATES, "value-path-creates", "Entra ID", "A replace operation's filter matches nothing",
     "add the value", SCIM_NO_TARGET, 1},
    {SCIM_LENIENT_NO_SCHEMAS, "no-schemas", "several", "The body's \"schemas\" is missing, or lacks the message's own",
     "list the schemas that it uses", SCIM_INVALID_SYNTAX, 1},
    {SCIM_LENIENT_UNLISTED_EXTENSION, "unlisted-extension", "Entra ID",
     "The body has attributes of an extension that \"schemas\" does not list", "list it", SCIM_INVALID_SYNTAX, 1},
    {SCIM_LENIENT_URN_SLIP, "urn-slip", "Entra ID, OneLogin", "A schema's URN is misspelt, of SCIM 1.1 or foreign",
     "use those of /Schemas", SCIM_INVALID_SYNTAX, 1},
    {SCIM_LENIENT_FILTER_SLIPS, "filter-slips", "Entra ID",
     "A filter lacks a space before a value, or quotes around one, or has them around a boolean",
     "write it as attribute eq \"text\" or attribute eq true", SCIM_INVALID_FILTER, 1},
    {SCIM_LENIENT_OBJECT_FOR_ARRAY, "object-for-array", "OneLogin", "A single value stands for a list",
     "send a list of one", SCIM_INVALID_VALUE, 1},
    {SCIM_LENIENT_CAPITAL_OP, "capital-op", "Entra ID", "The \"op\" of an operation has capital letters",
     "send \"add\", \"remove\" or \"replace\"", SCIM_INVALID_SYNTAX, 1},
    {SCIM_LENIENT_FLAG_IN_PATH, "flag-in-path", "Entra ID", "The flag aadOptscim062020 is in the path of the URL",
     "put it into the query or leave it out", SCIM_INVALID_SYNTAX, 1},
    {SCIM_LENIENT_EMPTY_STRING, "empty-string", "Entra ID, SURF SBS",
     "An empty string stands for no value of an attribute that is no string", "send null or leave it out",
     SCIM_INVALID_VALUE, 1},
    {SCIM_NOTED_UNKNOWN_ATTRIBUTE, "unknown-attribute", "several", "The body has an attribute that no schema defines",
     "send attributes of /Schemas only", SCIM_INVALID_SYNTAX, 0},
    {SCIM_NOTED_NO_PATH, "no-path", "Okta, Entra ID", "An operation has no \"path\"",
     "send an operation with a \"path\" for each attribute", SCIM_INVALID_SYNTAX, 0},
};

#define LENIENCIES (sizeof(leniencies) / sizeof(leniencies[0]))

int scim_lenient(scim_leniency_t *leniency, scim_leniency_e what)
{
    if (!leniency || !(leniency->allowed & (unsigned)what))
        return 0;
    leniency->used |= (unsigned)what;
    return 1;
}

void scim_lenient_note(scim_leniency_t *leniency, scim_leniency_e what)
{
    if (leniency)
        leniency->used |= (unsigned)what;
}

const char *scim_leniency_names(unsigned used, apr_pool_t *pool)
{
    const char *names = "";
    for (apr_size_t i = 0; i < LENIENCIES; i++) {
        if (leniencies[i].by_rfc && (used & (unsigned)leniencies[i].bit))
            names = apr_pstrcat(pool, names, *names ? "," : "", leniencies[i].name, NULL);
    }
    return names;
}

const char *scim_leniency_refusers(unsigned used)
{
    if (!used)
        return NULL;
    return used & SCIM_LENIENT_ALL ? "{rfc,interop}" : "{interop}";
}

/* The first one that the profile refuses; NULL where there is none. */
static const leniency_t *first_refused(unsigned used, const char *profile)
{
    int interop = strcmp(profile, "interop") == 0;
    for (apr_size_t i = 0; i < LENIENCIES; i++) {
        if ((used & (unsigned)leniencies[i].bit) && (interop || leniencies[i].by_rfc))
            return &leniencies[i];
    }
    return NULL;
}

/* RFC 7644 3.12: invalidPath is about the paths of PATCH. */
static scim_type_e refusal_type(const leniency_t *row, unsigned used)
{
    if (!((unsigned)row->bit & SCIM_LENIENT_NAMES))
        return row->type;
    return used & SCIM_NOTED_IN_FILTER ? SCIM_INVALID_FILTER
           : used & SCIM_NOTED_IN_SORT ? SCIM_INVALID_VALUE
                                       : row->type;
}

scim_error_t *scim_leniency_refusal(unsigned used, const char *profile, apr_pool_t *pool)
{
    const leniency_t *row = profile && strcmp(profile, "lenient") != 0 ? first_refused(used, profile) : NULL;
    if (!row)
        return NULL;
    return scim_error_typed(pool, refusal_type(row, used),
                            "%s (%s), which the tenant's profile \"%s\" does not accept: %s.", row->slip, row->name,
                            profile, row->instead);
}
