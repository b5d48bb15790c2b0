#include "module4_nn/data/worker.h"

#include <signal.h>

static void *run(void *user)
{
    tti_worker *w = user;
    pthread_mutex_lock(&w->lock);
    while (!w->ending) {
        if (!w->asked) {
            pthread_cond_wait(&w->changed, &w->lock);
            continue;
        }
        w->working = true;
        pthread_mutex_unlock(&w->lock);
        w->work(w->user);
        pthread_mutex_lock(&w->lock);
        w->asked = w->working = false;
        pthread_cond_broadcast(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Signals are for the program's own threads: Ctrl-C must not end up here. */
static bool start(tti_worker *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    w->asked = w->working = w->ending = false;
    pthread_sigmask(SIG_SETMASK, &all, &before);
    w->running = pthread_create(&w->thread, NULL, run, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return w->running;
}

void tti_worker_ask(tti_worker *w)
{
    if (!w->running && !start(w)) {
        w->work(w->user);
        return;
    }
    tti_worker_wait(w);
    pthread_mutex_lock(&w->lock);
    w->asked = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

/* Work that the thread has not come to is done here: where all cores are busy, waiting for it to get one
 * would take longer. */
void tti_worker_wait(tti_worker *w)
{
    if (!w->running) return;
    pthread_mutex_lock(&w->lock);
    bool mine = w->asked && !w->working;
    if (mine) w->asked = false;
    while (w->asked) pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
    if (mine) w->work(w->user);
}

void tti_worker_end(tti_worker *w)
{
    if (!w->running) return;
    tti_worker_wait(w);
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    w->running = false;
}
