package io.keyturn.watcher.master;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.kit.fingerprint.Fingerprinter.Master;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.watcher.WatcherConfig;
import io.quarkus.vault.client.VaultClient;
import io.quarkus.vault.client.VaultClientException;
import io.quarkus.vault.client.api.secrets.kv2.VaultSecretsKV2ReadSecretData;
import org.jspecify.annotations.Nullable;

/** The fingerprint master in Vault: versions of one KV path, of which the newest and those still needed are in force. */
@ApplicationScoped
public class FingerprintMaster {
    private static final String FIELD = "key";
    private static final long PATIENCE_SECONDS = 15;

    private final VaultClient vault;
    private final WatcherConfig.Master config;
    private final Clock clock;

    /** Masters in force; {@code generations} tells one set from another. Closing wipes them. */
    public record InForce(Set<Integer> generations, Fingerprinter fingerprinter, List<Master> masters)
            implements AutoCloseable {
        /** The newest generation. */
        public int newest() {
            return Collections.max(generations);
        }

        @Override
        public void close() {
            masters.forEach(master -> master.key().close());
        }

        @Override
        public String toString() {
            return generations.toString();
        }
    }

    FingerprintMaster(VaultClient vault, WatcherConfig config, Clock clock) {
        this.vault = vault;
        this.config = config.master();
        this.clock = clock;
    }

    /**
     * Reads what is in force now: the newest version, the one before while the newest is young, and those that statements still
     * rely on, as far as Vault keeps them.
     *
     * @param reliedOn the generations some statement cannot do without, given the newest
     */
    public InForce read(IntFunction<Set<Integer>> reliedOn) {
        var newest = version(null).orElseThrow(() -> new MasterUnavailable("MISSING"));
        int generation = newest.getMetadata().getVersion();
        var older = new HashSet<>(reliedOn.apply(generation));
        if (generation > 1 && isYoung(newest.getMetadata().getCreatedTime())) {
            older.add(generation - 1);
        }
        older.removeIf(g -> g >= generation);
        var masters = new ArrayList<Master>();
        for (int g : new TreeSet<>(older)) {
            version(g).map(data -> new Master(g, key(data))).ifPresent(masters::add);
        }
        masters.add(new Master(generation, key(newest)));
        var generations = new TreeSet<>(masters.stream().map(Master::generation).toList());
        return new InForce(generations, new Fingerprinter(masters), masters);
    }

    private boolean isYoung(OffsetDateTime created) {
        return created.toInstant().plus(config.overlap()).isAfter(clock.instant());
    }

    /** Empty when Vault has no such version, or it was deleted. */
    private Optional<VaultSecretsKV2ReadSecretData> version(@Nullable Integer number) {
        var kv = vault.secrets().kv2(config.mount());
        try {
            var data = await(number == null ? kv.readSecret(config.path()) : kv.readSecret(config.path(), number));
            return Optional.ofNullable(data).filter(d -> d.getData() != null);
        } catch (VaultClientException e) {
            if (e.getStatus() != null && e.getStatus() == 404) {
                return Optional.empty();
            }
            throw new MasterUnavailable(e.getStatus() == null ? "VAULT" : "VAULT_" + e.getStatus());
        }
    }

    private static SecretValue key(VaultSecretsKV2ReadSecretData data) {
        if (data.getData().get(FIELD) instanceof String text) {
            try {
                return SecretValue.takeOver(Base64.getDecoder().decode(text));
            } catch (IllegalArgumentException e) {
                throw new MasterUnavailable("NOT_BASE64");
            }
        }
        throw new MasterUnavailable("NO_FIELD_KEY");
    }

    private static <T> T await(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VaultClientException refused) {
                throw refused;
            }
            throw new MasterUnavailable("VAULT_UNREACHABLE");
        } catch (TimeoutException e) {
            throw new MasterUnavailable("VAULT_TIMEOUT");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MasterUnavailable("INTERRUPTED");
        }
    }

    /** Fingerprints cannot be made now. The code says why; it is ours, no text of Vault's. */
    public static final class MasterUnavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        MasterUnavailable(String code) {
            super(code, null, false, false);
        }
    }
}
