/** PURE. Who rolls at all, in which wave, and what a running plan does next. */
@NullMarked
package io.keyturn.restart.plan;

import org.jspecify.annotations.NullMarked;
