/** Starting, and refusing to: what cannot work is told in one log line that names the property. */
@NullMarked
package io.keyturn.kit.start;

import org.jspecify.annotations.NullMarked;
