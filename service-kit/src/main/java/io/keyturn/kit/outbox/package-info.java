/** Facts on their way to Kafka: written with the state, relayed in order per key. */
@NullMarked
package io.keyturn.kit.outbox;

import org.jspecify.annotations.NullMarked;
