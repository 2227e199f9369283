/*
 * Administrators' actions on a noun with a few members, such as a flag: add, set, remove.
 *
 * A noun describes its representation and its audit entries; an action describes its refusals. The store looks up what
 * an action needs and passes it as facts: members of a JSON object, named after the columns of the statements. Three
 * facts have a meaning for all nouns:
 *
 *   is     the stored representation, locked; missing if there is none
 *   id     the id of the object to be made
 *   taken  an existing object with the same name (by convention; the table of refusals names it)
 *
 * An example, adding the flag "VIP" to a tenant that has it: the fact `taken` is present, its row in the table of
 * refusals has 409, `flag` and "There is a flag "{flag}" already.", and these make the answer. If nothing refuses, the
 * outcome is a row to write and the audit entries. This file uses no connection and no request.
 */
#ifndef SCIM_RULES_NOUN_H
#define SCIM_RULES_NOUN_H

#include <json-c/json.h>

#include "scim/error.h"

typedef enum { SCIM_ACTION_ADD, SCIM_ACTION_SET, SCIM_ACTION_REMOVE } scim_action_e;
#define SCIM_ACTION_COUNT 3

/* A fact that refuses an action; tables end with a NULL fact. */
typedef struct scim_refusal_t {
    const char *fact;  /* refuses if this fact is present and not false; "!fact": if it is missing or false */
    int status;        /* 400, 403, 404 or 409 */
    const char *field; /* the wrong argument; NULL: no single one */
    const char *text;  /* what is wrong, and what to do; {name} is a fact, else a member of `is`, else an argument */
} scim_refusal_t;

/* A member of a representation; tables end with a NULL name. A new object takes it from the fact of that name, else
 * from the argument of that name; a change does the same if the argument is given. */
typedef struct scim_member_rule_t {
    const char *name;
    const char *initial; /* JSON: the default for a new object; NULL: null */
    int fixed;           /* no argument changes it */
} scim_member_rule_t;

/* The ends of the tables. */
#define SCIM_NO_REFUSAL                                                                                                \
    {                                                                                                                  \
        NULL, 0, NULL, NULL                                                                                            \
    }
#define SCIM_NO_MEMBER                                                                                                 \
    {                                                                                                                  \
        NULL, NULL, 0                                                                                                  \
    }

typedef struct scim_noun_t {
    const char *type;                       /* the type in the audit log: "Flag" */
    const char *id, *name;                  /* the members that are its id and name in the audit log */
    const char *actions[SCIM_ACTION_COUNT]; /* the name of each in the log; NULL: no entry */
    const char *const *told;                /* the members in the log; NULL: all, or for a change those that differ */
    const scim_refusal_t *missing;          /* if none has the name */
    const scim_member_rule_t *members;
    int open; /* every argument changes the member of the same name */
} scim_noun_t;

typedef struct scim_asked_t scim_asked_t;
typedef struct scim_outcome_t scim_outcome_t;

typedef struct scim_action_t {
    const scim_noun_t *noun;
    scim_action_e kind;
    int fresh;                      /* the object was just made, and has no version to match */
    int always;                     /* carried out even if nothing changes */
    const scim_refusal_t *refusals; /* checked in this order; NULL: none */
    /* Checks that a table cannot express, made first; NULL: none. */
    scim_error_t *(*check)(const scim_asked_t *asked);
    /* Sets members that are derived from facts and arguments; NULL: none. */
    void (*derive)(json_object *will, const scim_asked_t *asked);
    /* Further changes beside the row and its entry; NULL: none. */
    void (*follow)(scim_outcome_t *outcome, const scim_asked_t *asked);
    /* Replaces the steps by members, derive and follow: checks, fills the outcome's row, which is empty, and adds the
     * entries. NULL: members, derive and follow are used. */
    scim_error_t *(*decide)(scim_outcome_t *outcome, const scim_asked_t *asked);
} scim_action_t;

struct scim_asked_t {
    const scim_action_t *action;
    json_object *args;                    /* checked by store/admin.h */
    json_object *facts;                   /* what the store has looked up */
    const char *version;                  /* the version of `is`; NULL: none */
    const char *if_match;                 /* If-Match: comma-separated versions; NULL or "*": any */
    const struct scim_schemas_t *schemas; /* for the conditions of templates; NULL: unknown */
    apr_pool_t *pool;
};

struct scim_outcome_t {
    int changes;            /* 0: nothing would change; nothing is written, and `is` is the answer */
    json_object *is, *will; /* the representation before and after; NULL: there is none */
    json_object
        *row; /* what is written: the facts, and the new representation, or the former one of a removed object */
    json_object *entries; /* a list of audit entries, as the statement admin_audit_add takes them */
    json_object *answer;  /* the answer if nothing is written; NULL: `is` */
    apr_pool_t *pool;
};

/* Decides. Errors: those of the tables, 404 if there is nothing to set or remove, 412 if it has another version. */
scim_error_t *scim_action_decide(scim_outcome_t *outcome, const scim_asked_t *asked);

/* Refuses with 412 a change for other versions than `version`; `wanted` is scim_asked_t's if_match. */
scim_error_t *scim_version_check(const char *wanted, const char *version, apr_pool_t *pool);

/* The error of a refusal; `field` gets the text, too. */
scim_error_t *scim_action_refuse(const scim_asked_t *asked, const scim_refusal_t *refusal);

/* The error of the first refusal of a table whose fact is present; NULL: none. */
scim_error_t *scim_action_check(const scim_asked_t *asked, const scim_refusal_t *refusals);

/* The same for one of several objects, with its facts, or for an object that was only `named`. */
scim_error_t *scim_action_refuse_one(const scim_asked_t *asked, const scim_refusal_t *refusal, json_object *facts);
scim_error_t *scim_action_refuse_named(const scim_asked_t *asked, const scim_refusal_t *refusal, json_object *named);

/* An argument that is a list; NULL if it is missing. */
json_object *scim_asked_list(const scim_asked_t *asked, const char *argument);
size_t scim_list_length(json_object *list); /* 0 of NULL */

/* The facts about the name at `place` of such a list: the fact is a list of objects in the order of the names, each
 * with the name as `named`; NULL if nothing was found. */
json_object *scim_asked_found(const scim_asked_t *asked, const char *fact, json_object *list, size_t place);

/* The fact, else the stored member, else the argument of this name; NULL if none exists, or null. */
json_object *scim_asked_value(const scim_asked_t *asked, const char *name);

/* Adds an entry. `before` and `after` may be NULL; they are the caller's. */
void scim_outcome_tell(scim_outcome_t *outcome, const char *action, const char *type, const char *id, const char *name,
                       json_object *before, json_object *after);

/* Sets in the latest entry how many people may lose access, and how many keep it but cannot log in as before. */
void scim_outcome_weigh(scim_outcome_t *outcome, int weight, int logins);

/* *before gets the members of `one` that differ from `other`, *after those of `other` that differ from `one`; NULL if
 * there are none. */
void scim_outcome_differ(json_object **before, json_object **after, json_object *one, json_object *other,
                         apr_pool_t *pool);

#endif
