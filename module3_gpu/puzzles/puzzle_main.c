/* One puzzle as a program; PUZZLE is its name. */
#include <stdio.h>
#include <stdlib.h>

#include "module3_gpu/puzzles/puzzle.h"

#ifndef PUZZLE
#define PUZZLE copy
#endif
#define NAMED(name) LAUNCHER(name)
#define LAUNCHER(name) ttk_sim_puzzle_##name
#define TEXT(name) TEXT_OF(name)
#define TEXT_OF(name) #name

puzzle_launch NAMED(PUZZLE);

int main(void)
{
    return puzzle_solved(puzzle_named(TEXT(PUZZLE)), NAMED(PUZZLE)) ? EXIT_SUCCESS
                                                                    : EXIT_FAILURE;
}
