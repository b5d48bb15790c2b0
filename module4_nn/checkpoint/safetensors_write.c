/* Writing safetensors. */
#include <cjson/cJSON.h>
#include <string.h>

#include "module4_nn/checkpoint/safetensors.h"
#include "support/file.h"

static const char *const WHO = "tt_safetensors_write";

/* A whole number: exact up to 2^53. */
static bool add_number(cJSON *array, double x)
{
    return cJSON_AddItemToArray(array, cJSON_CreateNumber(x));
}

static bool add_tensor(cJSON *tree, const tt_stored *t, size_t at)
{
    cJSON *entry = cJSON_AddObjectToObject(tree, t->name);
    bool ok = entry && cJSON_AddStringToObject(entry, "dtype", t->dtype);
    cJSON *shape = ok ? cJSON_AddArrayToObject(entry, "shape") : NULL;
    for (int d = 0; d < t->shape.ndim; d++) ok = add_number(shape, t->shape.dim[d]) && ok;
    cJSON *offsets = ok ? cJSON_AddArrayToObject(entry, "data_offsets") : NULL;
    return offsets && add_number(offsets, (double)at) &&
           add_number(offsets, (double)(at + t->size));
}

static bool add_notes(cJSON *tree, const tt_note *notes, size_t n)
{
    cJSON *object = cJSON_AddObjectToObject(tree, "__metadata__");
    bool ok = object != NULL;
    for (size_t i = 0; ok && i < n; i++)
        ok = cJSON_AddStringToObject(object, notes[i].key, notes[i].text);
    return ok;
}

/* The header's text, for cJSON_free; NULL when memory is out. */
static char *header_text(const tt_stored *tensors, size_t n, const tt_note *notes, size_t m)
{
    size_t at = 0;
    cJSON *tree = cJSON_CreateObject();
    bool ok = tree && (m == 0 || add_notes(tree, notes, m));
    for (size_t i = 0; ok && i < n; i++) {
        ok = add_tensor(tree, &tensors[i], at);
        at += tensors[i].size;
    }
    char *text = ok ? cJSON_PrintUnformatted(tree) : NULL;
    cJSON_Delete(tree);
    return text;
}

/* Which name comes twice among the first n, or NULL. */
static const char *doubled(const tt_stored *tensors, size_t n, const tt_note *notes,
                           size_t m)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(tensors[i].name, tensors[j].name) == 0) return tensors[i].name;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(notes[i].key, notes[j].key) == 0) return notes[i].key;
    return NULL;
}

/* Blanks behind the header bring the data to a multiple of 64 bytes, for those who map the file. */
static void put(FILE *out, const char *header, const tt_stored *tensors, size_t n)
{
    enum { ALIGN = 64 };
    uint64_t length = strlen(header), frame = sizeof length;
    uint64_t padded = (frame + length + ALIGN - 1) / ALIGN * ALIGN - frame;
    fwrite(&padded, sizeof padded, 1, out);
    fputs(header, out);
    for (; length < padded; length++) fputc(' ', out);
    for (size_t i = 0; i < n; i++)
        if (tensors[i].size) fwrite(tensors[i].bytes, 1, tensors[i].size, out);
}

tt_status tt_safetensors_write(tt_ctx *c, const char *path, const tt_stored *tensors,
                               size_t tensor_count, const tt_note *notes, size_t note_count)
{
    if (tt_error(c)) return tt_error_status(c);
    const char *twice = doubled(tensors, tensor_count, notes, note_count);
    if (twice)
        return tti_fail_status(c, TT_ERR_NAME, WHO, "%s: two entries are called \"%s\"",
                               path, twice);
    char *header = header_text(tensors, tensor_count, notes, note_count);
    if (!header)
        return tti_fail_status(c, TT_ERR_MEMORY, WHO, "%s: out of memory for its header",
                               path);
    tt_status status = TT_ERR_FILE;
    TT_SCOPE (c) {
        tt_file_writer *w = tt_file_write_begin(c, path);
        if (w) put(w->out, header, tensors, tensor_count);
        status = w ? tt_file_write_commit(w) : tt_error_status(c);
    }
    cJSON_free(header);
    return status;
}
