#include "support/terminal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A whole positive number from the environment, or 0. */
static int positive_env(const char *name)
{
    const char *text = getenv(name);
    if (!text) return 0;
    char *end = NULL;
    long n = strtol(text, &end, 10);
    return end != text && *end == '\0' && n > 0 && n < 10000 ? (int)n : 0;
}

static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
    }
    return false;
}

tt_terminal tt_terminal_of(FILE *out)
{
    const char *term = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR"); /* no-color.org: set and not empty */
    int fd = out ? fileno(out) : -1;
    bool tty = fd >= 0 && isatty(fd);
    tt_terminal t = {.utf8 = locale_is_utf8()};
    t.live = tty && term && *term && strcmp(term, "dumb") != 0;
    t.colour = t.live && !(no_colour && *no_colour);
    struct winsize size = {0};
    bool asked = tty && ioctl(fd, TIOCGWINSZ, &size) == 0;
    t.columns = positive_env("COLUMNS");
    t.rows = positive_env("LINES");
    if (asked && size.ws_col > 0) t.columns = size.ws_col;
    if (asked && size.ws_row > 0) t.rows = size.ws_row;
    if (t.columns == 0) t.columns = 80;
    if (t.rows == 0) t.rows = 24;
    if (t.columns < 20) t.columns = 20;
    if (t.rows < 5) t.rows = 5;
    return t;
}

int tt_terminal_width(const char *text)
{
    int width = 0;
    for (const char *p = text; *p; p++)
        width += ((unsigned char)*p & 0xC0) != 0x80; /* not a continuation byte */
    return width;
}
