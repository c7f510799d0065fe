/** restart-service: who must roll, in what order, and did it work. */
@NullMarked
package io.keyturn.restart;

import org.jspecify.annotations.NullMarked;
