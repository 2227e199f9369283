#include "leniency.h"

#include <apr_strings.h>
#include <apr_tables.h>
#include <string.h>

#include "mask_text.h"
#include "path.h"
#include "text.h"

#define TOLD_NAMES 5   /* how many ignored names are reported */
#define TOLD_BYTES 120 /* longest reported name, in bytes */

typedef struct leniency_t {
    scim_leniency_e bit;
    const char *name;       /* in the log and in details */
    const char *client;     /* the clients that need it */
    const char *slip;       /* what the client did */
    const char *instead;    /* what it should have done */
    scim_type_e type;       /* scimType of the error, if the profile refuses it */
    int by_rfc;             /* RFC 7643 or RFC 7644 forbid it, so the profile rfc refuses it too */
    const char *attributes; /* the attributes that it applies to, lower case, a comma after each; NULL: all */
    const char *targets;    /* more of them, for a PATCH operation whose path is the attribute; NULL: none */
} leniency_t;

static const leniency_t leniencies[] = {
    {SCIM_LENIENT_BOOLEAN_STRING, "boolean-string", "Entra ID", "A boolean is a string, \"True\" or \"False\"",
     "send true or false", SCIM_INVALID_VALUE, 1, NULL, NULL},
    {SCIM_LENIENT_DOTTED_KEY, "dotted-key", "Entra ID", "A path such as name.givenName is the name of a member",
     "send it as the \"path\" of an operation", SCIM_INVALID_PATH, 1, NULL, NULL},
    {SCIM_LENIENT_URN_KEY, "urn-key", "Entra ID", "An attribute with its schema's URN is the name of a member",
     "put the attribute into an object under the URN", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_ARRAY_FOR_SINGULAR, "array-for-singular", "Entra ID, keycloak-scim", "A single value is in a list",
     "send it without the list", SCIM_INVALID_VALUE, 1, "manager,", "active,username,displayname,externalid,"},
    {SCIM_LENIENT_BARE_COMPLEX, "bare-complex", "Entra ID", "A string stands for a complex value",
     "send an object with a \"value\"", SCIM_INVALID_VALUE, 1, "manager,", NULL},
    {SCIM_LENIENT_BARE_EXTENSION, "bare-extension", "Entra ID", "An extension's attribute lacks its schema's URN",
     "put the URN and a colon before its name", SCIM_INVALID_PATH, 1, NULL, NULL},
    {SCIM_LENIENT_REMOVE_VALUE, "remove-value", "Entra ID, JumpCloud, authentik", "A remove operation has a \"value\"",
     "name what to remove by a filter in the path", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_READ_ONLY_IN_VALUE, "read-only-in-value", "Okta, authentik",
     "A read-only attribute is in the value of a PATCH", "leave it out", SCIM_MUTABILITY, 1, NULL, NULL},
    {SCIM_LENIENT_JSON_STRING, "json-string", "Entra ID, keycloak-scim", "A JSON document is in a string",
     "send an object with \"value\", \"display\" and \"type\"", SCIM_INVALID_VALUE, 1, NULL, NULL},
    {SCIM_LENIENT_VALUE_PATH_CREATES, "value-path-creates", "Entra ID", "A replace operation's filter matches nothing",
     "add the value", SCIM_NO_TARGET, 1, NULL, NULL},
    {SCIM_LENIENT_NO_SCHEMAS, "no-schemas", "several", "The body's \"schemas\" is missing, or lacks the message's own",
     "list the schemas that it uses", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_UNLISTED_EXTENSION, "unlisted-extension", "Entra ID",
     "The body has attributes of an extension that \"schemas\" does not list", "list it", SCIM_INVALID_SYNTAX, 1, NULL,
     NULL},
    {SCIM_LENIENT_URN_SLIP, "urn-slip", "Entra ID, OneLogin, ConnId",
     "A schema's URN is misspelt, of SCIM 1.1 or foreign", "use those of /Schemas", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_FILTER_SLIPS, "filter-slips", "Entra ID",
     "A filter lacks a space before a value, or quotes around one, or has them around a boolean",
     "write it as attribute eq \"text\" or attribute eq true", SCIM_INVALID_FILTER, 1, NULL, NULL},
    {SCIM_LENIENT_OBJECT_FOR_ARRAY, "object-for-array", "OneLogin", "A single value stands for a list",
     "send a list of one", SCIM_INVALID_VALUE, 1, NULL, NULL},
    {SCIM_LENIENT_CAPITAL_OP, "capital-op", "Entra ID", "The \"op\" of an operation has capital letters",
     "send \"add\", \"remove\" or \"replace\"", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_FLAG_IN_PATH, "flag-in-path", "Entra ID", "The flag aadOptscim062020 is in the path of the URL",
     "put it into the query or leave it out", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_EMPTY_STRING, "empty-string", "Entra ID, SURF SBS",
     "An empty string stands for no value of an attribute that is no string", "send null or leave it out",
     SCIM_INVALID_VALUE, 1, NULL, NULL},
    {SCIM_LENIENT_UNKNOWN_EXTENSION, "unknown-extension", "SAP Identity Provisioning, Okta, SURF SBS",
     "The body lists or has an extension that the resource type does not have", "send schemas of /ResourceTypes only",
     SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_UNKNOWN_PATH, "unknown-path", "SAP Identity Provisioning, Okta",
     "The path of an operation names what no schema of the resource type has", "send attributes of /Schemas only",
     SCIM_INVALID_PATH, 1, NULL, NULL},
    {SCIM_LENIENT_NO_OPERATIONS, "no-operations", "Microsoft's SCIM Validator", "A PATCH request has no operations",
     "send one operation or more, or no request", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_BARE_OPERATIONS, "bare-operations", "clients that follow RFC 7644's figure",
     "The \"data\" of a PATCH in a Bulk request is a list of operations",
     "send an object with \"schemas\" and \"Operations\"", SCIM_INVALID_SYNTAX, 1, NULL, NULL},
    {SCIM_LENIENT_SSH_KEY, "ssh-key", "SURF SBS", "An SSH key stands for a certificate", "send certificates, as base64",
     SCIM_INVALID_VALUE, 1, "x509certificates,", NULL},
    {SCIM_LENIENT_VALUE_OBJECT, "value-object", "ConnId", "An object with a \"value\" stands for a string",
     "send the string itself", SCIM_INVALID_VALUE, 1, "", "displayname,"},
    {SCIM_NOTED_UNKNOWN_ATTRIBUTE, "unknown-attribute", "several", "The body has an attribute that no schema defines",
     "send attributes of /Schemas only", SCIM_INVALID_SYNTAX, 0, NULL, NULL},
    {SCIM_NOTED_NO_PATH, "no-path", "Okta, Entra ID", "An operation has no \"path\"",
     "send an operation with a \"path\" for each attribute", SCIM_INVALID_SYNTAX, 0, NULL, NULL},
};

