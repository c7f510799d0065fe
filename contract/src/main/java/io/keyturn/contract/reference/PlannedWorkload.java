package io.keyturn.contract.reference;

/** A workload and the wave (from 0) it rolls in. */
public record PlannedWorkload(int wave, WorkloadRef workload) {}
