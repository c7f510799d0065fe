package io.keyturn.rotation.secretstore.vault;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Inject;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec.Store;
import io.keyturn.contract.resource.SecretRotationSpec.VaultPath;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.bed.Policies;
import io.keyturn.rotation.bed.RotationBed;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore;
import io.keyturn.rotation.secretstore.SecretStore.Kept;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import io.keyturn.rotation.secretstore.SecretStoreConformance;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.openbao.OpenBaoServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vault.client.VaultClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** With Kubernetes auth and the policy of deploy/vault. */
@QuarkusTest
@QuarkusTestResource(RotationBed.class)
class VaultStoreIT extends SecretStoreConformance {
    @Inject
    VaultStore store;

    @Inject
    VaultClient client;

    private final String path = "shop-vault/" + UUID.randomUUID();

    @Override
    protected SecretStore store() {
        return store;
    }

    @Override
    protected RotationPolicy policy() {
        return Policies.policy("shop-vault", path, Map.of());
    }

    @Override
    protected void write(Map<String, String> fields) {
        vault().api().writeSecret("secret", path, fields);
    }

    @Override
    protected Map<String, String> read() {
        var fields = new HashMap<String, String>();
        vault().api()
                .readSecret("secret", path)
                .ifPresent(found -> found.properties()
                        .forEach(e -> fields.put(e.getKey(), e.getValue().asText())));
        return fields;
    }

    @Override
    protected void whileUnavailable(Runnable work) {
        vault().seal();
        try {
            work.run();
        } finally {
            vault().unseal();
        }
        await().until(() -> !(store.live(policy()) instanceof Outcome.Unavailable));
    }

    @Override
    protected RotationPolicy forbidden() {
        vault().api().write("sys/policies/acl/keyturn-rotation", Map.of("policy", denying()));
        return Policies.policy("shop-denied", "shop-denied/db", Map.of());
    }

    @Override
    protected Map.Entry<Store, String> misplaced() {
        return Map.entry(new Store(new VaultPath("other/db")), "vault.path");
    }

    /** The shipped policy and one rule that takes a namespace out, as an installer may add. */
    private static String denying() {
        var shipped = vault().api()
                .read("sys/policies/acl/keyturn-rotation")
                .orElseThrow()
                .at("/data/policy")
                .asText();
        var rule = "\npath \"secret/data/shop-denied/*\" { capabilities = [\"deny\"] }\n";
        return shipped.contains(rule) ? shipped : shipped + rule;
    }

    @Test
    void notesOfOthersAtThePathStay() {
        write(Map.of("username", "a", "password", "old value"));
        vault().api().write("secret/metadata/" + path, Map.of("custom_metadata", Map.of("team", "orders")));

        try (var next = new Credential("b", SecretValue.copyOf("new value"))) {
            assertThat(store.promote(policy(), run(), next, 1)).isEqualTo(Outcome.done(2L));
        }

        var notes = vault().api().read("secret/metadata/" + path).orElseThrow().at("/data/custom_metadata");
        assertThat(notes.at("/rotation_id").asText()).isEqualTo(run().value());
        assertThat(notes.at("/team").asText()).isEqualTo("orders");
    }

    @Test
    void valuesThatWereMadeLiveAreRememberedByFingerprintAndOthersAreNot() {
        write(Map.of("username", "a", "password", "a person's"));
        promote("made by a run", 1);
        promote("made by the next", 2);

        assertThat(isNew("made by a run")).isFalse();
        assertThat(isNew("made by the next")).isFalse();
        assertThat(isNew("a person's")).as("which somebody might guess").isTrue();
        assertThat(isNew("never made")).isTrue();
        assertThat(vault().api()
                        .read("secret/metadata/" + path)
                        .orElseThrow()
                        .at("/data/custom_metadata/last_values")
                        .asText())
                .matches("[A-Za-z0-9_-]{16} [A-Za-z0-9_-]{16}");
    }

