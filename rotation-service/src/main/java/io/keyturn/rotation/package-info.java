/** How a new value gets everywhere, safely. */
@NullMarked
package io.keyturn.rotation;

import org.jspecify.annotations.NullMarked;
