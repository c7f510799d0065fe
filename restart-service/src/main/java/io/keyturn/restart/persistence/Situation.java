package io.keyturn.restart.persistence;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.baseline.Stated;

/**
 * What is known about some objects and workloads, read at one instant.
 *
 * @param begun roll-outs of these workloads of which nobody has seen the end
 * @param decision number of this reading, higher than that of any before
 */
public record Situation(
        Instant installedAt,
        Map<ObjectRef, Stated> contents,
        Map<Uid, Map<ObjectRef, InUse>> inUse,
        Map<ObjectRef, Stated> parked,
        List<Begun> begun,
        long decision) {}
