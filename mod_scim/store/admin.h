/*
 * Administrators' operations: one table, which the admin API and scimctl are both made of.
 *
 * An operation is a row: what scimctl calls it (noun and verb), where the admin API has it (method and path), which
 * arguments it takes, what it answers, and the statement that carries it out. A statement takes two values, $1 the
 * tenant and $2 the arguments as a JSON object, and answers one row with one column: the JSON that is answered; or with
 * two, where parts of the JSON change by themselves: the second one is the version that a change is for then. What
 * the statement refuses it refuses by scim.fail, which names the argument. A change that is decided in C has what looks
 * up and what writes instead (admin_change.h). Every operation is one transaction, in the role scim_manage, in which
 * the audit log knows who acts.
 *
 * Arguments come from the path, the query or the body of a request, or from a command line; they are checked here,
 * against the same table. docs/openapi.json is made of it too (openapi.h).
 */
#ifndef SCIM_ADMIN_H
#define SCIM_ADMIN_H

#include <apr_hash.h>
#include <json-c/json.h>

#include "connection.h"
#include "scim/schema.h"

typedef enum {
    SCIM_ARG_TEXT,     /* up to `most` bytes of UTF-8 without control characters */
    SCIM_ARG_INT,      /* a whole number from `least` to `most` */
    SCIM_ARG_FLAG,     /* true or false */
    SCIM_ARG_TIME,     /* xsd:dateTime, or a date; of scimctl also a duration such as 30d */
    SCIM_ARG_CHOICE,   /* one of the words of `form`, "a|b|c" */
    SCIM_ARG_LIST,     /* a list of texts; of scimctl, an option that may be repeated, "a,b" or '["a","b"]' */
    SCIM_ARG_MAPPINGS, /* a list of mappings (admin_pairs.h); of scimctl, an option that may be repeated */
    SCIM_ARG_JSON,     /* an object or a list, of any shape; of answers alone */
    SCIM_ARG_FILE /* the text of a file, up to `most` bytes of any kind; a body of its type, and of scimctl its name */
} scim_arg_kind_e;

enum {
    SCIM_ARG_REQUIRED = 1,
    SCIM_ARG_FUTURE = 4,  /* of a time: a duration counts from now on, and not back */
    SCIM_ARG_NAME = 8,    /* of a text: blanks at its ends do not count, and several are one */
    SCIM_ARG_PIECE = 16,  /* says which piece of a file it is; of scimctl, which sends all of it, no option */
    SCIM_ARG_NULLABLE = 2 /* null, and of scimctl "none", takes the value away */
};

#define SCIM_ADMIN_TEXT_MAX 4096  /* bytes of a text, where its table says nothing */
#define SCIM_ADMIN_LIST_MAX 10000 /* texts of a list */
#define SCIM_ADMIN_PAGE_MAX 500   /* rows of a page */

/* An argument; tables end with a NULL name. Segments in braces of an operation's path are arguments of text as well,
 * and stand in no table. */
typedef struct scim_admin_arg_t {
    const char *name; /* as JSON has it: camelCase; scimctl has --camel-case */
    scim_arg_kind_e kind;
    unsigned flags;
    const char *form;        /* of a choice its words; of others what to call the value in a help text */
    apr_int64_t least, most; /* 0 and 0: no limits of its own */
    const char *help;
} scim_admin_arg_t;

/* A member of what is answered; tables end with a NULL name. */
typedef struct scim_admin_field_t {
    const char *name;
    scim_arg_kind_e kind;
    const char *heading; /* of scimctl's table; NULL where people see it in no table */
    const char *help;
} scim_admin_field_t;

enum {
    SCIM_OP_LIST = 1,      /* answers {"items": [...], "next": TEXT or null}, of `fields` each */
    SCIM_OP_CREATES = 2,   /* 201 with Location, which is the path and `id_field` of the answer */
    SCIM_OP_EMPTY = 4,     /* answers nothing: 204 */
    SCIM_OP_FEW = 8,       /* a list that is never long: scimctl shows all its pages */
    SCIM_OP_FILTERS = 16,  /* has a filter, or asks conditions of templates, and needs the schemas for it */
    SCIM_OP_SURVIVES = 64, /* also of a tenant that was removed */
    SCIM_OP_ASKS = 256,    /* scimctl asks a person first, and shows what the operation VERB-preview tells */
    SCIM_OP_SEATS = 512,   /* finds or counts seats: sizes of large groups are remembered first */
    SCIM_OP_SHEET = 128,   /* a list that is made for a file: scimctl shows all of it as CSV */
    SCIM_OP_ORDERED = 32   /* planned with sorting forbidden: what it reads, indexes give in its order */
};

typedef struct scim_admin_call_t scim_admin_call_t;
typedef scim_error_t *(*scim_admin_hook_t)(scim_admin_call_t *call);

/* An argument that names something of the tenant, and what is said where nothing is called so; tables end with a NULL
 * argument. Before the statement runs, its id (of a role its value) takes the place of the name. */
typedef struct scim_admin_name_t {
    const char *argument; /* user, group, role, flag or subscription */
    const struct scim_refusal_t *missing;
} scim_admin_name_t;

