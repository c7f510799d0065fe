/** PURE. The state machine of one run: states, inputs, and what follows from them. */
@NullMarked
package io.keyturn.rotation.saga;

import org.jspecify.annotations.NullMarked;
