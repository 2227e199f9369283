/* Arguments of administrators' operations: reading and checking them by the tables. */
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "admin_pairs.h"
#include "scim/json.h"
#include "scim/marks.h"
#include "scim/text.h"
#include "tenant.h"

#define LIST_DEPTH 2 /* levels of JSON: a list of texts in an object */

int scim_admin_segment(const char **name, apr_size_t *len, const char **at)
{
    const char *open = strchr(*at, '{');
    if (!open) {
        return 0;
    }
    *name = open + 1;
    *len = strcspn(open + 1, "}");
    *at = open + 1 + *len;
    return 1;
}

const scim_admin_arg_t *scim_admin_arg(const scim_admin_op_t *op, const char *name, apr_size_t len)
{
    const scim_admin_arg_t *arg = op->args;
    while (arg && arg->name && (strlen(arg->name) != len || strncmp(arg->name, name, len) != 0)) {
        arg++;
    }
    return arg && arg->name ? arg : NULL;
}

static int in_path(const scim_admin_op_t *op, const char *name)
{
    const char *at = op->path;
    const char *segment;
    apr_size_t len;
    while (scim_admin_segment(&segment, &len, &at)) {
        if (strlen(name) == len && strncmp(segment, name, len) == 0) {
            return 1;
        }
    }
    return 0;
}

/* --- one value ---------------------------------------------------------------------------------------------------- */

static const char *check_text(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    apr_size_t most = arg->most ? (apr_size_t)arg->most : SCIM_ADMIN_TEXT_MAX;
    if (!json_object_is_type(value, json_type_string)) {
        return "must be a text.";
    }
    apr_uint32_t code;
    if (scim_hidden_find(&code, json_object_get_string(value)) && code > 0x9f) {
        return apr_psprintf(
            pool, "holds the character U+%04X, which nobody sees or which changes how text is shown; remove it.",
            (unsigned)code);
    }
    if (!scim_label_valid(json_object_get_string(value), most)) {
        return apr_psprintf(pool, "must be 1 to %lu bytes of text without control characters.", (unsigned long)most);
    }
    if (scim_text_blank(json_object_get_string(value))) {
        return "must not consist of spaces only.";
    }
    return NULL;
}

static const char *check_int(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    apr_int64_t most = arg->most ? arg->most : APR_INT32_MAX;
    apr_int64_t number = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : -1;
    if (!json_object_is_type(value, json_type_int) || number < arg->least || number > most) {
        return apr_psprintf(pool, "must be a whole number from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT ".",
                            arg->least, most);
    }
    return NULL;
}

static const char *check_flag(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    (void)arg;
    (void)pool;
    return json_object_is_type(value, json_type_boolean) ? NULL : "must be true or false.";
}

static const char *check_time(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    apr_time_t time;
    (void)arg;
    (void)pool;
    if (json_object_is_type(value, json_type_string) && scim_time_read(&time, json_object_get_string(value))) {
        return NULL;
    }
    return "must be a time such as 2027-01-31T12:00:00Z.";
}

static const char *check_choice(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
    apr_size_t len = strlen(text);
    for (const char *word = arg->form; len > 0 && word; word = strchr(word, '|')) {
        word += *word == '|';
        if (strcspn(word, "|") == len && strncmp(word, text, len) == 0) {
            return NULL;
        }
    }
    return apr_psprintf(pool, "must be one of: %s.", arg->form);
}

static const char *check_list(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    if (!json_object_is_type(value, json_type_array) || json_object_array_length(value) > SCIM_ADMIN_LIST_MAX) {
        return apr_psprintf(pool, "must be a list of at most %d texts.", SCIM_ADMIN_LIST_MAX);
    }
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        const char *problem = check_text(arg, json_object_array_get_idx(value, i), pool);
        if (problem) {
            return apr_pstrcat(pool, "each of the list ", problem, NULL);
        }
    }
    return NULL;
}

static const char *check_file(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    if (!json_object_is_type(value, json_type_string)) {
        return "must be the text of a file.";
    }
    if (json_object_get_string_len(value) > arg->most) {
        return apr_psprintf(pool, "has more than %" APR_INT64_T_FMT " bytes; send it in pieces, or use scimctl.",
                            arg->most);
    }
    return NULL;
}

static const char *check_json(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    (void)arg;
    (void)pool;
    return json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array)
               ? NULL
               : "must be an object or a list.";
}

