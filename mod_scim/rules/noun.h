/*
 * What administrators do with a thing of a tenant that a few members describe, such as a flag: add, set, remove.
 *
 * A noun says what its representation has and what the audit log tells of it; an action says what refuses it. The
 * store looks up what an action asks for and gives it here as facts: members of a JSON object, named as the columns of
 * the statements that looked them up. Three of them have a meaning for all nouns:
 *
 *   is     the representation that is stored and locked; missing where there is none
 *   id     the id of what is going to be made
 *   taken  what is called so already (by convention; the table of refusals names it)
 *
 * An example, adding the flag "VIP" to a tenant that has it: the fact `taken` is there, its row in the table of
 * refusals says 409, `flag` and "There is a flag "{flag}" already.", and the answer is that. Where nothing refuses, the
 * outcome is a row to write and the entries of the audit log. Nothing here knows a connection or a request.
 */
#ifndef SCIM_RULES_NOUN_H
#define SCIM_RULES_NOUN_H

#include <json-c/json.h>

#include "scim/error.h"

typedef enum { SCIM_ACTION_ADD, SCIM_ACTION_SET, SCIM_ACTION_REMOVE } scim_action_e;
#define SCIM_ACTION_COUNT 3

/* A fact that refuses; tables end with a NULL fact. */
typedef struct scim_refusal_t {
    const char *fact;  /* refuses where this is known, and not false; "!fact" where it is not */
    int status;        /* 400, 403, 404 or 409 */
    const char *field; /* the argument that is wrong; NULL: none by itself */
    const char *text;  /* what is wrong, and what to do; {name} is that of the facts, else of `is`, else an argument */
} scim_refusal_t;

/* A member of a representation; tables end with a NULL name. A new thing has it from the fact of that name, else from
 * the argument of that name; a change of it, the same way, where the argument is given. */
typedef struct scim_member_rule_t {
    const char *name;
    const char *initial; /* JSON, of a new thing that has no such fact and argument; NULL: null */
    int fixed;           /* no argument changes it */
} scim_member_rule_t;

/* What ends the tables. */
#define SCIM_NO_REFUSAL                                                                                                \
    {                                                                                                                  \
        NULL, 0, NULL, NULL                                                                                            \
    }
#define SCIM_NO_MEMBER                                                                                                 \
    {                                                                                                                  \
        NULL, NULL, 0                                                                                                  \
    }

typedef struct scim_noun_t {
    const char *type;                       /* of which the audit log tells: "Flag" */
    const char *id, *name;                  /* the members that are its id and its name there */
    const char *actions[SCIM_ACTION_COUNT]; /* what the log calls each; NULL: tells nothing */
    const char *const *told;       /* the members that the log tells; NULL: all, and of a change those that differ */
    const scim_refusal_t *missing; /* where there is none that is called so */
    const scim_member_rule_t *members;
    int open; /* any argument that the representation has a member of changes that */
} scim_noun_t;

typedef struct scim_asked_t scim_asked_t;
typedef struct scim_outcome_t scim_outcome_t;

typedef struct scim_action_t {
    const scim_noun_t *noun;
    scim_action_e kind;
    int fresh;                      /* what is set was made just now, and has no version to match */
    int always;                     /* it is carried out where nothing changes, too */
    const scim_refusal_t *refusals; /* looked at in their order; NULL: none */
    /* What a table cannot say, before it is looked at; NULL: nothing. */
    scim_error_t *(*check)(const scim_asked_t *asked);
    /* Makes of the representation what follows from facts and arguments; NULL: nothing does. */
    void (*derive)(json_object *will, const scim_asked_t *asked);
    /* What follows beside the row and its entry; NULL: nothing. */
    void (*follow)(scim_outcome_t *outcome, const scim_asked_t *asked);
    /* Decides the rest by itself, where members and their arguments are not all: what is wrong, what is written, and
     * what is told. The outcome's row is empty. NULL: the members decide, with derive and follow. */
    scim_error_t *(*decide)(scim_outcome_t *outcome, const scim_asked_t *asked);
} scim_action_t;

struct scim_asked_t {
    const scim_action_t *action;
    json_object *args;                    /* checked by store/admin.h */
    json_object *facts;                   /* what the store has looked up */
    const char *version;                  /* the version of `is`; NULL where there is none */
    const char *if_match;                 /* the versions that a change is for, "," between them; NULL or "*": any */
    const struct scim_schemas_t *schemas; /* for the conditions of templates; NULL: not known */
    apr_pool_t *pool;
};

struct scim_outcome_t {
    int changes;            /* 0: it is so already; nothing is written, and `is` is the answer */
    json_object *is, *will; /* the representation before and after; NULL: there is none */
    json_object *row;     /* the facts, and the representation as it shall be, or was where it goes: what is written */
    json_object *entries; /* a list of the audit log's entries, as the statement admin_audit_add takes them */
    json_object *answer;  /* what is answered where nothing is written; NULL: `is` */
    apr_pool_t *pool;
};

/* Decides. Errors: those of the tables, 404 where there is nothing to set or remove, 412 where it has another version.
 */
scim_error_t *scim_action_decide(scim_outcome_t *outcome, const scim_asked_t *asked);

/* Refuses, with 412, a change that is for other versions than this one; `wanted` is as scim_asked_t has it. */
scim_error_t *scim_version_check(const char *wanted, const char *version, apr_pool_t *pool);

/* A refusal of the administrator's arguments: `field` gets the text, too. */
scim_error_t *scim_action_refuse(const scim_asked_t *asked, const scim_refusal_t *refusal);

/* What facts refuse by a table; NULL: nothing. */
scim_error_t *scim_action_check(const scim_asked_t *asked, const scim_refusal_t *refusals);

/* The same about one of several things, whose facts these are, or about what has only been `named`. */
scim_error_t *scim_action_refuse_one(const scim_asked_t *asked, const scim_refusal_t *refusal, json_object *facts);
scim_error_t *scim_action_refuse_named(const scim_asked_t *asked, const scim_refusal_t *refusal, json_object *named);

/* An argument that is a list; NULL where there is none. */
json_object *scim_asked_list(const scim_asked_t *asked, const char *argument);
size_t scim_list_length(json_object *list); /* 0 of NULL */

/* What is known of the name at a place of such a list: the fact is a list of objects, each with what was `named`, in
 * the order of the names; NULL where nothing was found. */
json_object *scim_asked_found(const scim_asked_t *asked, const char *fact, json_object *list, size_t place);

/* A fact, of the stored representation, or an argument, in this order; NULL where there is none, or null. */
json_object *scim_asked_value(const scim_asked_t *asked, const char *name);

/* Adds an entry. `before` and `after` may be NULL; they are the caller's. */
void scim_outcome_tell(scim_outcome_t *outcome, const char *action, const char *type, const char *id, const char *name,
                       json_object *before, json_object *after);

/* How many people may lose access by what the latest entry tells, and how many who keep it cannot log in as before. */
void scim_outcome_weigh(scim_outcome_t *outcome, int weight, int logins);

/* The members of `one` that are not the same in `other`, to *before, and the reverse to *after; NULL where there are
 * none. */
void scim_outcome_differ(json_object **before, json_object **after, json_object *one, json_object *other,
                         apr_pool_t *pool);

#endif
