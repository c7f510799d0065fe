/** The rules of architecture tests, tested. */
@NullMarked
package io.keyturn.kit.architecture;

import org.jspecify.annotations.NullMarked;
