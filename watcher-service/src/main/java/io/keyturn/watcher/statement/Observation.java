package io.keyturn.watcher.statement;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.event.Origin;
import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.Fingerprint;
import io.keyturn.contract.reference.KeyName;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Owner;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.ResourceVersion;
import io.keyturn.contract.reference.Uid;
import org.jspecify.annotations.Nullable;

/** What one look at an object in the cluster showed. */
public sealed interface Observation {
    ObjectRef about();

    Instant at();

    /** It is there, with this content. */
    record Present(
            ObjectRef about,
            Uid uid,
            ResourceVersion resourceVersion,
            Map<KeyName, List<Fingerprint>> fingerprints,
            @Nullable Owner owner,
            Origin origin,
            @Nullable PublicationId publication,
            Map<AnnotationName, AnnotationValue> annotations,
            Instant at)
            implements Observation {}

    /** It is not there. */
    record Absent(ObjectRef about, Instant at) implements Observation {}
}
