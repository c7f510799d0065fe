package io.keyturn.system;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import io.keyturn.testbed.postgres.PostgresServer;
import org.jspecify.annotations.Nullable;

/** Looks all the time at what PostgreSQL keeps of one role's password, as its superuser sees it. */
final class Passwords implements AutoCloseable {
    private final PostgresServer postgres;
    private final String role;
    private final Set<String> seen = new LinkedHashSet<>();
    private final Thread looking;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile @Nullable AssertionError failure;

    private @Nullable String before;

    private Passwords(PostgresServer postgres, String role) {
        this.postgres = postgres;
        this.role = role;
        this.looking = Thread.ofVirtual().unstarted(this::look);
    }

    /** Begins to look; what the role has at that moment is what it had before. Whoever cannot look fails, here or later. */
    static Passwords of(PostgresServer postgres, String role) {
        var passwords = new Passwords(postgres, role);
        passwords.looking.start();
        try {
            if (!passwords.begun.await(Scenario.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("not one look within " + Scenario.PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        passwords.rethrow();
        return passwords;
    }

    private void rethrow() {
        var failed = failure;
        if (failed != null) {
            throw new AssertionError("nobody looked any more", failed);
        }
    }

    /** Every verifier the role has had since; the one it had before does not count. */
    synchronized Set<String> changes() {
        rethrow();
        return Set.copyOf(seen);
    }

    private void look() {
        try (var connection = postgres.connect("postgres");
                var statement = connection.prepareStatement("select rolpassword from pg_authid where rolname = ?")) {
            connection.createStatement().execute("set log_statement = none");
            statement.setString(1, role);
            while (!closed) {
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    take(rows.getString(1));
                }
                Thread.sleep(10);
            }
        } catch (SQLException e) {
            failure = new AssertionError("SQLSTATE " + e.getSQLState());
        } catch (InterruptedException e) {
            failure = new AssertionError("interrupted");
        } finally {
            begun.countDown();
        }
    }

    private synchronized void take(@Nullable String verifier) {
        if (begun.getCount() > 0) {
            before = verifier;
            begun.countDown();
        } else if (verifier != null && !verifier.equals(before)) {
            seen.add(verifier);
        }
    }

    /** Whether a verifier ({@code SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>}) is one of that password. */
    static boolean verifies(String verifier, String password) {
        var parts = verifier.split("[$:]");
        var decoder = Base64.getDecoder();
        try {
            var key = new PBEKeySpec(password.toCharArray(), decoder.decode(parts[2]), Integer.parseInt(parts[1]), 256);
            var salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salted, "HmacSHA256"));
            var client = mac.doFinal("Client Key".getBytes(StandardCharsets.US_ASCII));
            var stored = MessageDigest.getInstance("SHA-256").digest(client);
            return MessageDigest.isEqual(stored, decoder.decode(parts[3]));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            looking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        rethrow();
    }
}
