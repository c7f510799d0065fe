/** How long to pause between two tries. Pure. */
@NullMarked
package io.keyturn.kit.backoff;

import org.jspecify.annotations.NullMarked;
