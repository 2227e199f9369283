/*
 * Administrators' operations: one table, from which the admin API and scimctl are made.
 *
 * An operation is a row: its name in scimctl (noun and verb), its place in the admin API (method and path), its
 * arguments, its answer, and the statement that executes it. A statement takes two values, $1 the tenant and $2 the
 * arguments as a JSON object, and returns one row. Its first column is the answer as JSON. If parts of that JSON change
 * by themselves, a second column has the version for If-Match. A statement refuses by scim.fail, which names the
 * argument. A change that is decided in C has statements that look up and that write instead (admin_change.h). Every
 * operation is one transaction in the role scim_manage, with the actor set for the audit log.
 *
 * Arguments come from the path, the query or the body of a request, or from a command line; they are checked here,
 * against the same table. docs/openapi.json is generated from it, too (openapi.h).
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
    SCIM_ARG_TIME,     /* xsd:dateTime, or a date; in scimctl also a duration such as 30d */
    SCIM_ARG_CHOICE,   /* one of the words of `form`, "a|b|c" */
    SCIM_ARG_LIST,     /* a list of texts; in scimctl an option that may be repeated, "a,b" or '["a","b"]' */
    SCIM_ARG_MAPPINGS, /* a list of mappings (admin_pairs.h); in scimctl an option that may be repeated */
    SCIM_ARG_JSON,     /* any object or list; only in answers */
    SCIM_ARG_FILE      /* the contents of a file, up to `most` bytes; the request's body, or in scimctl its name */
} scim_arg_kind_e;

enum {
    SCIM_ARG_REQUIRED = 1,
    SCIM_ARG_FUTURE = 4,  /* a time: a duration counts forward from now, not back */
    SCIM_ARG_NAME = 8,    /* a text: leading and trailing blanks are ignored, several blanks are one */
    SCIM_ARG_PIECE = 16,  /* about a piece of a file; not an option in scimctl, which sends all pieces */
    SCIM_ARG_NULLABLE = 2 /* null, and in scimctl "none", removes the value */
};

#define SCIM_ADMIN_TEXT_MAX 4096  /* bytes of a text, where its table says nothing */
#define SCIM_ADMIN_LIST_MAX 10000 /* texts of a list */
#define SCIM_ADMIN_PAGE_MAX 500   /* rows of a page */

/* An argument; tables end with a NULL name. Segments in braces in an operation's path are text arguments, too, and are
 * not in the table. */
typedef struct scim_admin_arg_t {
    const char *name; /* camelCase, as in JSON; scimctl has --camel-case */
    scim_arg_kind_e kind;
    unsigned flags;
    const char *form;        /* a choice: its words; others: the value's name in a help text */
    apr_int64_t least, most; /* 0 and 0: no own limits */
    const char *help;
} scim_admin_arg_t;

/* A member of the answer; tables end with a NULL name. */
typedef struct scim_admin_field_t {
    const char *name;
    scim_arg_kind_e kind;
    const char *heading; /* in scimctl's table; NULL: not in the table */
    const char *help;
} scim_admin_field_t;

enum {
    SCIM_OP_LIST = 1,      /* answers {"items": [...], "next": TEXT or null}, of `fields` each */
    SCIM_OP_CREATES = 2,   /* 201 with Location: the path and the answer's `id_field` */
    SCIM_OP_EMPTY = 4,     /* no answer: 204 */
    SCIM_OP_FEW = 8,       /* a short list: scimctl shows all its pages */
    SCIM_OP_FILTERS = 16,  /* needs the schemas, for a filter or conditions of templates */
    SCIM_OP_SURVIVES = 64, /* also for a removed tenant */
    SCIM_OP_ASKS = 256,    /* scimctl first shows the answer of the operation VERB-preview and asks */
    SCIM_OP_SEATS = 512,   /* finds or counts seats: the sizes of large groups are stored first */
    SCIM_OP_SHEET = 128,   /* a list for a file: scimctl prints all of it as CSV */
    SCIM_OP_ORDERED = 32,  /* planned with sorting disabled: indexes give the order */
    SCIM_OP_JUDGES = 1024  /* the answer's `passed` is the exit code of scimctl, too: 1 where it is false */
};

typedef struct scim_admin_call_t scim_admin_call_t;
typedef scim_error_t *(*scim_admin_hook_t)(scim_admin_call_t *call);

/* An argument that names an object of the tenant, and the refusal if there is none; tables end with a NULL argument.
 * Before the statement runs, the name is replaced by the object's id (a role's value). */
typedef struct scim_admin_name_t {
    const char *argument; /* user, group, role, flag or subscription */
    const struct scim_refusal_t *missing;
} scim_admin_name_t;

typedef struct scim_admin_op_t {
    const char *noun;
    const char *verb;
    const char *alias;    /* a synonym of the verb in scimctl; NULL: none */
    const char *argument; /* scimctl's positional argument; NULL: none */
    const char *method;   /* "GET", "POST", "PUT", "PATCH", "DELETE" */
    const char *path;     /* "/tenants/{tenant}/roles/{role}" */
    scim_statement_e statement;
    const struct scim_admin_change_t *change; /* admin_change.h; NULL: `statement` executes it */
    const struct scim_refusal_t *missing;     /* if the statement finds no row (rules/noun.h); NULL: it always does */
    const scim_admin_arg_t *args;             /* NULL: only those of the path */
    const scim_admin_name_t *names;           /* NULL: none */
    const scim_admin_field_t *fields;
    const char *id_field; /* for SCIM_OP_CREATES */
    unsigned flags;
    scim_admin_hook_t carry;   /* executes it by other operations; NULL: by its statement */
    scim_admin_hook_t read;    /* executes it by a composed statement; NULL: by `statement` */
    scim_admin_hook_t prepare; /* before the transaction: computes arguments; NULL: none */
    scim_admin_hook_t finish;  /* after it: completes the answer with data outside the database; NULL */
    scim_admin_hook_t after;   /* after the connection was returned, to wait for something; NULL */
    const char *summary;       /* one sentence, lower case at its start, no full stop */
} scim_admin_op_t;

