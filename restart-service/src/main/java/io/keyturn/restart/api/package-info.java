/** REST: plans, and who reads an object. */
@NullMarked
package io.keyturn.restart.api;

import org.jspecify.annotations.NullMarked;
