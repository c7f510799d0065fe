/** Consumer of channel secrets. */
@NullMarked
package io.keyturn.restart.messaging;

import org.jspecify.annotations.NullMarked;
