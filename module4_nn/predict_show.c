#include "module4_nn/predict_show.h"

/* Row y below the image is black. */
static float pixel(const float *pixels, int rows, int columns, int y, int x)
{
    float value = y < rows ? pixels[(size_t)y * (size_t)columns + (size_t)x] : 0.0f;
    return value > 0.0f ? value < 1.0f ? value : 1.0f : 0.0f;
}

/* Of the 256 colours 232 .. 255 are greys, dark to light. */
static int grey(float value)
{
    return 232 + (int)(value * 23.0f + 0.5f);
}

static void colour_pair(FILE *out, float upper, float lower)
{
    fprintf(out, "\033[38;5;%d;48;5;%dm\u2580", grey(upper), grey(lower));
}

static void plain_pair(FILE *out, float upper, float lower)
{
    static const char ramp[] = " .:-=+*#%@";
    fputc(ramp[(int)((upper + lower) / 2.0f * (float)(sizeof ramp - 2) + 0.5f)], out);
}

void show_picture(FILE *out, const tt_terminal *t, const float *pixels, int rows,
                  int columns)
{
    bool colour = t->colour && t->utf8;
    int wide = columns < t->columns ? columns : t->columns;
    for (int y = 0; y < rows; y += 2) {
        for (int x = 0; x < wide; x++)
            (colour ? colour_pair : plain_pair)(out, pixel(pixels, rows, columns, y, x),
                                                pixel(pixels, rows, columns, y + 1, x));
        fputs(colour ? "\033[0m\n" : "\n", out);
    }
}

void show_chances(FILE *out, const tt_terminal *t, const char *const *names,
                  const float *chances, int classes, int best)
{
    enum { BAR = 30 };
    int widest = 0;
    for (int k = 0; k < classes; k++) {
        int width = tt_terminal_width(names[k]);
        if (width > widest) widest = width;
    }
    for (int k = 0; k < classes; k++) {
        int length = (int)(chances[k] * (float)BAR + 0.5f);
        fprintf(out, "%c %s%*s ", k == best ? '>' : ' ', names[k],
                widest - tt_terminal_width(names[k]), "");
        for (int i = 0; i < BAR; i++)
            fputs(i >= length ? " " : t->utf8 && t->live ? "\u2501" : "#", out);
        fprintf(out, " %5.1f %%\n", 100.0 * (double)chances[k]);
    }
}
