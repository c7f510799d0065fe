package io.keyturn.system.chaos;

import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.system.Audit;
import io.keyturn.system.Facts;
import io.keyturn.testbed.platform.RunningService;

/**
 * What audit-service must have of all that was said.
 *
 * @param said read anew each time
 * @param kept the ids on record, by type
 * @param chainHolds recomputed each time
 */
record AuditRecord(
        Supplier<List<EventEnvelope>> said, Function<EventType, Set<String>> kept, BooleanSupplier chainHolds) {

    static AuditRecord of(RunningService audit, Facts facts, String namespace) {
        return new AuditRecord(
                () -> facts.about(namespace),
                type -> Audit.ids(audit, namespace, type.type()),
                () -> Audit.holds(audit));
    }

    /** What is not on record, and whether its chain is broken; nothing if all is well. */
    List<String> complaints() {
        var ids = said.get().stream()
                .collect(Collectors.groupingBy(
                        envelope -> EventType.of(envelope.event()),
                        Collectors.mapping(envelope -> envelope.id().toString(), Collectors.toSet())));
        var missing = ids.entrySet().stream().flatMap(type -> missing(type.getKey(), type.getValue()));
        return Stream.concat(missing, chain()).toList();
    }

    private Stream<String> missing(EventType type, Set<String> ids) {
        var onRecord = kept.apply(type);
        return ids.stream().filter(id -> !onRecord.contains(id)).map(id -> "not on record: " + type.type() + " " + id);
    }

    private Stream<String> chain() {
        return chainHolds.getAsBoolean() ? Stream.of() : Stream.of("the chain of the record does not verify");
    }
}
