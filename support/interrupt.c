#include "support/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* SA_RESETHAND: the handler is gone after the first. */
void tt_catch_interrupt(void)
{
    struct sigaction before, action = {.sa_handler = on_interrupt};
    interrupted = 0;
    sigemptyset(&action.sa_mask);
    action.sa_flags = (int)SA_RESETHAND | SA_RESTART;
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
}

bool tt_interrupted(void)
{
    return interrupted != 0;
}
