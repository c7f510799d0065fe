package io.keyturn.watcher.observe;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.resource.Annotations;
import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.watcher.filter.ObjectFilter;
import io.keyturn.watcher.filter.SteeringAnnotations;
import io.keyturn.watcher.statement.Observation.Present;
import io.keyturn.watcher.statement.Provenance;
import org.jspecify.annotations.Nullable;

/** Turns an object with values into an observation without any. */
final class Describer {
    private final ObjectFilter filter;

    Describer(ObjectFilter filter) {
        this.filter = filter;
    }

    /** Empty for an object that is of no interest. The object's values are read, not kept. */
    Optional<Present> describe(ObjectRef about, KubernetesObject object, Fingerprinter fingerprinter, Instant at) {
        if (ObjectFilter.ignoresType(object.type) || filter.ignores(about, object.annotations.keySet())) {
            return Optional.empty();
        }
        var fingerprints = new HashMap<KeyName, List<Fingerprint>>();
        object.values.forEach(
                (key, value) -> fingerprints.put(new KeyName(key), fingerprinter.of(about.namespace(), value)));
        var provenance = Provenance.of(object.owners, object.labels, object.annotations, object.dataManagers);
        return Optional.of(new Present(
                about,
                new Uid(object.uid),
                new ResourceVersion(object.resourceVersion),
                fingerprints,
                provenance.owner(),
                provenance.origin(),
                publication(object.annotations.get(Annotations.PUBLICATION)),
                SteeringAnnotations.of(object.annotations),
                at));
    }

    /** Anybody may write the annotation; what has not the form of an id is none. */
    private static @Nullable PublicationId publication(@Nullable String text) {
        try {
            return text == null ? null : new PublicationId(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
