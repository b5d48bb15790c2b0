#include "module4_nn/note_values.h"

#include "support/cli.h"

bool note_bad(tt_ctx *c, const tt_safetensors *from, const char *key)
{
    const char *text = tt_safetensors_note(from, key);
    tti_fail(c, TT_ERR_FORMAT, "checkpoint",
             "%s: its note \"%s\" %s%.40s: this program's --save has not written it",
             from->name, key, text ? "cannot be " : "is missing", text ? text : "");
    return false;
}

bool note_whole(tt_ctx *c, const tt_safetensors *from, const char *key, int64_t low,
                int64_t high, int64_t *value)
{
    const char *text = tt_safetensors_note(from, key);
    if (text && tt_cli_whole(text, value) && *value >= low && *value <= high) return true;
    return note_bad(c, from, key);
}

bool note_int(tt_ctx *c, const tt_safetensors *from, const char *key, int low, int high,
              int *value)
{
    int64_t n = 0;
    if (!note_whole(c, from, key, low, high, &n)) return false;
    *value = (int)n;
    return true;
}

bool note_count(tt_ctx *c, const tt_safetensors *from, const char *key, uint64_t *value)
{
    const char *text = tt_safetensors_note(from, key);
    return (text && tt_cli_count(text, value)) || note_bad(c, from, key);
}

bool note_number(tt_ctx *c, const tt_safetensors *from, const char *key, double *value)
{
    const char *text = tt_safetensors_note(from, key);
    return (text && tt_cli_number(text, value)) || note_bad(c, from, key);
}
