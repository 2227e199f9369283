#include "account_doc.h"

#include <ctype.h>
#include <string.h>

#include "row.h"
#include "scim/json.h"
#include "scim/resource.h"

int scim_account_is_email(const char *text, int dotted)
{
    const char *at = strchr(text, '@');
    if (!at || at == text || !at[1] || strchr(at + 1, '@')) {
        return 0;
    }
    for (const char *c = text; *c; c++) {
        if (isspace((unsigned char)*c)) {
            return 0;
        }
    }
    const char *dot = strchr(at + 2, '.');
    return !dotted || (dot && dot[1]);
}

/* Sets a member; null removes it. */
static void put(json_object *object, const char *name, json_object *value)
{
    if (value) {
        json_object_object_add(object, name, json_object_get(value));
    } else {
        json_object_object_del(object, name);
    }
}

/* --- lists from which the account uses one entry -------------------------------------------------------------------*/

static int is_blank(json_object *entry)
{
    const char *value = scim_row_text(entry, "value");
    return !value || value[strspn(value, " ")] == '\0';
}

static int is_primary(json_object *entry)
{
    return json_object_is_type(entry, json_type_object) &&
           json_object_get_boolean(json_object_object_get(entry, "primary"));
}

/* The index of the entry that the account uses: of those with a value the primary one, else the first; -1: none. */
static int chosen_place(json_object *list)
{
    int best = -1, best_rank = 0;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *entry = json_object_array_get_idx(list, i);
        int rank = 1 + 2 * !is_blank(entry) + is_primary(entry);
        if (rank > best_rank) {
            best = (int)i;
            best_rank = rank;
        }
    }
    return best;
}

static json_object *first_entry(json_object *value)
{
    json_object *entry = json_object_new_object();
    json_object_object_add(entry, "value", json_object_get(value));
    json_object_object_add(entry, "primary", json_object_new_boolean(1));
    return entry;
}

/* Changes the value of the entry that the account uses. Null removes the entry, and then the list if it is empty. */
static void set_chosen(json_object *doc, const char *name, json_object *value)
{
    json_object *list = json_object_object_get(doc, name);
    if (!json_object_is_type(list, json_type_array)) {
        list = json_object_new_array();
        json_object_object_add(doc, name, list);
    }
    int place = chosen_place(list);
    json_object *entry = place < 0 ? NULL : json_object_array_get_idx(list, (size_t)place);
    if (value && json_object_is_type(entry, json_type_object)) {
        json_object_object_add(entry, "value", json_object_get(value));
    } else if (value) {
        json_object_array_add(list, first_entry(value));
    } else if (place >= 0) {
        json_object_array_del_idx(list, (size_t)place, 1);
    }
    if (json_object_array_length(list) == 0) {
        json_object_object_del(doc, name);
    }
}

/* --- changing the document -----------------------------------------------------------------------------------------*/

/* `formatted` is removed, because it has the former name. */
static void set_names(json_object *doc, json_object *args)
{
    static const char *const parts[] = {"givenName", "familyName"};
    int set = 0;
    json_object *value, *name = json_object_object_get(doc, "name");
    if (!json_object_is_type(name, json_type_object)) {
        name = json_object_new_object();
        json_object_object_add(doc, "name", name);
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        if (json_object_object_get_ex(args, parts[i], &value)) {
            put(name, parts[i], value);
            set = 1;
        }
    }
    if (set) {
        json_object_object_del(name, "formatted");
    }
    if (json_object_object_length(name) == 0) {
        json_object_object_del(doc, "name");
    }
}

static void set_display_name(json_object *doc, json_object *args, apr_pool_t *pool)
{
    json_object *value;
    if (json_object_object_get_ex(args, "displayName", &value)) {
        put(doc, "displayName", value);
    }
    const char *made = scim_row_text(doc, "displayName") ? NULL : scim_display_name(doc, pool);
    if (made) {
        json_object_object_add(doc, "displayName", json_object_new_string(made));
    }
}

/* Restores the former names for undo; 0: the arguments have none. */
static int put_back_names(json_object *doc, json_object *args)
{
    static const char *const names[] = {"name", "displayName"};
    json_object *was = json_object_object_get(args, SCIM_ACCOUNT_WAS);
    for (size_t i = 0; was && i < sizeof(names) / sizeof(*names); i++) {
        put(doc, names[i], json_object_object_get(was, names[i]));
    }
    return was != NULL;
}

json_object *scim_account_doc(json_object *doc, json_object *args, apr_pool_t *pool)
{
    static const char *const plain[] = {"userName", "active"};
    static const struct {
        const char *argument, *list;
    } lists[] = {{"email", "emails"}, {"phone", "phoneNumbers"}};
    json_object *value, *out = scim_json_copy(doc, pool);
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
        if (json_object_object_get_ex(args, plain[i], &value)) {
            put(out, plain[i], value);
        }
    }
    int back = put_back_names(out, args);
    if (!back) {
        set_names(out, args);
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        if (json_object_object_get_ex(args, lists[i].argument, &value)) {
            set_chosen(out, lists[i].list, value);
        }
    }
    if (!back) {
        set_display_name(out, args, pool);
    }
    return out;
}
