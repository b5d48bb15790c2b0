/* Reading safetensors: nothing in the file is believed before it is checked. */
#include <cjson/cJSON.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "module4_nn/checkpoint/safetensors.h"
#include "support/file.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the numbers in the file are little-endian and are used as they are"
#endif

enum { LENGTH_BYTES = 8 };

static const char *const WHO = "tt_safetensors_read";

/* A file while it is read. */
typedef struct parser {
    tt_ctx *ctx;
    const char *name;
    const uint8_t *header; /* JSON, `length` bytes */
    const uint8_t *data;   /* what follows it */
    size_t length, size;
    tt_stored *tensors; /* room for as many as the header has entries; likewise notes */
    tt_note *notes;
    size_t tensor_count, note_count;
} parser;

/* ---- the header's frame ----------------------------------------------------------------------- */

static tt_status split(parser *p, const uint8_t *bytes, size_t size)
{
    tt_ctx *c = p->ctx;
    uint64_t length = 0;
    if (size < LENGTH_BYTES)
        return tti_fail_status(c, TT_ERR_FORMAT, WHO, "%s: %s", p->name,
                               size
                                   ? "is cut off: it has not even the 8 bytes in which a "
                                     "safetensors file says how long its header is"
                                   : "is empty");
    memcpy(&length, bytes, LENGTH_BYTES);
    if (length > TT_SAFETENSORS_HEADER_MOST)
        return tti_fail_status(
            c, TT_ERR_FORMAT, WHO,
            "%s: begins like a header of %llu bytes, at most %zu are read: this is no "
            "safetensors file, or it is damaged",
            p->name, (unsigned long long)length, TT_SAFETENSORS_HEADER_MOST);
    if (length > size - LENGTH_BYTES)
        return tti_fail_status(
            c, TT_ERR_FORMAT, WHO,
            "%s: its header should have %llu bytes, but only %zu follow: it is cut off",
            p->name, (unsigned long long)length, size - LENGTH_BYTES);
    p->header = bytes + LENGTH_BYTES;
    p->length = (size_t)length;
    p->data = p->header + p->length;
    p->size = size - LENGTH_BYTES - p->length;
    if (p->length == 0 || p->header[0] != '{')
        return tti_fail_status(c, TT_ERR_FORMAT, WHO,
                               "%s: its header does not begin with {: this is no "
                               "safetensors file, or it is damaged",
                               p->name);
    return TT_OK;
}

/* The header as a tree, for the caller to delete; NULL after an error. */
static cJSON *parse_json(const parser *p)
{
    const char *end = NULL, *text = (const char *)p->header;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, p->length, &end, false);
    size_t at = end ? (size_t)(end - text) : 0;
    while (tree && at < p->length && text[at] == ' ') at++;
    if (tree && at == p->length && cJSON_IsObject(tree)) return tree;
    cJSON_Delete(tree);
    return tti_fail(p->ctx, TT_ERR_FORMAT, WHO,
                    "%s: its header is no JSON from byte %zu on: it is damaged", p->name,
                    at);
}

/* ---- one entry -------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t bytes;
} dtypes[] = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},
              {"I32", 4}, {"I16", 2}, {"I8", 1},  {"U64", 8},  {"U32", 4},
              {"U16", 2}, {"U8", 1},  {"BOOL", 1}};

static size_t dtype_bytes(const char *name)
{
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (strcmp(dtypes[i].name, name) == 0) return dtypes[i].bytes;
    return 0;
}

/* Names go into messages, and messages to terminals: no control characters. */
static bool printable(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) return false;
    return true;
}

/* A whole number from 0 to `most`; below 2^53 doubles are exact. */
static bool whole(const cJSON *item, double most, size_t *value)
{
    if (!cJSON_IsNumber(item)) return false;
    double x = item->valuedouble;
    if (!(x >= 0 && x <= most && x == floor(x))) return false;
    *value = (size_t)x;
    return true;
}

static bool read_shape(const cJSON *item, tt_shape *shape, size_t *count)
{
    *count = 1;
    *shape = (tt_shape){0};
    if (!cJSON_IsArray(item)) return false;
    for (const cJSON *size = item->child; size; size = size->next) {
        size_t n = 0;
        if (shape->ndim == TT_MAX_DIMS || !whole(size, INT_MAX, &n)) return false;
        if (n > 0 && *count > TT_SAFETENSORS_MOST / n) return false;
        *count *= n;
        shape->dim[shape->ndim++] = (int)n;
    }
    return true;
}

