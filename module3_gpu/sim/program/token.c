#include "module3_gpu/sim/program/token.h"

#include <ctype.h>
#include <string.h>

bool sim_part_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool sim_is_name(const char *s)
{
    return isalpha((unsigned char)*s) || *s == '_';
}

bool sim_token_is(const char *s, const char *end, const char *word)
{
    const size_t n = strlen(word);
    return (size_t)(end - s) == n && strncmp(s, word, n) == 0;
}

static const char *line_end(const char *s)
{
    while (*s && *s != '\n') s += s[0] == '\\' && s[1] ? 2 : 1;
    return s;
}

static const char *quoted_end(const char *s)
{
    const char quote = *s++;
    while (*s && *s != quote && *s != '\n') s += s[0] == '\\' && s[1] ? 2 : 1;
    return *s == quote ? s + 1 : s;
}

/* s stands on the quote of R"name(text)name". */
static const char *raw_end(const char *s)
{
    const size_t n = strcspn(s + 1, "( \n");
    for (const char *at = s + 1 + n; (at = strchr(at, ')')); at++)
        if (strncmp(at + 1, s + 1, n) == 0 && at[1 + n] == '"') return at + n + 2;
    return s + strlen(s);
}

static const char *number_end(const char *s)
{
    while (sim_part_of_name(*s) || *s == '.' || (*s == '\'' && sim_part_of_name(s[1])))
        s++;
    return s;
}

const char *sim_token_end(const char *s)
{
    if (s[0] == '/' && s[1] == '/') return line_end(s);
    if (s[0] == '/' && s[1] == '*') {
        const char *end = strstr(s + 2, "*/");
        return end ? end + 2 : s + strlen(s);
    }
    if (*s == '"' || *s == '\'') return quoted_end(s);
    if (isdigit((unsigned char)*s)) return number_end(s);
    if (!sim_is_name(s)) return *s ? s + 1 : s;
    const char *end = s;
    while (sim_part_of_name(*end)) end++;
    return *end == '"' && end[-1] == 'R' ? raw_end(end) : end;
}

static bool blank(const char *s)
{
    return isspace((unsigned char)*s) || (s[0] == '/' && (s[1] == '/' || s[1] == '*')) ||
           (s[0] == '\\' && (s[1] == '\n' || s[1] == '\r'));
}

const char *sim_skip_blank(const char *s)
{
    while (blank(s)) s = sim_token_end(s);
    return s;
}

const char *sim_skip_parentheses(const char *s)
{
    s = sim_skip_blank(s);
    const char *close = *s == '(' ? sim_find(s + 1, ")", false) : NULL;
    return close ? close + 1 : s;
}

const char *sim_find(const char *s, const char *end, bool comma)
{
    int depth = 0;
    for (; *s; s = sim_token_end(s)) {
        if (depth == 0 && (strncmp(s, end, strlen(end)) == 0 || (comma && *s == ',')))
            return s;
        if (depth == 0 && strchr(";)]}", *s)) return NULL;
        depth += strchr("([{", *s) != NULL;
        depth -= strchr(")]}", *s) != NULL;
    }
    return NULL;
}
