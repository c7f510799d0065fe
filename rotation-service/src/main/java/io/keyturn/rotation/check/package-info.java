/** The checks of spec.verify. */
@NullMarked
package io.keyturn.rotation.check;

import org.jspecify.annotations.NullMarked;