#define LENIENCIES (sizeof(leniencies) / sizeof(leniencies[0]))

int scim_lenient(scim_leniency_t *leniency, scim_leniency_e what)
{
    if (!leniency || !(leniency->allowed & (unsigned)what))
        return 0;
    leniency->used |= (unsigned)what;
    return 1;
}

/* Whether a list of names, with a comma after each, has this name. */
static int lists_name(const char *names, const char *name)
{
    const apr_size_t len = strlen(name);
    for (; names && *names; names += strcspn(names, ",") + 1) {
        if (strncmp(names, name, len) == 0 && names[len] == ',')
            return 1;
    }
    return 0;
}

int scim_lenient_for(scim_leniency_t *leniency, scim_leniency_e what, const char *key, int target)
{
    for (apr_size_t i = 0; i < LENIENCIES; i++) {
        const leniency_t *row = &leniencies[i];
        if (row->bit == what && row->attributes && !lists_name(row->attributes, key) &&
            !(target && lists_name(row->targets, key)))
            return 0;
    }
    return scim_lenient(leniency, what);
}

/* Stores one of the first few names, once, shortened. A text that is neither an attribute's name nor a URN may be a
 * secret, so it is masked. */
static void keep_name(scim_leniency_t *leniency, apr_array_header_t **names, const char *name)
{
    if (!leniency->pool)
        return;
    if (!*names)
        *names = apr_array_make(leniency->pool, TOLD_NAMES + 1, sizeof(const char *));
    const apr_size_t len = strlen(name);
    name = scim_path_is_name(name, len)
               ? apr_pstrmemdup(leniency->pool, name, len <= TOLD_BYTES ? len : scim_utf8_valid(name, TOLD_BYTES))
               : SCIM_MASKED;
    for (int i = 0; i < (*names)->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(*names, i, const char *), name) == 0)
            return;
    }
    if ((*names)->nelts <= TOLD_NAMES)
        APR_ARRAY_PUSH(*names, const char *) = name;
}

