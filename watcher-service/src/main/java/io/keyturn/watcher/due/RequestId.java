package io.keyturn.watcher.due;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;

/** Ids of requests, made from their cause alone: whoever asks twice asks for the same run. 40 hex digits of a SHA-256. */
public final class RequestId {
    private static final int BYTES = 20;

    private RequestId() {}

    /** The run that a schedule asks for at an instant. */
    public static RotationId scheduled(Uid policy, Instant dueAt) {
        return id("schedule", policy.value(), dueAt.toString());
    }

    /** The run that a token of annotation {@code keyturn.io/rotate} asks for. */
    public static RotationId manual(Uid policy, String token) {
        return id("manual", policy.value(), token);
    }

    /** The run that a token of annotation {@code keyturn.io/compromised} asks for. */
    public static RotationId compromised(Uid policy, String token) {
        return id("compromised", policy.value(), token);
    }

    /** The run that is to come after a failed one because of annotation {@code keyturn.io/retry}. */
    public static RotationId retry(Uid policy, RotationId failed) {
        return id("retry", policy.value(), failed.value());
    }

    /** 64 bits that depend on the text only. */
    static long stableHash(String text) {
        return ByteBuffer.wrap(sha256(text)).getLong();
    }

    private static RotationId id(String... parts) {
        return new RotationId(HexFormat.of().formatHex(sha256(String.join("\n", parts)), 0, BYTES));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 must be available", e);
        }
    }
}
