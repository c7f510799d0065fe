package io.keyturn.rotation.step;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.publication.Publishers;
import io.keyturn.rotation.secretstore.SecretStore.Versioned;
import io.keyturn.rotation.secretstore.Stores;
import io.keyturn.rotation.target.Target;

/**
 * Takes a credential as it is: the live value of the store, or else what is published now, which is then imported into the
 * store. Either way it must log in, and nothing else is changed.
 */
@ApplicationScoped
class Adoption {
    private final Stores stores;
    private final Publishers publishers;

    Adoption(Stores stores, Publishers publishers) {
        this.stores = stores;
        this.publishers = publishers;
    }

    /** Who is in force, at which version of the store. */
    record Adopted(String principal, long version) {}

    Outcome<Adopted> adopt(RunContext context) {
        var policy = context.policy();
        return context.withTarget(target -> publishers
                .inspect(policy)
                .then(_ -> stores.of(policy).live(policy))
                .then(found -> {
                    if (found.isEmpty()) {
                        return importPublished(context, target);
                    }
                    try (var live = found.get()) {
                        return proven(target, live);
                    }
                }));
    }

    private Outcome<Adopted> proven(Target target, Versioned live) {
        return named(live.credential())
                .then(_ -> target.inspect(live.credential()))
                .then(_ -> Outcome.done(new Adopted(live.credential().principal(), live.version())));
    }

    /** A principal whose name no event can carry cannot be rotated. */
    static Outcome<Boolean> named(Credential credential) {
        return credential.isNameable() ? Outcome.done() : Outcome.rejected(RotationReason.NOTHING_TO_ADOPT);
    }

    private Outcome<Adopted> importPublished(RunContext context, Target target) {
        var policy = context.policy();
        return publishers
                .readBack(policy, target.attributes(), target.unnamed())
                .then(found -> {
                    if (found.isEmpty()) {
                        return Outcome.rejected(RotationReason.NOTHING_TO_ADOPT);
                    }
                    try (Credential published = found.get()) {
                        return named(published)
                                .then(_ -> target.inspect(published))
                                .then(_ -> stores.of(policy)
                                        .promote(policy, context.run().id(), published, 0))
                                .then(version -> Outcome.done(new Adopted(published.principal(), version)));
                    }
                });
    }
}
