#include "support/json.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/text.h"

tt_json *tt_json_new(void)
{
    return cJSON_CreateObject();
}

tt_json *tt_json_event(const char *name)
{
    tt_json *j = tt_json_new();
    tt_json_text(j, "event", name);
    return j;
}

void tt_json_end(double seconds, bool failed)
{
    tt_json *j = tt_json_event("end");
    tt_json_number(j, "seconds", seconds);
    tt_json_bool(j, "failed", failed);
    tt_json_print(j, stdout);
}

/* Adds a number as text: cJSON's own printing does not keep 64-bit integers. */
static void add_raw(tt_json *array_or_object, const char *key, const char *text)
{
    cJSON *item = cJSON_CreateRaw(text);
    if (key) cJSON_AddItemToObject(array_or_object, key, item);
    else cJSON_AddItemToArray(array_or_object, item);
}

/* The shortest of 15, 16 or 17 digits that reads back as the same double. */
static void number_text(char text[40], double value)
{
    if (!isfinite(value)) {
        memcpy(text, "null", 5);
        return;
    }
    locale_t before = tti_c_locale_begin();
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, 40, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    tti_c_locale_end(before);
}

void tt_json_number(tt_json *j, const char *key, double value)
{
    char text[40];
    number_text(text, value);
    if (j) add_raw(j, key, text);
}

void tt_json_whole(tt_json *j, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    if (j) add_raw(j, key, text);
}

void tt_json_count(tt_json *j, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    if (j) add_raw(j, key, text);
}

void tt_json_bool(tt_json *j, const char *key, bool value)
{
    if (j) cJSON_AddBoolToObject(j, key, value);
}

void tt_json_null(tt_json *j, const char *key)
{
    if (j) cJSON_AddNullToObject(j, key);
}

void tt_json_text(tt_json *j, const char *key, const char *value)
{
    if (!j) return;
    if (!value) {
        tt_json_null(j, key);
        return;
    }
    char *clean = malloc(3 * strlen(value) + 1);
    if (!clean) return;
    tti_utf8_clean(clean, value); /* a path may hold any bytes, JSON may not */
    cJSON_AddStringToObject(j, key, clean);
    free(clean);
}

void tt_json_numbers(tt_json *j, const char *key, const double *values, size_t n)
{
    if (!j) return;
    cJSON *array = cJSON_AddArrayToObject(j, key);
    char text[40];
    for (size_t i = 0; array && i < n; i++) {
        number_text(text, values[i]);
        add_raw(array, NULL, text);
    }
}

void tt_json_append(tt_json *j, const char *key, tt_json *item)
{
    cJSON *array = j ? cJSON_GetObjectItemCaseSensitive(j, key) : NULL;
    if (j && !array) array = cJSON_AddArrayToObject(j, key);
    if (!array || !cJSON_AddItemToArray(array, item)) cJSON_Delete(item);
}

bool tt_json_print(tt_json *j, FILE *out)
{
    char *text = j ? cJSON_PrintUnformatted(j) : NULL;
    bool ok = text && fprintf(out, "%s\n", text) > 0 && fflush(out) == 0;
    cJSON_free(text);
    cJSON_Delete(j);
    return ok;
}

void tt_json_free(tt_json *j)
{
    cJSON_Delete(j);
}
