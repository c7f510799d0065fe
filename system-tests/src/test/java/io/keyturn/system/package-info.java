/** The platform as a black box: packaged services on real servers, told apart from outside. */
@NullMarked
package io.keyturn.system;

import org.jspecify.annotations.NullMarked;
