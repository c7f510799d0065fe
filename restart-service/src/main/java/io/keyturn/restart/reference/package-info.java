/** PURE. Which Secrets and ConfigMaps, and which of their keys, a pod template reads. */
@NullMarked
package io.keyturn.restart.reference;

import org.jspecify.annotations.NullMarked;
