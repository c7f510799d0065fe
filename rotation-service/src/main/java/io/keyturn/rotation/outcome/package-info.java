/** PURE. What came of an act. */
@NullMarked
package io.keyturn.rotation.outcome;

import org.jspecify.annotations.NullMarked;
