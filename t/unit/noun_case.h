/*
 * A case of what administrators do: facts and arguments in, a refusal or what is written out. ' stands for ".
 */
#ifndef NOUN_CASE_H
#define NOUN_CASE_H

#include "rules/noun.h"

typedef struct noun_case_t {
    const char *what;
    const scim_action_t *action;
    const char *args;
    const char *facts;
    const char *if_match; /* the stored one has version "v1" */
    int status;           /* 0: it is done */
    const char *said;     /* the refusal: "field: text", or "text" where it is about no argument */
    const char *row;      /* what is written, without keys; NULL: nothing, it is so already */
    const char *entries;
} noun_case_t;

void noun_case(const noun_case_t *one);

#endif
