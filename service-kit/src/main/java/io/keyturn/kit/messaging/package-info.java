/** Reading events, and putting aside what is not one. */
@NullMarked
package io.keyturn.kit.messaging;

import org.jspecify.annotations.NullMarked;
