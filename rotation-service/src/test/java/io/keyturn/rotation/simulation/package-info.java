/**
 * A deterministic simulation: the state machine, the steps, the Vault store and the PostgreSQL target of the service as they are,
 * between model servers, under one seed that decides every crash, lost answer, pause, delay and order.
 */
@NullMarked
package io.keyturn.rotation.simulation;

import org.jspecify.annotations.NullMarked;
