/* Reports as gcc's and clang's sanitizers wrote them, and the sentences made of them. */
#include "tests/support/sanitizer.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(support_sanitizer, .timeout = 20);

static char sentence[1024];

static const char *told(const char *report)
{
    FILE *file = tmpfile();
    cr_assert_not_null(file);
    fputs(report, file);
    rewind(file);
    sentence[0] = '\0';
    bool any = tti_sanitizer_sentence(file, sentence, sizeof sentence);
    fclose(file);
    return any ? sentence : NULL;
}

#define TOLD(report, text) cr_expect_str_eq(told(report), text)

Test(support_sanitizer, behind_a_block)
{
    TOLD("==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000018 "
         "at pc 0x1\n"
         "READ of size 4 at 0x602000000018 thread T0\n"
         "    #0 0x55 in memcpy (/x/y+0x9)\n"
         "    #1 0x55 in tt_list_map module0_operators/functional.c:31\n"
         "    #2 0x55 in other module0_operators/other.c:2\n"
         "0x602000000018 is located 0 bytes to the right of 8-byte region [0x1,0x2)\n",
         "reads 4 bytes, 0 bytes behind the end of a block of 8: is an index too large?, "
         "in tt_list_map "
         "(module0_operators/functional.c:31)");
    TOLD("==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6 at pc 0x1\n"
         "WRITE of size 8 at 0x6 thread T0\n"
         "0x6 is located 16 bytes before 80-byte region [0x1,0x2)\n",
         "writes 8 bytes, 16 bytes in front of a block of 80: is an index too small?");
}

Test(support_sanitizer, a_variable_on_the_stack)
{
    TOLD("==7==ERROR: AddressSanitizer: stack-buffer-overflow on address 0x7f at pc 0x1\n"
         "WRITE of size 4 at 0x7f thread T0\n"
         "    #0 0x55 in index_of /home/ada/ml/module2_tensors/shape.c:44:9\n"
         "  This frame has 1 object(s):\n"
         "    [32, 64) 'index' (line 40) <== Memory access at offset 64 overflows this "
         "variable\n",
         "writes 4 bytes outside of the variable index: is an index out of range?, in "
         "index_of "
         "(module2_tensors/shape.c:44)");
}

Test(support_sanitizer, what_is_gone)
{
    TOLD("==7==ERROR: AddressSanitizer: use-after-poison on address 0x7f at pc 0x1\n"
         "READ of size 8 at 0x7f thread T0\n",
         "reads memory that was given back: what a scope or a step made is gone at its "
         "end");
}

Test(support_sanitizer, null_and_wild_pointers)
{
    TOLD("==7==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000010 (pc 0x5 "
         "bp 0x7)\n",
         "uses a NULL pointer");
    TOLD("==7==ERROR: AddressSanitizer: SEGV on unknown address 0x7fffffff0010 (pc 0x5 "
         "bp 0x7)\n",
         "uses an address that is nobody's");
    TOLD("==7==ERROR: AddressSanitizer: stack-overflow on address 0x7ffc (pc 0x5 bp "
         "0x7)\n",
         "the stack is full: does a function call itself without end?");
}

Test(support_sanitizer, leaks)
{
    TOLD("\n==7==ERROR: LeakSanitizer: detected memory leaks\n\n"
         "Direct leak of 24 byte(s) in 1 object(s) allocated from:\n"
         "    #0 0x7f in malloc (/lib/libasan.so.8+0x1)\n"
         "    #1 0x55 in tt_dataset_make module0_operators/datasets.c:12\n"
         "Direct leak of 8 byte(s) in 1 object(s) allocated from:\n",
         "24 bytes are never given back: allocated, in tt_dataset_make "
         "(module0_operators/datasets.c:12)");
}

Test(support_sanitizer, undefined_behaviour)
{
    TOLD("module2_tensors/shape.c:40:12: runtime error: signed integer overflow: "
         "2147483647 + 1 cannot be "
         "represented in type 'int'\n",
         "the C standard gives this no meaning: module2_tensors/shape.c:40:12: runtime "
         "error: signed "
         "integer overflow: 2147483647 + 1 cannot be represented in type 'int'");
}

Test(support_sanitizer, no_report_no_sentence)
{
    cr_expect_null(told(""));
    cr_expect_null(told("epoch 1  loss 0.5\nAddressSanitizer is a word\n"));
}

Test(support_sanitizer, hostile_output)
{
    char line[4096];
    memset(line, '\'', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    cr_expect_null(told(line));
    cr_expect_null(
        told("ERROR: AddressSanitizer: \n    #0 in module\nis located -byte region\n"));
    cr_expect_not_null(told(
        "ERROR: AddressSanitizer: x\n<== Memory access '\n    #1 0x1 in f module:\n"));
}