typedef struct scim_admin_op_t {
    const char *noun;
    const char *verb;
    const char *alias;    /* another verb that scimctl takes for it; NULL: none */
    const char *argument; /* the argument that scimctl takes without an option; NULL: none */
    const char *method;   /* "GET", "POST", "PUT", "PATCH", "DELETE" */
    const char *path;     /* "/tenants/{tenant}/roles/{role}" */
    scim_statement_e statement;
    const struct scim_admin_change_t *change; /* admin_change.h; NULL: `statement` carries it out */
    const struct scim_refusal_t *missing; /* where the statement finds no row (rules/noun.h); NULL: it always does */
    const scim_admin_arg_t *args;         /* NULL: none but those of the path */
    const scim_admin_name_t *names;       /* NULL: none */
    const scim_admin_field_t *fields;
    const char *id_field; /* of SCIM_OP_CREATES */
    unsigned flags;
    scim_admin_hook_t carry;   /* carries it out by other operations, without a statement of its own; NULL: by that */
    scim_admin_hook_t read;    /* carries it out by a statement that it puts together; NULL: by `statement` */
    scim_admin_hook_t prepare; /* before the transaction: works out arguments; NULL: nothing to do */
    scim_admin_hook_t finish;  /* after it: adds to the answer what the database does not know; NULL */
    scim_admin_hook_t after;   /* when its connection has been given back, where there is something to wait for; NULL */
    const char *summary;       /* one sentence, lower case at its start, no full stop */
} scim_admin_op_t;

struct scim_admin_call_t {
    const scim_admin_op_t *op;
    scim_conn_t *conn;
    const char *tenant;            /* of the path; NULL where the operation is about no single one */
    const char *wall;              /* the tenant that its transaction may see; NULL: all */
    json_object *args;             /* checked by scim_admin_check; owned by the pool */
    const char *actor_kind;        /* "admin" or "scimctl" */
    const char *actor;             /* the user's name */
    const char *request;           /* the id that the logs know the request by; NULL: none */
    const char *if_match;          /* version tags without quotes, "," between them; NULL: any */
    const scim_schemas_t *schemas; /* for filters; NULL: not known */
    const char *sync_policy;       /* of tenants that are made, where their maker says none; NULL: the database's */
    const char *base_url;          /* of the endpoint, with {tenant} where the name goes; NULL: not known */
    const char *secret;            /* made by prepare, shown by finish */
    apr_interval_time_t patience;  /* for how long one in pieces goes on; 0: until it is done */
    apr_hash_t *seen;              /* what calls about one file have met in it; NULL: this is the only one */
    apr_pool_t *pool;
    /* What it came to. */
    const char *answer; /* JSON; NULL of SCIM_OP_EMPTY */
    const char *etag;   /* the version of what is answered, without quotes */
};

/* All operations: tables, each ended by a row with a NULL noun; a NULL ends them. */
extern const scim_admin_op_t *const scim_admin_tables[];

/* The operation at a method and a path below the admin Location, which starts with a slash and is percent-decoded, but
 * for slashes in values; the segments in braces get their values in `args`. *allow lists the methods that are possible
 * there, NULL where there is nothing at all. NULL: there is none. */
const scim_admin_op_t *scim_admin_route(json_object *args, const char **allow, const char *method, const char *path,
                                        apr_pool_t *pool);

/* Whether a verb is the operation's, or another one for it. */
int scim_admin_called(const scim_admin_op_t *op, const char *verb);

/* The operation of a noun and a verb; NULL: there is none. */
const scim_admin_op_t *scim_admin_command(const char *noun, const char *verb);

/* An argument of an operation by its name, length of it given; NULL: there is none in its table. */
const scim_admin_arg_t *scim_admin_arg(const scim_admin_op_t *op, const char *name, apr_size_t len);

/* The value of an argument that came as text, from a query or a command line; *value is the caller's. Errors: 400 that
 * names the field. */
scim_error_t *scim_admin_read(json_object **value, const scim_admin_arg_t *arg, const char *text, apr_pool_t *pool);

/* Checks all arguments: unknown ones, kinds, limits, missing ones; every wrong field is named. Errors: 400. */
scim_error_t *scim_admin_check(const scim_admin_op_t *op, json_object *args, apr_pool_t *pool);

/* Carries a call out. Errors: 400, 403, 404, 409, 412 of the operation, 503. */
scim_error_t *scim_admin_run(scim_admin_call_t *call);

/* Carries several calls out as one transaction, in their order; they are of one connection, tenant and actor, and each
 * may have its version (if_match). *failed is the call that was refused; -1: none, or none by itself. Errors as of
 * scim_admin_run.
 */
scim_error_t *scim_admin_run_all(int *failed, scim_admin_call_t *calls, int n);

/* The version of an answer, without quotes, as scim.etag makes it. */
const char *scim_admin_etag(const char *text, apr_size_t len, apr_pool_t *pool);

/* The text of an argument, NULL where it is absent or null. */
const char *scim_admin_text(const scim_admin_call_t *call, const char *name);

/* Sets an argument, which the statement sees. */
void scim_admin_set(scim_admin_call_t *call, const char *name, json_object *value);

/* Names of segments in braces: the next one in `path` at or after *at; 0 where there is none. */
int scim_admin_segment(const char **name, apr_size_t *len, const char **at);

/* The direction of a list that can be sorted. */
#define SCIM_ADMIN_ORDER_ARG                                                                                           \
    {                                                                                                                  \
        "order", SCIM_ARG_CHOICE, 0, "ascending|descending", 0, 0, "the direction of the order (default: ascending)"   \
    }

/* The arguments that every list takes; a table of a list begins with them. */
#define SCIM_ADMIN_PAGE_ARGS                                                                                           \
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "how many at the most (default 50)"},                                      \
    {                                                                                                                  \
        "after", SCIM_ARG_TEXT, 0, "NEXT", 0, 1000, "what follows a page: the `next` that it came with"                \
    }
#define SCIM_ADMIN_LIST_ARGS                                                                                           \
    {"q", SCIM_ARG_TEXT, 0, "TEXT", 0, 200, "only what has this in its names, whatever the case"}, SCIM_ADMIN_PAGE_ARGS

#endif
