/** PURE. Reads a SecretRotation and says what is wrong with it. */
@NullMarked
package io.keyturn.rotation.policy;

import org.jspecify.annotations.NullMarked;