struct scim_admin_call_t {
    const scim_admin_op_t *op;
    scim_conn_t *conn;
    const char *tenant;            /* in the path; NULL: the operation is not for one tenant */
    const char *wall;              /* the tenant that row-level security lets it see; NULL: all */
    json_object *args;             /* checked by scim_admin_check; owned by the pool */
    const char *actor_kind;        /* "admin" or "scimctl" */
    const char *actor;             /* the user's name */
    const char *request;           /* the request id in the logs; NULL: none */
    const char *if_match;          /* comma-separated version tags without quotes; NULL: any */
    const scim_schemas_t *schemas; /* for filters; NULL: unknown */
    const char *sync_policy;       /* default for new tenants; NULL: the database's default */
    const char *base_url;          /* the endpoint's, with {tenant} for the name; NULL: unknown */
    const char *secret;            /* made by prepare, shown by finish */
    apr_interval_time_t patience;  /* how long an operation in batches continues; 0: until it is done */
    apr_hash_t *seen;              /* the accounts of earlier calls for the same file; NULL: only one call */
    apr_pool_t *pool;
    /* The result. */
    const char *answer; /* JSON; NULL for SCIM_OP_EMPTY */
    const char *etag;   /* the version of the answer, without quotes */
};

/* All operations: a NULL-terminated list of tables, each of which ends with a NULL noun. */
extern const scim_admin_op_t *const scim_admin_tables[];

/* The operation for a method and a path below the admin Location; the path starts with a slash and is percent-decoded,
 * except for slashes in values. `args` gets the values of the segments in braces. *allow lists the allowed methods,
 * NULL if there is no such path. NULL: none. */
const scim_admin_op_t *scim_admin_route(json_object *args, const char **allow, const char *method, const char *path,
                                        apr_pool_t *pool);

/* Whether a verb is the operation's verb or its synonym. */
int scim_admin_called(const scim_admin_op_t *op, const char *verb);

/* The operation of a noun and a verb; NULL: there is none. */
const scim_admin_op_t *scim_admin_command(const char *noun, const char *verb);

/* An argument of an operation by its name; NULL: not in its table. */
const scim_admin_arg_t *scim_admin_arg(const scim_admin_op_t *op, const char *name, apr_size_t len);

/* Reads an argument from the text of a query or a command line; the caller owns *value. Errors: 400 that names the
 * field. */
scim_error_t *scim_admin_read(json_object **value, const scim_admin_arg_t *arg, const char *text, apr_pool_t *pool);

/* Checks all arguments (unknown, missing, kinds, limits) and names every wrong field. Errors: 400. */
scim_error_t *scim_admin_check(const scim_admin_op_t *op, json_object *args, apr_pool_t *pool);

/* Executes a call. Errors: 400, 403, 404, 409, 412 of the operation, 503. */
scim_error_t *scim_admin_run(scim_admin_call_t *call);

/* Executes several calls in order in one transaction; they have the same connection, tenant and actor, and each may
 * have an if_match. *failed is the index of the refused call; -1: none, or no single one. Errors as scim_admin_run.
 */
scim_error_t *scim_admin_run_all(int *failed, scim_admin_call_t *calls, int n);

/* The version of an answer, without quotes, as scim.etag computes it. */
const char *scim_admin_etag(const char *text, apr_size_t len, apr_pool_t *pool);

/* The text of an argument; NULL if it is absent or null. */
const char *scim_admin_text(const scim_admin_call_t *call, const char *name);

/* Sets an argument, which the statement sees. */
void scim_admin_set(scim_admin_call_t *call, const char *name, json_object *value);

/* The next segment in braces at or after *at; 0 if there is none. */
int scim_admin_segment(const char **name, apr_size_t *len, const char **at);

/* The direction of a sorted list. */
#define SCIM_ADMIN_ORDER_ARG                                                                                           \
    {                                                                                                                  \
        "order", SCIM_ARG_CHOICE, 0, "ascending|descending", 0, 0, "the direction of the order (default: ascending)"   \
    }

/* The arguments of every list; a list's table begins with them. */
#define SCIM_ADMIN_PAGE_ARGS                                                                                           \
    {"limit", SCIM_ARG_INT, 0, "N", 1, 500, "the maximum number of items (default: 50)"},                              \
    {                                                                                                                  \
        "after", SCIM_ARG_TEXT, 0, "NEXT", 0, 1000, "the `next` of the previous page"                                  \
    }
#define SCIM_ADMIN_LIST_ARGS                                                                                           \
    {"q", SCIM_ARG_TEXT, 0, "TEXT", 0, 200, "only items with this in their names, without case"}, SCIM_ADMIN_PAGE_ARGS

#endif