void scim_lenient_ignore(scim_leniency_t *leniency, const char *name)
{
    scim_lenient_note(leniency, SCIM_NOTED_UNKNOWN_ATTRIBUTE);
    if (leniency)
        keep_name(leniency, &leniency->ignored, name);
}

int scim_lenient_foreign(scim_leniency_t *leniency, const char *urn)
{
    if (!scim_lenient(leniency, SCIM_LENIENT_UNKNOWN_EXTENSION))
        return 0;
    keep_name(leniency, &leniency->foreign, urn);
    return 1;
}

int scim_lenient_path(scim_leniency_t *leniency, const char *name, int foreign)
{
    if (!scim_lenient(leniency, SCIM_LENIENT_UNKNOWN_PATH))
        return 0;
    keep_name(leniency, foreign ? &leniency->foreign : &leniency->ignored, name);
    return 1;
}

static void add_names(scim_leniency_t *leniency, apr_array_header_t **names, const apr_array_header_t *more)
{
    for (int i = 0; more && i < more->nelts; i++)
        keep_name(leniency, names, APR_ARRAY_IDX(more, i, const char *));
}

void scim_leniency_add(scim_leniency_t *leniency, const scim_leniency_t *other)
{
    leniency->used |= other->used;
    add_names(leniency, &leniency->ignored, other->ignored);
    add_names(leniency, &leniency->foreign, other->foreign);
}

/* The names; the last one is "and others" if there are too many. */
static const char *join_names(const apr_array_header_t *names, apr_pool_t *pool)
{
    const char *text = "";
    for (int i = 0; i < names->nelts; i++)
        text = apr_pstrcat(pool, text, i ? ", " : "",
                           i < TOLD_NAMES ? APR_ARRAY_IDX(names, i, const char *) : "and others", NULL);
    return text;
}

const char *scim_leniency_ignored(const scim_leniency_t *leniency, apr_pool_t *pool)
{
    const char *foreign = "", *ignored = "";
    if (!leniency->foreign && !leniency->ignored)
        return NULL;
    if (leniency->foreign)
        foreign =
            apr_psprintf(pool,
                         "The extension %s is unknown here and was ignored; add a schema file to keep it, or take "
                         "it out of the identity provider's mapping.",
                         join_names(leniency->foreign, pool));
    if (leniency->ignored)
        ignored = apr_psprintf(pool,
                               "No schema of the resource type has %s, which was ignored; correct the name in the "
                               "identity provider's mapping, or take it out there.",
                               join_names(leniency->ignored, pool));
    return apr_pstrcat(pool, foreign, *foreign && *ignored ? " " : "", ignored, NULL);
}

const char *scim_leniency_told(const scim_leniency_t *leniency, apr_pool_t *pool)
{
    const char *ignored = leniency ? scim_leniency_ignored(leniency, pool) : NULL;
    const char *names = leniency ? scim_leniency_names(leniency->used, pool) : "";
    if (!*names)
        return ignored;
    return apr_pstrcat(pool, ignored ? ignored : "", ignored ? " " : "", "Accepted beyond the standard: ", names, ".",
                       NULL);
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

/* The first used leniency that the profile refuses; NULL: none. */
static const leniency_t *first_refused(unsigned used, const char *profile)
{
    int interop = strcmp(profile, "interop") == 0;
    for (apr_size_t i = 0; i < LENIENCIES; i++) {
        if ((used & (unsigned)leniencies[i].bit) && (interop || leniencies[i].by_rfc))
            return &leniencies[i];
    }
    return NULL;
}

/* RFC 7644 3.12: invalidPath is only for the paths of PATCH. */
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
