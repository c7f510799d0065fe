package io.keyturn.audit.record;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/** Facts for tests of the chain. */
final class SampleFacts {
    static final Instant RECORDED = Instant.parse("2026-01-02T03:04:06Z");

    private SampleFacts() {}

    static Fact fact(int number, @Nullable String rotation, String payload) {
        return new Fact(
                new UUID(7, number),
                "/clusters/c1/keyturn-rotation",
                "io.keyturn.rotation.promoted.v1",
                new Fact.Place("keyturn.rotations.v1", 3, 40 + number),
                new Fact.Subject("SecretRotation", "shop", "orders-db"),
                rotation,
                Instant.parse("2026-01-02T03:04:05.000006Z"),
                payload);
    }

    static List<AuditEntry> chain(int length) {
        var facts = IntStream.range(0, length)
                .mapToObj(i -> fact(i, "r1", "{\"n\":" + i + "}"))
                .toList();
        return HashChain.extend(ChainHead.EMPTY, facts, RECORDED);
    }
}
