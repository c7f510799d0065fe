/** REST errors as application/problem+json (RFC 9457). */
@NullMarked
package io.keyturn.kit.problem;

import org.jspecify.annotations.NullMarked;
