/** Searches every place where a planted secret value must never be. */
@NullMarked
package io.keyturn.testbed.canary;

import org.jspecify.annotations.NullMarked;