    @Test
    void runIsDoneWhileItsValueIsLiveOrThatOfOneThatCameLater() {
        write(Map.of("username", "a", "password", "old value"));
        promote("new value", 1);
        assertThat(store.isDone(policy(), run())).isEqualTo(Outcome.done(true));
        assertThat(store.isDone(policy(), ANOTHER)).isEqualTo(Outcome.done(false));

        write(Map.of("username", "a", "password", "old value"));
        assertThat(store.isDone(policy(), run())).as("which was taken back").isEqualTo(Outcome.done(false));

        try (var next = new Credential("a", SecretValue.copyOf("newer value"))) {
            assertThat(store.promote(policy(), ANOTHER, next, 3)).isEqualTo(Outcome.done(4L));
        }
        assertThat(store.isDone(policy(), run())).isEqualTo(Outcome.done(true));
        assertThat(store.isDone(policy(), ANOTHER)).isEqualTo(Outcome.done(true));
    }

    /** Who stood still before he noted his run does it now, and fails to make its value live. */
    @Test
    void noteThatComesLatePutsNoLaterRunBehindIt() {
        write(Map.of("username", "a", "password", "old value"));
        promote("new value", 1);
        try (var next = new Credential("a", SecretValue.copyOf("newer value"))) {
            assertThat(store.promote(policy(), ANOTHER, next, 2)).isEqualTo(Outcome.done(3L));
        }
        // Another has the version that he has seen, and changes it just then.
        try (var late = new Credential("b", SecretValue.copyOf("new value"))) {
            var disturbed = new VaultStore(
                    disturbed(
                            new VaultKv(client, "secret"),
                            "write",
                            () -> write(Map.of("username", "a", "password", "newer value", "note", "theirs"))),
                    new VaultKv(client, "keyturn-pending"));
            assertThat(disturbed.promote(policy(), run(), late, 3))
                    .isEqualTo(Outcome.rejected(RotationReason.STORE_CHANGED));
        }

        assertThat(store.isDone(policy(), run())).isEqualTo(Outcome.done(true));
        assertThat(store.isDone(policy(), ANOTHER)).isEqualTo(Outcome.done(true));
    }

    /** Somebody might guess it by its fingerprint. */
    @Test
    void valueThatIsImportedIsNotRemembered() {
        promote("a person's", 0);

        assertThat(isNew("a person's")).isTrue();
        assertThat(store.isDone(policy(), run())).isEqualTo(Outcome.done(false));
        assertThat(vault().api()
                        .read("secret/metadata/" + path)
                        .orElseThrow()
                        .at("/data/custom_metadata/rotation_id")
                        .asText())
                .isEqualTo(run().value());
    }

    @Test
    void whereNothingIsKeptEveryValueIsNew() {
        assertThat(isNew("the first")).isTrue();
    }

    private static final RotationId ANOTHER = new RotationId("another");

    private void promote(String password, long version) {
        try (var next = new Credential("b", SecretValue.copyOf(password))) {
            assertThat(store.promote(policy(), run(), next, version)).isEqualTo(Outcome.done(version + 1));
        }
    }

    private boolean isNew(String password) {
        try (var credential = new Credential("b", SecretValue.copyOf(password))) {
            return store.isNew(policy(), credential).equals(Outcome.done(true));
        }
    }

