/** Secret values in memory: hidden, compared in constant time, wiped. */
@NullMarked
package io.keyturn.kit.secret;

import org.jspecify.annotations.NullMarked;