static tt_status bad_entry(const parser *p, const char *name, const char *what)
{
    return tti_fail_status(p->ctx, TT_ERR_FORMAT, WHO,
                           "%s: tensor \"%.100s\": %s: the header is damaged", p->name,
                           name, what);
}

static tt_status read_tensor(parser *p, const cJSON *item)
{
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(item, "dtype");
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(item, "data_offsets");
    const char *name = item->string;
    tt_stored t = {.name = tt_text(p->ctx, "%s", name)};
    size_t begin = 0, end = 0, count = 0;
    char text[TT_SHAPE_TEXT];

    if (!cJSON_IsObject(item) || !cJSON_IsString(dtype))
        return bad_entry(p, name, "has no dtype");
    if (!read_shape(cJSON_GetObjectItemCaseSensitive(item, "shape"), &t.shape, &count))
        return bad_entry(p, name, "its shape is not up to 8 sizes that fit into memory");
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
        !whole(cJSON_GetArrayItem(offsets, 0), 9e15, &begin) ||
        !whole(cJSON_GetArrayItem(offsets, 1), 9e15, &end) || begin > end)
        return bad_entry(p, name, "its data_offsets are not [begin, end]");
    if (end > p->size)
        return tti_fail_status(
            p->ctx, TT_ERR_FORMAT, WHO,
            "%s: tensor \"%.100s\" ends at byte %zu of the data, of which there are %zu: "
            "the file is cut off or damaged",
            p->name, name, end, p->size);

    size_t each = dtype_bytes(dtype->valuestring);
    t.dtype = tt_text(p->ctx, "%.16s", dtype->valuestring);
    if (!t.name || !t.dtype) return TT_ERR_MEMORY;
    if (!each || !printable(t.dtype))
        return bad_entry(p, name, "its dtype is none that the format has");
    if (end - begin != count * each)
        return tti_fail_status(
            p->ctx, TT_ERR_FORMAT, WHO,
            "%s: tensor \"%.100s\" of shape %s and dtype %s takes %zu bytes, its offsets "
            "say %zu: the header is damaged",
            p->name, name, tt_shape_text(t.shape, text), t.dtype, count * each,
            end - begin);
    t.bytes = p->data + begin;
    t.size = end - begin;
    p->tensors[p->tensor_count++] = t;
    return TT_OK;
}

static tt_status read_notes(parser *p, const cJSON *item)
{
    if (p->notes || !cJSON_IsObject(item))
        return bad_entry(p, item->string, "is there twice, or is no object");
    p->notes = tt_alloc(p->ctx, ((size_t)cJSON_GetArraySize(item) + 1) * sizeof *p->notes);
    if (!p->notes) return TT_ERR_MEMORY;
    for (const cJSON *note = item->child; note; note = note->next) {
        if (!cJSON_IsString(note))
            return bad_entry(p, item->string, "holds something that is no text");
        tt_note n = {tt_text(p->ctx, "%s", note->string),
                     tt_text(p->ctx, "%s", note->valuestring)};
        if (!n.key || !n.text) return TT_ERR_MEMORY;
        if (!printable(n.key))
            return bad_entry(p, item->string, "has an unprintable key");
        p->notes[p->note_count++] = n;
    }
    return TT_OK;
}

static tt_status read_entries(parser *p, const cJSON *tree)
{
    p->tensors =
        tt_alloc(p->ctx, ((size_t)cJSON_GetArraySize(tree) + 1) * sizeof *p->tensors);
    if (!p->tensors) return TT_ERR_MEMORY;
    for (const cJSON *item = tree->child; item; item = item->next) {
        tt_status status;
        if (!printable(item->string))
            return tti_fail_status(p->ctx, TT_ERR_FORMAT, WHO,
                                   "%s: the name of entry %zu is not printable", p->name,
                                   p->tensor_count);
        if (strcmp(item->string, "__metadata__") == 0) status = read_notes(p, item);
        else status = read_tensor(p, item);
        if (status != TT_OK) return status;
    }
    return TT_OK;
}