    @Test
    void processesThatPromoteTheSameValueAtOnceAllFindItDone() throws Exception {
        write(Map.of("username", "a", "password", "old value"));
        int processes = 12;
        var start = new CyclicBarrier(processes);

        try (var next = new Credential("b", SecretValue.copyOf("new value"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var promoted = threads.invokeAll(Collections.nCopies(processes, () -> {
                start.await();
                return store.promote(policy(), run(), next, 1);
            }));

            for (var outcome : promoted) {
                assertThat(outcome.get()).isEqualTo(Outcome.done(2L));
            }
        }
    }

    /** The way back is not given up because of it: the failed value would stay live. */
    @Test
    void whoWritesJustWhenTheWayBackDoesIsLookedAtAgain() {
        write(Map.of("username", "b", "password", "new value"));
        var edited = disturbed(
                new VaultKv(client, "secret"),
                "write",
                () -> write(Map.of("username", "b", "password", "new value", "note", "theirs")));
        var disturbed = new VaultStore(edited, new VaultKv(client, "keyturn-pending"));
        try (var failed = new Credential("b", SecretValue.copyOf("new value"));
                var previous = new Credential("a", SecretValue.copyOf("old value"))) {
            assertThat(disturbed.restore(policy(), run(), failed, previous, 0))
                    .isEqualTo(Outcome.unavailable(RotationReason.CONFLICT));
            assertThat(disturbed.restore(policy(), run(), failed, previous, 0)).isEqualTo(Outcome.done());
        }
        assertThat(read()).isEqualTo(Map.of("username", "a", "password", "old value", "note", "theirs"));
    }

    /** A mount where something happens just before the first call of that name. */
    private static KvV2 disturbed(KvV2 mount, String call, Runnable what) {
        var calls = new AtomicInteger();
        return (KvV2) Proxy.newProxyInstance(
                KvV2.class.getClassLoader(), new Class<?>[] {KvV2.class}, (_, method, arguments) -> {
                    if (method.getName().equals(call) && calls.getAndIncrement() == 0) {
                        what.run();
                    }
                    try {
                        return method.invoke(mount, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void whatAnotherClaimKeepsAnewBetweenListAndReadIsFound() {
        try (var previous = new Credential("a", SecretValue.copyOf("old value"));
                var next = new Credential("b", SecretValue.copyOf("new value"))) {
            keepBoth(previous, next, 1);
            var pending = disturbed(new VaultKv(client, "keyturn-pending"), "read", () -> {
                keepBoth(previous, next, 2);
                assertThat(store.discard(policy(), run(), 1)).isEqualTo(Outcome.done());
            });

            var kept = value(new VaultStore(new VaultKv(client, "secret"), pending).kept(policy(), run()));

            assertThat(kept)
                    .hasSize(2)
                    .allSatisfy((_, value) -> assertThat(value.claim()).isEqualTo(2));
            kept.values().forEach(Kept::close);
        }
    }

    private void keepBoth(Credential previous, Credential next, long claim) {
        value(store.keep(policy(), run(), Slot.PREVIOUS, new Kept(previous, claim, 1)))
                .close();
        value(store.keep(policy(), run(), Slot.PENDING, new Kept(next, claim, 1)))
                .close();
    }

    /** A run may be under way while the service is replaced by this version. */
    @Test
    void valueThatAnEarlierVersionKeepsIsFoundAndDeleted() {
        vault().api()
                .writeSecret(
                        "keyturn-pending",
                        "shop-vault/orders/" + run() + "/pending",
                        Map.of("username", "b", "password", "new value"));

        var kept = value(store.kept(policy(), run()));
        assertThat(kept).containsOnlyKeys(Slot.PENDING);
        kept.values().forEach(Kept::close);
        assertThat(store.discard(policy(), run(), 1)).isEqualTo(Outcome.done());

        assertThat(value(store.kept(policy(), run()))).isEmpty();
    }

    @Test
    void pendingValuesLieInTheirOwnMount() {
        try (var next = new Credential("b", SecretValue.copyOf("new value"))) {
            value(store.keep(policy(), run(), Slot.PENDING, new Kept(next, 17, 2)))
                    .close();
        }

        assertThat(vault().api().list("keyturn-pending/metadata/shop-vault/orders/" + run()))
                .containsExactly("pending-17-2");
        assertThat(read()).isEmpty();
    }

    private static OpenBaoServer vault() {
        return Testbed.shared().openBao();
    }
}
