/* Axes: what range is shown, and where the round numbers are. */
#include <math.h>
#include <string.h>

#include "support/plot.h"
#include "support/text.h"

static const double HUGE_ENOUGH = 1e300; /* beyond it, differences would overflow */

double tti_plot_ticks(double low, double high, int most, double *first)
{
    static const double mantissas[] = {1, 2, 5};
    double scale = pow(10, floor(log10((high - low) / (most > 1 ? most : 1))));
    double step = scale;
    for (int i = 0;; i++) {
        step = scale * mantissas[i % 3];
        double marks = floor(high / step + 1e-9) - ceil(low / step - 1e-9) + 1;
        if (marks <= most || i > 12) break;
        if (i % 3 == 2) scale *= 10;
    }
    *first = ceil(low / step - 1e-9) * step;
    return step;
}

void tti_plot_tick_text(char text[32], double value, double step)
{
    if (fabs(value) < step * 1e-6) value = 0; /* also takes the sign off -0 */
    int decimals = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;
    locale_t before = tti_c_locale_begin();
    if (fabs(value) >= 1e6 || decimals > 5) snprintf(text, 32, "%.3g", value);
    else snprintf(text, 32, "%.*f", decimals, value);
    tti_c_locale_end(before);
}

typedef struct range {
    double low, high;
} range;

/* Takes a finite value in. */
static void include(range *r, double value)
{
    if (fabs(value) > HUGE_ENOUGH) value = copysign(HUGE_ENOUGH, value);
    if (value < r->low) r->low = value;
    if (value > r->high) r->high = value;
}

/* Gives a range without width some: nothing at all becomes 0 to 1. */
static range widened(range r)
{
    if (r.low > r.high) return (range){0, 1};
    double size = fmax(fabs(r.low), fabs(r.high));
    double width = r.high - r.low;
    if (width > 1e-9 * size && width > 1e-290) return r;
    double by = size > 1e-290 ? 0.1 * size : 0.5;
    return (range){r.low - by, r.high + by};
}

tti_plot_frame tti_plot_chart_frame(const tt_plot_chart *chart)
{
    enum { MARKS = 6 };
    range x = {HUGE_VAL, -HUGE_VAL}, y = x;
    bool counted = true;
    for (int s = 0; s < chart->count; s++) {
        counted = counted && !chart->series[s].x;
        for (size_t i = 0; i < chart->series[s].count; i++) {
            const tt_plot_series *one = &chart->series[s];
            double at = one->x ? one->x[i] : (double)(i + 1);
            if (!isfinite(at) || !isfinite(one->y[i])) continue;
            include(&x, at);
            include(&y, one->y[i]);
        }
    }
    x = widened(x);
    y = widened(y);
    if (chart->y_low < chart->y_high)
        return (tti_plot_frame){x.low, x.high, chart->y_low, chart->y_high, counted};
    double first, step = tti_plot_ticks(y.low, y.high, MARKS, &first);
    y.low = floor(y.low / step + 1e-9) * step; /* so that the axis ends at round numbers */
    y.high = ceil(y.high / step - 1e-9) * step;
    return (tti_plot_frame){x.low, x.high, y.low, y.high, counted};
}

tti_plot_frame tti_plot_scene_frame(const tt_plot_scene *scene)
{
    range x = {scene->x_low, scene->x_high}, y = {scene->y_low, scene->y_high};
    if (!(x.low < x.high)) x = (range){0, 1};
    if (!(y.low < y.high)) y = (range){0, 1};
    return (tti_plot_frame){x.low, x.high, y.low, y.high, false};
}
