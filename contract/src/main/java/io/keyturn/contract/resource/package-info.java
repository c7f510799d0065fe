/** The SecretRotation custom resource, v1alpha1, as records. */
@NullMarked
package io.keyturn.contract.resource;

import org.jspecify.annotations.NullMarked;
