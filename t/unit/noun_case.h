/*
 * A case of an administrator's action: facts and arguments, and the expected refusal, or the row. ' stands for ".
 */
#ifndef NOUN_CASE_H
#define NOUN_CASE_H

#include "rules/noun.h"

typedef struct noun_case_t {
    const char *what;
    const scim_action_t *action;
    const char *args;
    const char *facts;
    const char *if_match; /* the stored object has version "v1" */
    int status;           /* 0: no refusal */
    const char *said;     /* the refusal: "field: text", or "text" without a field */
    const char *row;      /* the expected row, without keys; NULL: nothing is written */
    const char *entries;
} noun_case_t;

void noun_case(const noun_case_t *one);

#endif
