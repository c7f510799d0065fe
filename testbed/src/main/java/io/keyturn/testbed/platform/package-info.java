/** Keyturn itself: the four packaged services on the testbed's servers, set up from the files users get. */
@NullMarked
package io.keyturn.testbed.platform;

import org.jspecify.annotations.NullMarked;
