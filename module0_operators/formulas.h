/* The operators' formulas, each written once (Task 0.1).
 *
 * `module0_operators/operators.h` includes this file twice: with `real` = double for scalars
 * (module 1) and with `real` = float for tensors (modules 2 to 4). So what is written here in Task
 * 0.1 is also what runs on the GPU in Task 3.3. Four rules follow:
 *   - write R(0.5) and not 0.5: R makes the literal a double or a float. It needs the point:
 *     R(1.0), as 1f is no C; a plain 1 or 0 needs no R;
 *   - call TT_EXP, TT_LOG and TT_FABS, and not exp, log and fabs;
 *   - call another operator as TT_OP(name)(...);
 *   - no state, no printing, no errors: bad arguments give what IEEE 754 gives (inv(0) is inf,
 *     log(-1) is nan); modules 1 and 2 turn that into a message.
 *
 * Comparisons answer with a number, 1 or 0, because tensors hold numbers.
 * This file has no include guard: it is made to be included more than once.
 */

/* x * y */
TT_FORMULA(mul)(real x, real y)
{
    // BEGIN SOLUTION 0.1
    return x * y;
    // END SOLUTION
}

/* x, unchanged */
TT_FORMULA(id)(real x)
{
    // BEGIN SOLUTION 0.1
    return x;
    // END SOLUTION
}

/* x + y */
TT_FORMULA(add)(real x, real y)
{
    // BEGIN SOLUTION 0.1
    return x + y;
    // END SOLUTION
}

/* -x */
TT_FORMULA(neg)(real x)
{
    // BEGIN SOLUTION 0.1
    return -x;
    // END SOLUTION
}

/* 1 if x < y, else 0 */
TT_FORMULA(lt)(real x, real y)
{
    // BEGIN SOLUTION 0.1
    return x < y ? R(1.0) : R(0.0);
    // END SOLUTION
}

/* 1 if x == y exactly, else 0 */
TT_FORMULA(eq)(real x, real y)
{
    // BEGIN SOLUTION 0.1
    return x == y ? R(1.0) : R(0.0);
    // END SOLUTION
}

/* the larger of x and y */
TT_FORMULA(max)(real x, real y)
{
    // BEGIN SOLUTION 0.1
    return x > y ? x : y;
    // END SOLUTION
}

/* 1 if |x - y| < 0.01, else 0: an absolute distance, strictly below */
TT_FORMULA(is_close)(real x, real y)
{
    // BEGIN SOLUTION 0.1
    return TT_FABS(x - y) < R(1e-2) ? R(1.0) : R(0.0);
    // END SOLUTION
}

/* 1 / (1 + e^-x), without overflow for any x: e^-|x| lies in (0, 1], so
 *   x >= 0: 1 / (1 + e^-x)        x < 0: e^x / (1 + e^x), the same after multiplying by e^x */
TT_FORMULA(sigmoid)(real x)
{
    // BEGIN SOLUTION 0.1
    real e = TT_EXP(-TT_FABS(x));
    return (x >= R(0.0) ? R(1.0) : e) / (R(1.0) + e);
    // END SOLUTION
}

/* x if x > 0, else 0; asked as "x <= 0?" so that nan stays nan instead of becoming 0 */
TT_FORMULA(relu)(real x)
{
    // BEGIN SOLUTION 0.1
    return x <= R(0.0) ? R(0.0) : x;
    // END SOLUTION
}

/* natural logarithm; -inf at 0, nan below */
TT_FORMULA(log)(real x)
{
    // BEGIN SOLUTION 0.1
    return TT_LOG(x);
    // END SOLUTION
}

/* e^x */
TT_FORMULA(exp)(real x)
{
    // BEGIN SOLUTION 0.1
    return TT_EXP(x);
    // END SOLUTION
}

/* 1 / x; inf at 0 */
TT_FORMULA(inv)(real x)
{
    // BEGIN SOLUTION 0.1
    return R(1.0) / x;
    // END SOLUTION
}

/* d times the derivative of log at x: d / x */
TT_FORMULA(log_back)(real x, real d)
{
    // BEGIN SOLUTION 0.1
    return d / x;
    // END SOLUTION
}

/* d times the derivative of inv at x: -d / x^2 */
TT_FORMULA(inv_back)(real x, real d)
{
    // BEGIN SOLUTION 0.1
    return -d / (x * x);
    // END SOLUTION
}

/* d times the derivative of relu at x: d if x > 0, else 0 (also at the kink x = 0) */
TT_FORMULA(relu_back)(real x, real d)
{
    // BEGIN SOLUTION 0.1
    return x > R(0.0) ? d : R(0.0);
    // END SOLUTION
}
