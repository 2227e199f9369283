#include "when.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/text.h"

#define DIGITS          "0123456789"
#define SPAN_MAX_DIGITS 6 /* more than any useful time span, and far from an overflow */
#define DATE_LENGTH     10

/* The seconds of a unit; 0: it is unknown. */
static apr_int64_t unit_seconds(const char *unit)
{
    if (strcmp(unit, "h") == 0) {
        return 3600;
    }
    return strcmp(unit, "d") == 0 ? 86400 : 0;
}

static int read_span(apr_interval_time_t *span, const char *text)
{
    apr_size_t digits = strspn(text, DIGITS);
    apr_int64_t seconds = unit_seconds(text + digits);

    if (digits == 0 || digits > SPAN_MAX_DIGITS || seconds == 0) {
        return 0;
    }
    *span = apr_time_from_sec(apr_atoi64(text) * seconds);
    return 1;
}

static int read_date(apr_time_t *time, const char *text)
{
    char midnight[DATE_LENGTH + sizeof("T00:00:00Z")];

    if (strlen(text) != DATE_LENGTH) {
        return 0;
    }
    apr_snprintf(midnight, sizeof(midnight), "%sT00:00:00Z", text);
    return scim_time_read(time, midnight);
}

int cli_when_read(apr_time_t *time, const char *text, apr_time_t now, int future)
{
    apr_interval_time_t span;

    if (read_span(&span, text)) {
        *time = future ? now + span : now - span;
        return 1;
    }
    return read_date(time, text) || scim_time_read(time, text);
}
