/* examples/mlp.c compiles as a user would write it, runs and learns. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

TestSuite(example_mlp, .timeout = 120);

Test(example_mlp, three_epochs_with_a_falling_loss)
{
    const char *program = getenv("TT_EXAMPLE") ? getenv("TT_EXAMPLE") : "examples/mlp";
    char command[512];
    double loss[3] = {0}, accuracy[3] = {0};
    snprintf(command, sizeof command, "%s 400", program);
    FILE *out = popen(command, "r");
    cr_assert(out, "cannot run %s", command);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(
            fscanf(out, "epoch %*d loss %lf accuracy %lf\n", &loss[i], &accuracy[i]), 2,
            "epoch %d prints no line as expected", i + 1);
    int status = pclose(out);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
    cr_expect(loss[2] < loss[0] && loss[2] > 0, "losses %g, %g", loss[0], loss[2]);
    cr_expect(accuracy[2] > 0.12 && accuracy[2] <= 1, "accuracy %g", accuracy[2]);
}
