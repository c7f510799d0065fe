/**
 * What simulations share: actors of which one runs at a time, and a world in which one seed decides every crash, lost answer, pause,
 * delay and order.
 */
@NullMarked
package io.keyturn.testbed.simulation;

import org.jspecify.annotations.NullMarked;
