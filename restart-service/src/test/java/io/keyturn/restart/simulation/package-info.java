/**
 * A deterministic simulation: intake, planning, drivers and relay of the service as they are, between model servers, under one seed that
 * decides every crash, lost answer, pause, delay, repetition and order.
 */
@NullMarked
package io.keyturn.restart.simulation;

import org.jspecify.annotations.NullMarked;
