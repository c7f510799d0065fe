/** SecretRotation objects: seen, adopted, and told how they are. */
@NullMarked
package io.keyturn.rotation.resource;

import org.jspecify.annotations.NullMarked;
