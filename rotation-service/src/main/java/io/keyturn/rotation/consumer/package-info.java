/** Who still holds an old value, as seen in the Kubernetes API. */
@NullMarked
package io.keyturn.rotation.consumer;

import org.jspecify.annotations.NullMarked;
