package io.keyturn.rotation.resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.resource.PostgresTarget;
import io.keyturn.contract.resource.SecretRotation;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.contract.resource.SecretRotationSpec.SecretPublication;
import io.keyturn.contract.resource.SecretRotationSpec.Store;
import io.keyturn.contract.resource.SecretRotationSpec.Target;
import io.keyturn.contract.resource.SecretRotationSpec.VaultPath;
import io.keyturn.rotation.policy.Claim;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

class RivalsTest {
    private static final String OLD = "2026-01-01T00:00:00Z";
    private static final String NEW = "2026-01-02T00:00:00Z";

    private final SecretRotation older = rotation("older", OLD, "shop", "db", "shop/db", "orders-db", "orders_a");

    @Test
    void nothingInCommonIsNoRival() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/other", "other", "other");

        assertThat(rival(newer, older, newer)).isEmpty();
    }

    @Test
    void samePathInTheStoreIsTheOldersAlone() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/db", "other", "other");

        assertThat(rival(newer, older, newer))
                .contains(new Problem(
                        RotationReason.CREDENTIAL_TAKEN,
                        "store: SecretRotation older is older and manages this already; keep one of the two"));
        assertThat(rival(older, older, newer)).isEmpty();
    }

    @Test
    void sameKeyOfTheSameSecretIsTheOldersAlone() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/other", "orders-db", "other");

        assertThat(rival(newer, newer, older))
                .hasValueSatisfying(p -> assertThat(p.detail()).startsWith("publish: "));
    }

    @Test
    void rivalOfAnotherNamespaceIsNotNamed() {
        var newer = rotation("newer", NEW, "away", "db", "away/other", "other", "orders_a");

        assertThat(rival(newer, newer, older))
                .hasValueSatisfying(p -> assertThat(p.detail())
                        .contains("a SecretRotation of namespace shop")
                        .doesNotContain("older,"));
    }

    @Test
    void ofTheSameAgeExactlyOneActs() {
        var twin = rotation("twin", OLD, "shop", "db", "shop/db", "orders-db", "orders_a");
        var both = List.of(older, twin);

        assertThat(both.stream().filter(r -> rival(r, older, twin).isEmpty())).hasSize(1);
    }

    @Test
    void ofSeveralTheOldestIsNamed() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/db", "other", "orders_a");
        var newest = rotation("newest", "2026-01-03T00:00:00Z", "shop", "db", "shop/db", "other", "orders_a");

        assertThat(rival(newest, newer, newest, older))
                .hasValueSatisfying(p -> assertThat(p.detail()).startsWith("store: SecretRotation older is older"));
    }

    @Test
    void whatIsForgottenStandsAgainstNobody() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/db", "orders-db", "orders_a");
        var rivals = noted(older, newer);

        rivals.forget(older.getMetadata().getUid());

        assertThat(rivals.olderThan(newer)).isEmpty();
    }

    @Test
    void whatIsNoLongerClaimedIsFree() {
        var newer = rotation("newer", NEW, "shop", "db", "shop/db", "other", "other");
        var rivals = noted(older, newer);

        rivals.note(rotation("older", OLD, "shop", "db", "shop/moved", "orders-db", "orders_a"));

        assertThat(rivals.olderThan(newer)).isEmpty();
    }

    @Test
    void aLookReadsNobodyElsesSpec() {
        var reads = new AtomicInteger();
        var others = IntStream.range(0, 1_000)
                .mapToObj(i ->
                        counted(rotation("older-" + i, OLD, "shop", "db", "shop/db", "orders-db", "orders_a"), reads))
                .toArray(SecretRotation[]::new);
        var newer = rotation("newer", NEW, "shop", "db", "shop/db", "orders-db", "orders_a");
        var rivals = noted(others);
        var before = reads.get();

        assertThat(rivals.olderThan(newer)).isPresent();

        assertThat(reads).hasValue(before);
    }

    private static Optional<Problem> rival(SecretRotation of, SecretRotation... all) {
        return noted(all).olderThan(of);
    }

    private static Rivals noted(SecretRotation... all) {
        var rivals = new Rivals(RivalsTest::claims);
        for (var rotation : all) {
            rivals.note(rotation);
        }
        return rivals;
    }

    /** In the place of the kinds, which say what their branches claim. */
    private static List<Claim> claims(SecretRotation rotation) {
        var spec = requireNonNull(rotation.getSpec());
        var postgres = requireNonNull(requireNonNull(spec.target()).postgres());
        return List.of(
                new Claim(
                        "store",
                        requireNonNull(requireNonNull(spec.store()).vault()).path() + ""),
                new Claim(
                        "publish",
                        rotation.getMetadata().getNamespace() + "/"
                                + requireNonNull(requireNonNull(spec.publish())
                                                .getFirst()
                                                .secret())
                                        .name()),
                new Claim(
                        "target",
                        postgres.host() + "/" + requireNonNull(postgres.roles()).getFirst()));
    }

    private static SecretRotation counted(SecretRotation rotation, AtomicInteger reads) {
        var counting = new Counting(reads);
        counting.setMetadata(rotation.getMetadata());
        counting.setSpec(rotation.getSpec());
        return counting;
    }

    /** Counts how often its spec is read. */
    @Group(SecretRotation.GROUP)
    @Version(SecretRotation.VERSION)
    @SuppressWarnings("serial")
    private static final class Counting extends SecretRotation {
        private final transient AtomicInteger reads;

        Counting(AtomicInteger reads) {
            this.reads = reads;
        }

        @Override
        public SecretRotationSpec getSpec() {
            reads.incrementAndGet();
            return super.getSpec();
        }
    }

    private static SecretRotation rotation(
            String name, String created, String namespace, String host, String path, String secret, String role) {
        var rotation = new SecretRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .withUid("uid-" + name)
                .withCreationTimestamp(created)
                .build());
        var postgres = new PostgresTarget(
                host, null, "orders", null, null, List.of(role, role + "_2"), null, null, null, null);
        rotation.setSpec(new SecretRotationSpec(
                null,
                null,
                new Target(postgres),
                new Store(new VaultPath(path)),
                List.of(new Publication(new SecretPublication(secret, null, Map.of("password", "{password}")))),
                null,
                null,
                null,
                null,
                null,
                null,
                null));
        return rotation;
    }
}