static const char *check_mappings(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    (void)arg;
    return scim_admin_pairs_check(value, pool);
}

/* Whether a text anywhere in a value has too many combining marks in a row. */
static int has_many_marks(json_object *value)
{
    if (json_object_is_type(value, json_type_string)) {
        return scim_marks_many(json_object_get_string(value), (apr_size_t)json_object_get_string_len(value));
    }
    for (size_t i = 0; json_object_is_type(value, json_type_array) && i < json_object_array_length(value); i++) {
        if (has_many_marks(json_object_array_get_idx(value, i))) {
            return 1;
        }
    }
    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, member)
        {
            if (scim_marks_many(name, strlen(name)) || has_many_marks(member)) {
                return 1;
            }
        }
    }
    return 0;
}

static const char *(*const checks[])(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool) = {
    [SCIM_ARG_TEXT] = check_text, [SCIM_ARG_INT] = check_int,           [SCIM_ARG_FLAG] = check_flag,
    [SCIM_ARG_TIME] = check_time, [SCIM_ARG_CHOICE] = check_choice,     [SCIM_ARG_LIST] = check_list,
    [SCIM_ARG_JSON] = check_json, [SCIM_ARG_MAPPINGS] = check_mappings, [SCIM_ARG_FILE] = check_file,
};

/* Why a value is invalid; NULL: it is valid. */
static const char *check_value(const scim_admin_arg_t *arg, json_object *value, apr_pool_t *pool)
{
    if (!value) {
        return arg->flags & SCIM_ARG_NULLABLE ? NULL : "must have a value, not null.";
    }
    return checks[arg->kind](arg, value, pool);
}

/* --- all values ----------------------------------------------------------------------------------------------------*/

static scim_error_t *wrong(scim_error_t *error, const char *field, const char *detail, apr_pool_t *pool)
{
    if (!error) {
        error = scim_error_status(pool, 400, "%s: %s", field, detail);
    }
    scim_error_field(error, field, detail, pool);
    return error;
}

/* A date without a time means the beginning of that day. */
static const char *whole_time(const char *text, apr_pool_t *pool)
{
    return strlen(text) == 10 ? apr_pstrcat(pool, text, "T00:00:00Z", NULL) : text;
}

/* Brings names and times into the stored form. */
static void tidy(const scim_admin_op_t *op, json_object *args, apr_pool_t *pool)
{
    json_object *value;
    for (const scim_admin_arg_t *arg = op->args; arg && arg->name; arg++) {
        if (((arg->flags & SCIM_ARG_NAME) || arg->kind == SCIM_ARG_TIME) &&
            json_object_object_get_ex(args, arg->name, &value) && json_object_is_type(value, json_type_string) &&
            strlen(json_object_get_string(value)) == (apr_size_t)json_object_get_string_len(value)) {
            const char *text = json_object_get_string(value);
            text = arg->kind == SCIM_ARG_TIME ? whole_time(text, pool) : scim_text_tidy(text, pool);
            if (*text) { /* a name of blanks only stays unchanged, so that the check refuses it */
                json_object_object_add(args, arg->name, json_object_new_string(text));
            }
        }
    }
}

/* The message for an unknown argument. */
static const char *unknown_argument(const scim_admin_op_t *op, apr_pool_t *pool)
{
    const char *names = NULL;
    for (const scim_admin_arg_t *arg = op->args; arg && arg->name; arg++) {
        names = names ? apr_pstrcat(pool, names, ", ", arg->name, NULL) : arg->name;
    }
    return names ? apr_psprintf(pool, "is unknown; the arguments are: %s.", names) : "is unknown; leave it out.";
}

static scim_error_t *check_given(const scim_admin_op_t *op, json_object *args, apr_pool_t *pool)
{
    scim_error_t *error = NULL;
    json_object_object_foreach(args, name, value)
    {
        const scim_admin_arg_t *arg = scim_admin_arg(op, name, strlen(name));
        const char *problem = NULL;
        if ((!arg || arg->kind != SCIM_ARG_FILE) && has_many_marks(value)) {
            problem = SCIM_MARKS_DETAIL ".";
        } else if (arg) {
            problem = check_value(arg, value, pool);
        } else if (!in_path(op, name)) {
            problem = unknown_argument(op, pool);
        }
        if (problem) {
            error = wrong(error, apr_pstrdup(pool, name), problem, pool);
        }
    }
    return error;
}

