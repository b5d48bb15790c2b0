#include "support/progress.h"

#include <string.h>
#include <time.h>

enum { BAR_MAX = 30, LINE_MAX_BYTES = 1024 };
static const double REDRAW_SECONDS = 0.1;

double tt_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

tt_progress tt_progress_begin(FILE *out, const char *label, uint64_t total,
                              const char *unit, bool off)
{
    tt_progress p = {.label = label, .unit = unit, .total = total, .started = tt_seconds()};
    if (off || !out) return p;
    p.terminal = tt_terminal_of(out);
    if (p.terminal.live) p.out = out;
    p.next = p.started;
    return p;
}

/* "431", "12.4k", "1.20M": three digits and a prefix. */
static void short_number(char text[32], double value)
{
    static const char prefix[] = " kMGTP";
    size_t i = 0;
    while (value >= 999.5 && i + 2 < sizeof prefix) {
        value /= 1000;
        i++;
    }
    int decimals = i == 0 && value >= 10 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    int n = snprintf(text, 30, "%.*f", decimals, value);
    if (i > 0 && n > 0 && n < 30) {
        text[n] = prefix[i];
        text[n + 1] = '\0';
    }
}

/* "4s", "2m10s", "3h05m". */
static void short_duration(char text[32], double seconds)
{
    if (!(seconds < 360000)) {
        snprintf(text, 32, "long");
        return;
    }
    int s = (int)(seconds + 0.5);
    if (s < 60) snprintf(text, 32, "%ds", s);
    else if (s < 3600) snprintf(text, 32, "%dm%02ds", s / 60, s % 60);
    else snprintf(text, 32, "%dh%02dm", s / 3600, s / 60 % 60);
}

/* The bar itself, `width` columns for a fraction of 0 to 1, with half-column ends in UTF-8. */
static size_t bar_text(char *text, int width, double fraction, bool utf8)
{
    int halves = (int)(fraction * 2 * width);
    size_t used = 0;
    for (int i = 0; i < width; i++) {
        const char *ascii = 2 * i + 1 < halves ? "#" : ".";
        const char *box = 2 * i + 1 < halves ? "━" : 2 * i < halves ? "╸" : "─";
        const char *cell = utf8 ? box : ascii;
        memcpy(text + used, cell, strlen(cell));
        used += strlen(cell);
    }
    text[used] = '\0';
    return used;
}

/* Cuts a text to `columns` columns, never inside a character. */
static void cut(char *text, int columns)
{
    char *p = text;
    for (int width = 0; *p; p++) {
        bool begins = ((unsigned char)*p & 0xC0) != 0x80;
        if (begins && width++ == columns) break;
    }
    *p = '\0';
}

void tt_progress_text(const tt_progress *p, uint64_t done, double elapsed,
                      const char *note, char *text, size_t size)
{
    char rate[32], left[32] = "", bar[3 * BAR_MAX + 1] = "", line[LINE_MAX_BYTES];
    if (p->total > 0 && done > p->total) done = p->total;
    double speed = elapsed > 0 ? (double)done / elapsed : 0;
    short_number(rate, speed);
    if (!note) note = "";
    const char *label = p->label ? p->label : "", *unit = p->unit ? p->unit : "";
    const char *gap = *note ? "  " : "";
    if (p->total == 0) {
        char count[32];
        short_number(count, (double)done);
        snprintf(line, sizeof line, "%s %s %s  %s/s%s%.200s", label, count, unit, rate,
                 gap, note);
    } else {
        double fraction = (double)done / (double)p->total;
        if (speed > 0) short_duration(left, (double)(p->total - done) / speed);
        else snprintf(left, sizeof left, "?");
        char tail[512];
        snprintf(tail, sizeof tail, "%3d%%  %s %.100s/s  %s left%s%.200s",
                 (int)(fraction * 100), rate, unit, left, gap, note);
        int room =
            p->terminal.columns - 3 - tt_terminal_width(label) - tt_terminal_width(tail);
        if (room > BAR_MAX) room = BAR_MAX;
        if (room >= 5) bar_text(bar, room, fraction, p->terminal.utf8);
        snprintf(line, sizeof line, "%.300s %s%s%s", label, bar, *bar ? " " : "", tail);
    }
    cut(line, p->terminal.columns - 1);
    snprintf(text, size, "%s", line);
}

void tt_progress_at(tt_progress *p, uint64_t done, const char *note)
{
    if (!p->out) return;
    double now = tt_seconds();
    if (now < p->next) return;
    p->next = now + REDRAW_SECONDS;
    char text[LINE_MAX_BYTES];
    tt_progress_text(p, done, now - p->started, note, text, sizeof text);
    fprintf(p->out, "\r%s\033[K", text);
    fflush(p->out);
}

void tt_progress_end(tt_progress *p)
{
    if (!p->out) return;
    fputs("\r\033[K", p->out);
    fflush(p->out);
    p->out = NULL;
}
