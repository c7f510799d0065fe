/** A Kafka broker in a child JVM, and topics and ACLs from files. */
@NullMarked
package io.keyturn.testbed.kafka;

import org.jspecify.annotations.NullMarked;
