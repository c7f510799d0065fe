package io.keyturn.rotation.publication;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.bed.Policies;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publisher.Stamp;
import io.keyturn.rotation.publication.Publisher.Writer;
import io.keyturn.rotation.standin.OwnerPublisherDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** With doubles. */
class PublishersTest {
    private static final TargetFacts TARGET = new TargetFacts(List.of(), Set.of(), false, null, null);
    private static final Publication OWNED = new Publication(null);
    private static final Publication SECRET = Policies.secret(Map.of("password", "{password}"));

    private final OwnerPublisherDouble owner = new OwnerPublisherDouble();
    private final Publishers publishers = new Publishers(List.of(owner));

    @Test
    void branchThatNoKindOrSeveralKindsHandleIsAFault() {
        assertThat(publishers.read("shop", List.of(OWNED, SECRET), TARGET).faults())
                .containsExactly(new Fault("spec.publish[1]", "name exactly one publication"));
        assertThat(new Publishers(List.of(owner, new OwnerPublisherDouble()))
                        .read("shop", List.of(OWNED), TARGET)
                        .faults())
                .containsExactly(new Fault("spec.publish[0]", "name exactly one publication"));
    }

    @Test
    void noPublicationIsAFault() {
        var fault = new Fault("spec.publish", "name at least one Secret");
        assertThat(publishers.read("shop", List.of(), TARGET).faults()).containsExactly(fault);
        assertThat(publishers.read("shop", null, TARGET).faults()).containsExactly(fault);
    }

    @Test
    void faultsAndSecretsAreThoseOfTheKinds() {
        assertThat(publishers.read("shop", List.of(OWNED), TARGET).secrets())
                .containsExactly(ObjectRef.secret("shop", "owned"));
        assertThat(publishers.read("forbidden", List.of(OWNED), TARGET).faults())
                .extracting(Fault::field)
                .containsExactly("spec.publish[0].double");
    }

    @Test
    void publicationOfAnOwnerIsDoneOnceItIsSeen() {
        var policy = Policies.policy("shop", List.of(OWNED), List.of(ObjectRef.secret("shop", "owned")));
        try (var credential = new Credential("a", SecretValue.copyOf("value"))) {
            for (int look = 1; look <= 2; look++) {
                assertThat(publish(policy, credential))
                        .containsExactly(Outcome.waiting(RotationReason.PUBLICATION_REFUSED));
            }
            assertThat(publish(policy, credential)).singleElement().isInstanceOf(Outcome.Done.class);
        }
    }

    @Test
    void eachIsAskedForItself() {
        var policy = Policies.policy("shop", List.of(OWNED, OWNED), List.of(ObjectRef.secret("shop", "owned")));
        try (var first = new Credential("a", SecretValue.copyOf("value"));
                var other = new Credential("b", SecretValue.copyOf("other"))) {
            assertThat(publishers.holding(policy, first, Map.of())).isEqualTo(Outcome.done(List.of()));
            for (int look = 1; look <= 3; look++) {
                publish(policy, first);
            }
            assertThat(publishers.holding(policy, first, Map.of())).isEqualTo(Outcome.done(List.of(0, 1)));
            assertThat(publishers.holding(policy, other, Map.of())).isEqualTo(Outcome.done(List.of()));

            var stamp = new Stamp(new PublicationId("r2.1"), 1, null);
            assertThat(publishers
                            .publish(policy, other, Map.of(), stamp, List.of(other), List.of(0))
                            .getFirst())
                    .isInstanceOfSatisfying(
                            Outcome.Done.class,
                            left -> assertThat(((Publisher.Written) left.value()).by())
                                    .isEqualTo(Writer.STRANGER));
        }
    }

    private List<Outcome<Publisher.Written>> publish(RotationPolicy policy, Credential credential) {
        var stamp = new Stamp(new PublicationId("r1.1"), 1, null);
        return publishers.publish(policy, credential, Map.of(), stamp, List.of(credential), List.of());
    }
}
