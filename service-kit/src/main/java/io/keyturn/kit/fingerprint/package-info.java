/** Keyed hashes of values, with a key per namespace. */
@NullMarked
package io.keyturn.kit.fingerprint;

import org.jspecify.annotations.NullMarked;
