/* examples/curve.c: an operator of one's own in CUDA, as a user would write and run it. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <sys/wait.h>

TestSuite(example_swish, .timeout = 60);

Test(example_swish, the_curve_and_its_slope_are_those_of_the_formula)
{
    FILE *out = popen("module3_gpu/examples/curve", "r");
    cr_assert(out, "cannot run the program");
    char heading[80];
    cr_assert(fgets(heading, sizeof heading, out));
    double x, y, slope;
    int lines = 0;
    for (; fscanf(out, "%lf %lf %lf", &x, &y, &slope) == 3; lines++) {
        double s = 1 / (1 + exp(-x));
        cr_expect_float_eq(y, x * s, 1e-4, "swish(%g) is %g", x, y);
        cr_expect_float_eq(slope, s + x * s * (1 - s), 1e-4, "its slope %g", slope);
    }
    int status = pclose(out);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
    cr_expect_eq(lines, 13);
}
