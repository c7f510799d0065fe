/** Requests and restart reports from Kafka. */
@NullMarked
package io.keyturn.rotation.messaging;

import org.jspecify.annotations.NullMarked;