/* A change without any argument is an error. */
static scim_error_t *check_change(const scim_admin_op_t *op, json_object *args, apr_pool_t *pool)
{
    const char *names = NULL;
    if (strcmp(op->method, "PATCH") != 0) {
        return NULL;
    }
    for (const scim_admin_arg_t *arg = op->args; arg && arg->name; arg++) {
        if (json_object_object_get_ex(args, arg->name, NULL)) {
            return NULL;
        }
        names = names ? apr_pstrcat(pool, names, ", ", arg->name, NULL) : arg->name;
    }
    return scim_error_status(pool, 400, "Nothing to change: give at least one of %s.", names);
}

scim_error_t *scim_admin_check(const scim_admin_op_t *op, json_object *args, apr_pool_t *pool)
{
    tidy(op, args, pool);
    scim_error_t *error = check_given(op, args, pool);
    for (const scim_admin_arg_t *arg = op->args; arg && arg->name; arg++) {
        if ((arg->flags & SCIM_ARG_REQUIRED) && !json_object_object_get_ex(args, arg->name, NULL)) {
            error = wrong(error, arg->name, apr_psprintf(pool, "is missing; give %s.", arg->help), pool);
        }
    }
    return error ? error : check_change(op, args, pool);
}

/* --- values in text form -------------------------------------------------------------------------------------------*/

static json_object *read_int(const char *text)
{
    apr_size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 16 && text[digits] == '\0' ? json_object_new_int64(apr_atoi64(text)) : NULL;
}

static json_object *read_flag(const char *text)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"true", 1}, {"on", 1}, {"yes", 1}, {"", 1}, {"false", 0}, {"off", 0}, {"no", 0}};
    for (apr_size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, text) == 0) {
            return json_object_new_boolean(words[i].value);
        }
    }
    return NULL;
}

/* Reads a JSON list; NULL: the text is not one. */
static json_object *read_json_list(const char *text, apr_pool_t *pool)
{
    const char *whole = apr_pstrcat(pool, "{\"list\":", text, "}", NULL);
    json_object *object;
    json_object *list;
    if (*text != '[' || scim_json_read(&object, whole, strlen(whole), LIST_DEPTH, pool) ||
        json_object_object_length(object) != 1) {
        return NULL;
    }
    json_object_object_get_ex(object, "list", &list);
    return json_object_get(list);
}

/* A text that is not a JSON list is a list of names, separated by commas and spaces; "none" is the empty list. */
static json_object *read_list(const char *text, apr_pool_t *pool)
{
    json_object *list = read_json_list(text, pool);
    char *state;
    if (list) {
        return list;
    }
    list = json_object_new_array();
    if (strcmp(text, "none") == 0) {
        return list;
    }
    for (char *word = apr_strtok(apr_pstrdup(pool, text), ",", &state); word; word = apr_strtok(NULL, ",", &state)) {
        word += strspn(word, " ");
        for (apr_size_t len = strlen(word); len > 0 && word[len - 1] == ' '; len--) {
            word[len - 1] = '\0';
        }
        json_object_array_add(list, json_object_new_string(word));
    }
    return list;
}

scim_error_t *scim_admin_read(json_object **value, const scim_admin_arg_t *arg, const char *text, apr_pool_t *pool)
{
    *value = NULL;
    if ((arg->flags & SCIM_ARG_NULLABLE) && strcmp(text, "none") == 0) {
        return NULL;
    }
    switch (arg->kind) {
    case SCIM_ARG_INT:
        *value = read_int(text);
        break;
    case SCIM_ARG_FLAG:
        *value = read_flag(text);
        break;
    case SCIM_ARG_TIME:
        *value = json_object_new_string(whole_time(text, pool));
        break;
    case SCIM_ARG_LIST:
        *value = read_list(text, pool);
        break;
    case SCIM_ARG_MAPPINGS:
        *value = scim_admin_pairs_read(text, pool);
        break;
    case SCIM_ARG_TEXT:
    case SCIM_ARG_CHOICE:
    case SCIM_ARG_JSON:
    case SCIM_ARG_FILE:
        *value = json_object_new_string(text);
        break;
    }
    /* A value of the wrong type stays a text, and the check reports it. */
    if (!*value) {
        *value = json_object_new_string(text);
    }
    const char *problem = check_value(arg, *value, pool);
    if (problem) {
        json_object_put(*value);
        return wrong(NULL, arg->name, problem, pool);
    }
    return NULL;
}
