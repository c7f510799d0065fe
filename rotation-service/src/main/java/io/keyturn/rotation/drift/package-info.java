/** Whether stored credentials still log in, and what follows if one does not. */
@NullMarked
package io.keyturn.rotation.drift;

import org.jspecify.annotations.NullMarked;
