/** What each command of the state machine does to the outside world. */
@NullMarked
package io.keyturn.rotation.step;

import org.jspecify.annotations.NullMarked;
