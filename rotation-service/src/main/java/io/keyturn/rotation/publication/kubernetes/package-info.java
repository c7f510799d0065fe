/** Kubernetes Secrets written by Keyturn itself. */
@NullMarked
package io.keyturn.rotation.publication.kubernetes;

import org.jspecify.annotations.NullMarked;
