/** PURE. How far a roll-out is, read from the status of a workload. */
@NullMarked
package io.keyturn.restart.rollout;

import org.jspecify.annotations.NullMarked;