/* ---- all together ----------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const tt_stored *s = a, *t = b;
    const char *from = s->bytes, *to = t->bytes;
    if (from != to) return from < to ? -1 : 1;
    return (s->size > t->size) - (s->size < t->size); /* empty ones first */
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const tt_stored *)a)->name, ((const tt_stored *)b)->name);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const tt_note *)a)->key, ((const tt_note *)b)->key);
}

/* Each tensor begins where the one before ends, the first at 0, and the last ends with the file. */
static tt_status check_places(parser *p)
{
    const uint8_t *at = p->data;
    qsort(p->tensors, p->tensor_count, sizeof *p->tensors, by_place);
    for (size_t i = 0; i < p->tensor_count; i++) {
        const tt_stored *t = &p->tensors[i];
        const uint8_t *begin = t->bytes;
        if (begin != at)
            return tti_fail_status(p->ctx, TT_ERR_FORMAT, WHO,
                                   "%s: tensor \"%.100s\" begins at byte %td of the "
                                   "data, but the one before "
                                   "it ends at byte %td: they %s",
                                   p->name, t->name, begin - p->data, at - p->data,
                                   begin < at ? "overlap" : "leave a hole");
        at = begin + t->size;
    }
    if (at != p->data + p->size)
        return tti_fail_status(p->ctx, TT_ERR_FORMAT, WHO,
                               "%s: the tensors take %td bytes, but %zu follow the "
                               "header: the file is longer "
                               "than it should be",
                               p->name, at - p->data, p->size);
    return TT_OK;
}

static tt_status check_names(parser *p)
{
    qsort(p->tensors, p->tensor_count, sizeof *p->tensors, by_name);
    for (size_t i = 1; i < p->tensor_count; i++)
        if (by_name(&p->tensors[i - 1], &p->tensors[i]) == 0)
            return tti_fail_status(p->ctx, TT_ERR_FORMAT, WHO,
                                   "%s: has two tensors called \"%.100s\"", p->name,
                                   p->tensors[i].name);
    if (p->note_count) qsort(p->notes, p->note_count, sizeof *p->notes, by_key);
    for (size_t i = 1; i < p->note_count; i++)
        if (by_key(&p->notes[i - 1], &p->notes[i]) == 0)
            return tti_fail_status(p->ctx, TT_ERR_FORMAT, WHO,
                                   "%s: has two notes called \"%.100s\"", p->name,
                                   p->notes[i].key);
    return TT_OK;
}

tt_status tt_safetensors_parse(tt_ctx *c, const char *name, const uint8_t *bytes,
                               size_t size, tt_safetensors *file)
{
    if (tt_error(c)) return tt_error_status(c);
    parser p = {.ctx = c, .name = name};
    tt_status status = split(&p, bytes, size);
    cJSON *tree = status == TT_OK ? parse_json(&p) : NULL;
    if (!tree) return tt_error_status(c);
    status = read_entries(&p, tree);
    cJSON_Delete(tree);
    if (status == TT_OK) status = check_places(&p);
    if (status == TT_OK) status = check_names(&p);
    if (status == TT_OK)
        *file = (tt_safetensors){name, p.tensors, p.notes, p.tensor_count, p.note_count};
    return status;
}

tt_status tt_safetensors_read(tt_ctx *c, const char *path, tt_safetensors *file)
{
    size_t size = 0;
    const uint8_t *bytes = tt_file_read(c, path, TT_SAFETENSORS_MOST, &size);
    if (!bytes) return tt_error_status(c);
    return tt_safetensors_parse(c, tt_path(c, path), bytes, size, file);
}

/* ---- finding ---------------------------------------------------------------------------------- */

const tt_stored *tt_safetensors_find(const tt_safetensors *file, const char *name)
{
    tt_stored key = {.name = name};
    if (!file->tensor_count) return NULL;
    return bsearch(&key, file->tensors, file->tensor_count, sizeof key, by_name);
}

const char *tt_safetensors_note(const tt_safetensors *file, const char *key)
{
    tt_note wanted = {.key = key};
    if (!file->note_count) return NULL;
    const tt_note *found =
        bsearch(&wanted, file->notes, file->note_count, sizeof wanted, by_key);
    return found ? found->text : NULL;
}
