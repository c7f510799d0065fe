/** What it costs: speed, memory and start-up on this machine, beside what the servers alone can do. */
@NullMarked
package io.keyturn.testbed.bench;

import org.jspecify.annotations.NullMarked;
