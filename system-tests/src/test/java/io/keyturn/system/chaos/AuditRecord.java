package io.keyturn.system.chaos;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.keyturn.contract.codec.EventEnvelope;
import io.keyturn.contract.event.EventType;
import io.keyturn.system.Audit;
import io.keyturn.system.Facts;
import io.keyturn.testbed.platform.RunningService;

/** What audit-service must have of all that was said. */
record AuditRecord(RunningService audit, Facts facts, String namespace) {
    /** What is not on record, and whether its chain is broken; nothing if all is well. */
    List<String> complaints() {
        var said = facts.about(namespace).stream()
                .collect(Collectors.groupingBy(
                        envelope -> EventType.of(envelope.event()),
                        Collectors.mapping(EventEnvelope::id, Collectors.toSet())));
        var missing = said.entrySet().stream()
                .flatMap(type -> missing(type.getKey(), type.getValue().stream().map(UUID::toString)));
        return Stream.concat(missing, chain()).toList();
    }

    private Stream<String> missing(EventType type, Stream<String> said) {
        var kept = Audit.ids(audit, namespace, type.type());
        return said.filter(id -> !kept.contains(id)).map(id -> "not on record: " + type.type() + " " + id);
    }

    private Stream<String> chain() {
        return Audit.holds(audit) ? Stream.of() : Stream.of("the chain of the record does not verify");
    }
}
