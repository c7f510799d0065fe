/** A principal and its secret, and how new secrets are generated. */
@NullMarked
package io.keyturn.rotation.credential;

import org.jspecify.annotations.NullMarked;
