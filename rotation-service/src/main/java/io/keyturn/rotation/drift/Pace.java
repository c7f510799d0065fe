package io.keyturn.rotation.drift;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * When a SecretRotation is looked at. Each has its own place in the interval, which follows from its uid alone: thousands of them are
 * spread evenly, and a restart moves none.
 */
final class Pace {
    private Pace() {}

    /** The first look after this moment. */
    static Instant next(String uid, Duration every, Instant after) {
        long length = every.toMillis();
        long place = Math.floorMod(number(uid), length);
        long looks = Math.floorDiv(after.toEpochMilli() - place, length) + 1;
        return Instant.ofEpochMilli(place + looks * length);
    }

    private static long number(String uid) {
        return UUID.nameUUIDFromBytes(uid.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }
}
