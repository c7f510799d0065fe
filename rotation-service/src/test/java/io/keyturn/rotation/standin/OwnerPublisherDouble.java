package io.keyturn.rotation.standin;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publisher;

/**
 * Double of a publication by an owner's road: we ask under the publication id, and the owner writes Secret {@code owned} of the
 * namespace at our third look, in his own time.
 */
@ApplicationScoped
public class OwnerPublisherDouble implements Publisher {
    private static final int LOOKS = 3;

    private final Map<String, Asked> byNamespace = new ConcurrentHashMap<>();

    private record Asked(String id, String principal, String secret, int looks, Instant at) {
        boolean isSeen() {
            return looks >= LOOKS;
        }

        Asked seenAgain() {
            return isSeen() ? this : new Asked(id, principal, secret, looks + 1, now());
        }
    }

    /** Who reads what in a namespace now; empty while the owner has not written. */
    public Optional<Credential> published(String namespace) {
        return Optional.ofNullable(byNamespace.get(namespace))
                .filter(Asked::isSeen)
                .map(asked -> new Credential(asked.principal(), SecretValue.copyOf(asked.secret())));
    }

    @Override
    public boolean handles(Publication spec) {
        return spec.secret() == null;
    }

    @Override
    public List<Claim> claims(String field, String namespace, Publication spec) {
        return List.of(new Claim(field + ".double", "owned " + namespace));
    }

    @Override
    public PublicationFacts read(String field, String namespace, Publication spec, TargetFacts target) {
        return namespace.equals("forbidden")
                ? new PublicationFacts(List.of(new Fault(field + ".double", "use another namespace")), List.of())
                : new PublicationFacts(List.of(), List.of(ObjectRef.secret(namespace, "owned")));
    }

    @Override
    public Outcome<Boolean> inspect(RotationPolicy policy, Publication spec) {
        return Outcome.done();
    }

    @Override
    public Outcome<Optional<Credential>> readBack(
            RotationPolicy policy, Publication spec, Map<String, String> attributes, String principal) {
        return Outcome.done(published(policy.namespace()));
    }

    @Override
    public Outcome<Written> publish(
            RotationPolicy policy,
            Publication spec,
            Credential credential,
            Map<String, String> attributes,
            Stamp stamp,
            Replaceable replaceable) {
        var id = stamp.id();
        var there = published(policy.namespace());
        if (replaceable.intact()
                && there.isPresent()
                && replaceable.values().stream().noneMatch(there.get()::sameAs)) {
            return Outcome.done(
                    new Written(now(), List.of(ObjectRef.secret(policy.namespace(), "owned")), Writer.STRANGER));
        }
        var asked = byNamespace.compute(
                policy.namespace(),
                (_, before) -> before != null && before.id().equals(id.value())
                        ? before.seenAgain()
                        : new Asked(
                                id.value(),
                                credential.principal(),
                                credential.secret().useString(text -> text),
                                1,
                                now()));
        return asked.isSeen()
                ? Outcome.done(new Written(
                        asked.at(), List.of(ObjectRef.secret(policy.namespace(), "owned")), Writer.SOMEBODY_ELSE))
                : Outcome.waiting(RotationReason.PUBLICATION_REFUSED);
    }

    /** Nobody is stopped for too long where it is used. */
    @Override
    public Outcome<Boolean> fence(RotationPolicy policy, Publication spec, long fence) {
        return Outcome.done();
    }

    @Override
    public Outcome<Boolean> holds(
            RotationPolicy policy, Publication spec, Credential credential, Map<String, String> attributes) {
        return published(policy.namespace()).filter(credential::sameAs).isPresent()
                ? Outcome.done()
                : Outcome.waiting(RotationReason.PUBLICATION_CHANGED);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
}
