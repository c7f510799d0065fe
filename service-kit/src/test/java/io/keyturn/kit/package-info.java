/** The rules of the kit. */
@NullMarked
package io.keyturn.kit;

import org.jspecify.annotations.NullMarked;
